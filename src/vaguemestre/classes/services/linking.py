"""Whose account an ENT user is: linked once, by somebody proved on both sides."""

from datetime import datetime

from django.db import IntegrityError, transaction

from vaguemestre.classes.models import EntAnswerRow, EntLinkRow
from vaguemestre.journal.services import record
from vaguemestre.kernel.errors import Refusal
from vaguemestre.signin.events import AccountTouched
from vaguemestre.signin.services import tell


def burn_answer(key: str, until: datetime) -> None:
    """It has served. Raises Refusal `classes.ent-refused` when it had already."""
    try:
        with transaction.atomic(durable=True):
            EntAnswerRow.objects.create(key=key, until=until)
    except IntegrityError as error:
        raise Refusal("classes.ent-refused") from error


def link_ent(account_id: int, subject: str, *, now: datetime) -> AccountTouched:
    """From now on that ENT user enters that account; a former link of the account goes.

    Raises Refusal `classes.ent-taken` when the user is somebody else's already.
    """
    try:
        with transaction.atomic(durable=True):
            EntLinkRow.objects.update_or_create(
                account_id=account_id, defaults={"subject": subject, "linked_at": now}
            )
            record("classes.ent-linked", to=f"account:{account_id}", by=f"account:{account_id}", at=now)
            return tell(account_id, "ent-linked", now=now)
    except IntegrityError as error:
        raise Refusal("classes.ent-taken") from error


def take_link_back(account_id: int, number: int, *, by: str, now: datetime) -> bool:
    """« Ce n’était pas moi ». Inside the caller's transaction. False: nothing to undo."""
    if not EntLinkRow.objects.filter(account_id=account_id).delete()[0]:
        return False
    record("classes.ent-unlinked", to=f"account:{account_id}", by=by, at=now)
    return True


@transaction.atomic(durable=True)
def unlink_ent(account_id: int, *, by: str, now: datetime) -> None:
    """Twice is once."""
    take_link_back(account_id, 0, by=by, now=now)

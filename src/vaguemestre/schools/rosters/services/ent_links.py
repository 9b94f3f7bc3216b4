"""Whose account an ENT user is: linked once, by somebody proved on both sides."""

from datetime import datetime

from django.db import IntegrityError, transaction

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.access.signin.services import notify_owner
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.schools.rosters.models import EntAnswerRow, EntLinkRow


def burn_answer(key: str, until: datetime) -> None:
    """It has served. Raises Refusal `rosters.ent-refused` when it had already."""
    try:
        with transaction.atomic(durable=True):
            EntAnswerRow.objects.create(key=key, until=until)
    except IntegrityError as error:
        raise Refusal("rosters.ent-refused") from error


def link_ent(account_id: int, subject: str, *, now: datetime) -> AccountTouched:
    """From now on that ENT user enters that account; a former link of the account goes.

    Raises Refusal `rosters.ent-taken` when the user is somebody else's already.
    """
    try:
        with transaction.atomic(durable=True):
            EntLinkRow.objects.update_or_create(
                account_id=account_id, defaults={"subject": subject, "linked_at": now}
            )
            record("rosters.ent-linked", to=f"account:{account_id}", by=f"account:{account_id}", at=now)
            return notify_owner(account_id, "ent-linked", now=now)
    except IntegrityError as error:
        raise Refusal("rosters.ent-taken") from error


def take_link_back(account_id: int, number: int, *, by: str, now: datetime) -> bool:
    """« Ce n’était pas moi ». Inside the caller's transaction. False: nothing to undo."""
    if not EntLinkRow.objects.filter(account_id=account_id).delete()[0]:
        return False
    record("rosters.ent-unlinked", to=f"account:{account_id}", by=by, at=now)
    return True


@transaction.atomic(durable=True)
def unlink_ent(account_id: int, *, by: str, now: datetime) -> None:
    """Twice is once."""
    take_link_back(account_id, 0, by=by, now=now)

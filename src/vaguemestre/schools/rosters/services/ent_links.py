"""Links of ENT users to accounts, and protection against replayed assertions."""

from datetime import datetime

from django.db import IntegrityError, transaction

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.access.signin.services import notify_owner
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.schools.rosters.models import EntAnswerRow, EntLinkRow


def consume_assertion(key: str, until: datetime) -> None:
    """Mark an assertion as used. Raises Refusal `rosters.ent-refused` if it already was."""
    try:
        with transaction.atomic(durable=True):
            EntAnswerRow.objects.create(key=key, until=until)
    except IntegrityError as error:
        raise Refusal("rosters.ent-refused") from error


def return_assertion(key: str) -> None:
    """Let an assertion be used after all: nobody was signed in by it, as an engine was away."""
    with transaction.atomic(durable=True):
        EntAnswerRow.objects.filter(key=key).delete()


def link_ent(account_id: int, subject: str, *, now: datetime) -> AccountTouched:
    """Link an ENT user to an account, replacing the account's former link.

    Raises Refusal `rosters.ent-taken` if the user is linked to another account.
    """
    try:
        with transaction.atomic(durable=True):
            EntLinkRow.objects.update_or_create(
                account_id=account_id, defaults={"subject": subject, "linked_at": now}
            )
            record(
                "rosters.ent-linked", to=account_subject(account_id), by=account_subject(account_id), at=now
            )
            return notify_owner(account_id, "ent-linked", now=now)
    except IntegrityError as error:
        raise Refusal("rosters.ent-taken") from error


def revoke_ent_link(account_id: int, number: int, *, by: str, now: datetime) -> bool:
    """Undo a link from its notice (« Ce n’était pas moi »). Inside the caller's transaction.

    False if there was none.
    """
    if not EntLinkRow.objects.filter(account_id=account_id).delete()[0]:
        return False
    record("rosters.ent-unlinked", to=account_subject(account_id), by=by, at=now)
    return True


@transaction.atomic(durable=True)
def unlink_ent(account_id: int, *, by: str, now: datetime) -> None:
    """Remove the account's link, if any."""
    revoke_ent_link(account_id, 0, by=by, now=now)

"""Who may remove messages: a right that one administrator gives to another."""

from datetime import datetime

from django.db import transaction

from vaguemestre.desks.removals.models import SecurityOfficer
from vaguemestre.desks.removals.queries import administers_installation
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import find_account


@transaction.atomic(durable=True)
def give_right(username: str, *, by: str, now: datetime) -> None:
    """Let an administrator remove messages.

    Raises Refusal `removals.nobody-of-that-name`, `removals.no-administrator`, `removals.to-oneself`.
    """
    identified = find_account(username)
    if identified is None:
        raise Refusal("removals.nobody-of-that-name", field="username", typed=username.strip())
    if not administers_installation(identified.account_id):
        raise Refusal("removals.no-administrator", field="username")
    account_id = identified.account_id
    if by == account_subject(account_id):
        raise Refusal("removals.to-oneself", field="username")
    _, is_new = SecurityOfficer.objects.get_or_create(
        account_id=account_id, defaults={"given_by": by, "given_at": now}
    )
    if is_new:
        record("removals.right-given", to=account_subject(account_id), by=by, at=now)


@transaction.atomic(durable=True)
def end_right(account_id: int, *, now: datetime) -> None:
    """Take the right from whoever administers the installation no more, lest another office bring it back."""
    right = SecurityOfficer.objects.filter(account_id=account_id)
    if not administers_installation(account_id) and right.delete()[0]:
        record("removals.right-withdrawn", to=account_subject(account_id), by="system", at=now)


@transaction.atomic(durable=True)
def withdraw_right(account_id: int, *, by: str, now: datetime) -> None:
    """Take the right back; `by` may not be its holder. Raises Refusal `removals.to-oneself`."""
    if by == account_subject(account_id):
        raise Refusal("removals.to-oneself")
    if SecurityOfficer.objects.filter(account_id=account_id).delete()[0]:
        record("removals.right-withdrawn", to=account_subject(account_id), by=by, at=now)

"""Owners that the administration names, and takes back while a slip may have gone unseen."""

from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject, box_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import Presented
from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.lifecycle.queries import withdrawn_among
from vaguemestre.schools.sharing.events import AccessEnded
from vaguemestre.schools.sharing.queries.members import rows_named_lately
from vaguemestre.schools.sharing.services.members import end_membership


def check_may_own(owner: Presented) -> None:
    """Check that a mailbox opens to whom the administration names: it would still be nobody's.

    Raises Refusal `sharing.nobody`, `sharing.never-activated`, `sharing.owner-away`.
    """
    if owner.state == AccountState.CLOSED:
        raise Refusal("sharing.nobody", address=owner.address)
    if owner.state == AccountState.PENDING:
        raise Refusal("sharing.never-activated", address=owner.address)
    if owner.state != AccountState.ACTIVE or withdrawn_among([owner.account_id]):
        raise Refusal("sharing.owner-away", address=owner.address)


@transaction.atomic(durable=True)
def take_back_owner(box_id: int, account_id: int, reason: str, *, by: str, now: datetime) -> AccessEnded:
    """Use case: end the membership of an owner whom the administration named lately, who is told.

    The mailbox has no owner any more: another is named. Run the returned event after the commit. Raises
    Refusal `sharing.not-taken-back`, `sharing.owner-oneself`.
    """
    if by == account_subject(account_id):
        raise Refusal("sharing.owner-oneself")
    rows = rows_named_lately(0, now).filter(box_id=box_id, account_id=account_id)
    row = rows.select_for_update(of=("self",)).first()
    if row is None:
        raise Refusal("sharing.not-taken-back")
    record(
        "sharing.owner-taken-back", to=box_subject(box_id), by=by, at=now,
        member=account_subject(account_id), reason=reason,
    )  # fmt: skip
    return end_membership(row, by=by, now=now)

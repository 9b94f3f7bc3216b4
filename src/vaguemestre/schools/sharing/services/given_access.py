"""Access that an account being secured gave to others, in mailboxes of several people."""

from datetime import datetime

from vaguemestre.foundation.journal.queries import JournalFilter, filtered_entries
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject, box_subject, number_of
from vaguemestre.schools.sharing.models import Member
from vaguemestre.schools.sharing.services.members import end_membership
from vaguemestre.schools.sharing.values import BoxKind, Right, Source


def end_access_given_by(account_id: int, since: datetime, *, by: str, now: datetime) -> None:
    """End the memberships that it gave since; whoever it made a manager sends, no more.

    Inside the caller's transaction. Owners are named by an office, and stay; delegations of its own mailbox
    are its caller's.
    """
    actor = account_subject(account_id)
    rows = Member.objects.select_for_update(of=("self",)).filter(ended_at=None, source=Source.HAND)
    rows = rows.exclude(box__kind=BoxKind.PERSON).exclude(account_id=account_id).filter(is_owner=False)
    for row in rows.filter(added_by=actor, starts_at__gte=since).order_by("pk"):
        end_membership(row, by=by, now=now)
    changed = JournalFilter(actions=("sharing.member-changed",), by=(actor,), since=since)
    for entry in filtered_entries(changed):
        box_id, member_id = number_of("box", entry.to), number_of("account", str(entry.details["member"]))
        promoted = rows.filter(box_id=box_id, account_id=member_id, right=Right.MANAGE)
        if entry.details.get("right") == Right.MANAGE and promoted.update(right=Right.SEND):
            record(
                "sharing.member-changed",
                to=box_subject(box_id),
                by=by,
                at=now,
                member=account_subject(member_id),
                right=Right.SEND,
            )

"""Memberships of mailboxes: added, changed, ended. `AccessEnded` cuts open connections after the commit."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from vaguemestre.access.signin.services import check_session_stands
from vaguemestre.foundation.cluster.locks import locked_row
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject, box_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import account_of_person
from vaguemestre.people.credentials.services import revoke_app_passwords_held
from vaguemestre.people.credentials.values import AccountState
from vaguemestre.post.outbox.services import withdraw_author_messages, withdraw_held_messages
from vaguemestre.schools.sharing.events import (
    AccessDue,
    AccessEnded,
    MembersAdded,
    MembersChanged,
    SendingEnded,
)
from vaguemestre.schools.sharing.models import Box, Member, SentMessage
from vaguemestre.schools.sharing.queries import access_to, agent_at
from vaguemestre.schools.sharing.rules.owners import end_of_day, start_of_day
from vaguemestre.schools.sharing.services.collaboration import release_threads_of
from vaguemestre.schools.sharing.values import MembershipChange, MembershipTerms, Right, Source

MAX_MEMBERS = 60


@transaction.atomic(durable=True)
def add_member(
    box_id: int, address: str, terms: MembershipTerms, *, by: str, now: datetime, is_owner: bool = False
) -> int:
    """Use case: make the agent at that address a member. Returns the account id.

    Raises Refusal `sharing.nobody`, `sharing.member-already`, `sharing.days-reversed`, `sharing.too-many`,
    `sharing.box-gone`, `sharing.owner-oneself`.
    """
    check_session_stands()  # before any other row is locked
    box = _open_box(box_id)
    account_id = _agent_at(address, box)
    if is_owner and by == account_subject(account_id):
        raise Refusal("sharing.owner-oneself")
    check_days(terms, now)
    if box.members.filter(account_id=account_id, ended_at__isnull=True).exists():
        raise Refusal("sharing.member-already")
    if box.members.filter(ended_at__isnull=True).count() >= MAX_MEMBERS:
        raise Refusal("sharing.too-many", most=MAX_MEMBERS)
    _add(box, account_id, terms, by=by, now=now, is_owner=is_owner)
    change = MembershipChange.OWNER if is_owner else _change_of(terms.right)
    announce(MembersChanged(box.pk, account_id, change, by, now.isoformat()))
    return account_id


@transaction.atomic(durable=True)
def add_members(
    box_id: int, addresses: Collection[str], terms: MembershipTerms, *, by: str, now: datetime
) -> int:
    """Use case: make the agents at these addresses members, all or none. Returns how many became members.

    Whoever is a member already stays as they are.
    Raises Refusal `sharing.nobody`, `sharing.days-reversed`, `sharing.too-many-left`, `sharing.box-gone`.
    """
    check_session_stands()
    box = _open_box(box_id)
    check_days(terms, now)
    members = set(box.members.filter(ended_at__isnull=True).values_list("account_id", flat=True))
    arriving = dict.fromkeys(
        account_id for address in addresses if (account_id := _agent_at(address, box)) not in members
    )
    left = MAX_MEMBERS - len(members)
    if len(arriving) > left:
        raise Refusal("sharing.too-many-left", most=MAX_MEMBERS, left=max(left, 0))
    for account_id in arriving:
        _add(box, account_id, terms, by=by, now=now)
    _announce_arrivals(box.pk, list(arriving), _change_of(terms.right), by=by, now=now)
    return len(arriving)


def _announce_arrivals(
    box_id: int, account_ids: list[int], change: MembershipChange, *, by: str, now: datetime
) -> None:
    """Announce new members, several in one event, so that each owner gets one message."""
    if len(account_ids) > 1:
        announce(MembersAdded(box_id, account_ids, change, by, now.isoformat()))
    elif account_ids:
        announce(MembersChanged(box_id, account_ids[0], change, by, now.isoformat()))


def _add(
    box: Box, account_id: int, terms: MembershipTerms, *, by: str, now: datetime, is_owner: bool = False
) -> None:
    ends_at = end_of_day(terms.ends_on) if terms.ends_on else None
    Member.objects.create(
        box=box,
        account_id=account_id,
        right=Right.MANAGE if is_owner else terms.right,
        is_owner=is_owner,
        source=Source.HAND,
        starts_at=access_start(terms, now),
        ends_at=ends_at,
        added_by=by,
    )
    schedule_end(box.pk, ends_at)
    record(
        "sharing.member-added",
        to=box_subject(box.pk),
        by=by,
        at=now,
        member=account_subject(account_id),
        right=terms.right,
        until=terms.ends_on.isoformat() if terms.ends_on else "",
    )


@transaction.atomic(durable=True)
def change_member(box_id: int, member_id: int, terms: MembershipTerms, *, by: str, now: datetime) -> None:
    """Use case: change the right and the days of a member.

    Raises Refusal as `add_member`, and `sharing.owner-by-post`.
    """
    check_session_stands()
    row = _member(box_id, member_id)
    check_days(terms, now)
    if Right.SEND not in terms.right.covers:
        end_sending(row.box.account_id, row.account_id, by=by, now=now)
    if Right.SORT not in terms.right.covers:
        release_threads_of(box_id, row.account_id, by=by, now=now)
    is_promoted = terms.right == Right.MANAGE and row.right != Right.MANAGE
    row.right = terms.right
    row.starts_at = min(row.starts_at, now) if row.starts_at <= now else access_start(terms, now)
    row.ends_at = end_of_day(terms.ends_on) if terms.ends_on else None
    row.save(update_fields=("right", "starts_at", "ends_at"))
    schedule_end(box_id, row.ends_at)
    record(
        "sharing.member-changed",
        to=box_subject(box_id),
        by=by,
        at=now,
        member=account_subject(row.account_id),
        right=terms.right,
        until=terms.ends_on.isoformat() if terms.ends_on else "",
    )
    if is_promoted:
        change = MembershipChange.MANAGER
        announce(MembersChanged(box_id, row.account_id, change, by, now.isoformat()))


@transaction.atomic(durable=True)
def end_member(box_id: int, member_id: int, *, by: str, now: datetime) -> AccessEnded:
    """Use case: end a membership now. Run the returned event after the commit.

    Raises Refusal `sharing.owner-by-post`.
    """
    return end_membership(_member(box_id, member_id), by=by, now=now)


def _change_of(right: Right) -> MembershipChange:
    return MembershipChange.MANAGER if right == Right.MANAGE else MembershipChange.ADDED


def end_membership(row: Member, *, by: str, now: datetime) -> AccessEnded:
    """End a membership inside the caller's transaction."""
    Member.objects.filter(pk=row.pk).update(ended_at=now)
    box_account = Box.objects.values_list("account_id", flat=True).get(pk=row.box_id)
    end_sending(box_account, row.account_id, by=by, now=now)
    release_threads_of(row.box_id, row.account_id, by=by, now=now)
    record(
        "sharing.member-ended",
        to=box_subject(row.box_id),
        by=by,
        at=now,
        member=account_subject(row.account_id),
    )
    event = AccessEnded(row.box_id, row.account_id)
    announce(event)
    announce(MembersChanged(row.box_id, row.account_id, MembershipChange.ENDED, by, now.isoformat()))
    return event


@transaction.atomic(durable=True)
def end_memberships_outside(account_id: int, academy_id: int, *, by: str, now: datetime) -> None:
    """Use case: end the memberships given by hand outside that académie."""
    rows = Member.objects.filter(ended_at__isnull=True, account_id=account_id, source=Source.HAND)
    for row in rows.exclude(box__academy_id=academy_id):
        end_membership(row, by=by, now=now)


def end_sending(box_account_id: int, account_id: int, *, by: str, now: datetime) -> None:
    """End the right of a member to send from a mailbox, inside the caller's transaction.

    Their app passwords there are revoked, their mailings stop, what has not left becomes a draft again.
    """
    revoke_app_passwords_held(box_account_id, account_id, by=by, now=now)
    sent = SentMessage.objects.filter(box__account_id=box_account_id, account_id=account_id)
    withdraw_held_messages(box_account_id, sent.values_list("key", flat=True), by=by, now=now)
    announce(SendingEnded(box_account_id, account_id, by))


def end_sending_everywhere(account_id: int, *, by: str, now: datetime) -> None:
    """As `end_sending`, in every mailbox that an account being secured may use; its memberships stay.

    Inside the caller's transaction.
    """
    boxes = Box.objects.filter(members__account_id=account_id, members__ended_at__isnull=True).distinct()
    for box in boxes.order_by("pk"):
        revoke_app_passwords_held(box.account_id, account_id, by=by, now=now)
        keys = SentMessage.objects.filter(box=box, account_id=account_id).values_list("key", flat=True)
        withdraw_author_messages(box.account_id, keys, by=by, now=now)


def check_may_send(box_id: int, account_id: int, *, now: datetime) -> None:
    """Check that a member may send, in the transaction that queues the message.

    Whoever ends the membership waits for it, then finds the message among what has not left. Raises Refusal
    `sharing.may-no-longer-send`.
    """
    rows = Member.objects.filter(box_id=box_id, account_id=account_id, ended_at__isnull=True)
    rows.select_for_update().first()
    access = access_to(box_id, account_id, now)
    if access is None or not access.may(Right.SEND):
        raise Refusal("sharing.may-no-longer-send")


def schedule_end(box_id: int, ends_at: datetime | None) -> None:
    """Schedule the end of access for that moment exactly. Inside the caller's transaction."""
    if ends_at is not None:
        announce(AccessDue(box_id), due=ends_at)


def end_expired_memberships(*, by: str, now: datetime) -> list[AccessEnded]:
    """Use case: end the memberships past their last day and those of closed accounts."""
    open_rows = Member.objects.filter(ended_at__isnull=True)
    due = list(
        (
            open_rows.filter(ends_at__lte=now) | open_rows.filter(account__state=AccountState.CLOSED)
        ).distinct()[:500]
    )
    return [_end(row, by=by, now=now) for row in due]


def end_memberships_of(account_ids: list[int], *, by: str, now: datetime) -> list[AccessEnded]:
    """Use case: end the memberships of closed accounts; revoke the app passwords of suspended ones."""
    rows = Member.objects.filter(ended_at__isnull=True, account_id__in=account_ids).select_related("account")
    events = []
    for row in rows:
        if row.account.state == AccountState.CLOSED:
            events.append(_end(row, by=by, now=now))
        elif row.account.state != AccountState.ACTIVE:
            with transaction.atomic(durable=True):
                box_account = Box.objects.values_list("account_id", flat=True).get(pk=row.box_id)
                end_sending(box_account, row.account_id, by=by, now=now)
    return events


@transaction.atomic(durable=True)
def _end(row: Member, *, by: str, now: datetime) -> AccessEnded:
    return end_membership(row, by=by, now=now)


def _open_box(box_id: int) -> Box:
    return locked_row(Box.objects.filter(pk=box_id, closed_at__isnull=True), "sharing.box-gone")


def _member(box_id: int, member_id: int) -> Member:
    rows = Member.objects.filter(pk=member_id, box_id=box_id, ended_at__isnull=True)
    row = locked_row(rows, "sharing.member-gone")
    if row.source == Source.POST:
        raise Refusal("sharing.owner-by-post")
    return row


def _agent_at(address: str, box: Box) -> int:
    listed = agent_at(address, box.academy_id)
    account = account_of_person(listed.person_id) if listed else None
    if account is None or account.state == AccountState.CLOSED:
        raise Refusal("sharing.nobody", address=address.strip()[:254])
    return account.account_id


def check_days(terms: MembershipTerms, now: datetime) -> None:
    """Raises Refusal `sharing.days-reversed`."""
    if terms.ends_on and terms.ends_on < max(terms.starts_on, paris_day(now)):
        raise Refusal("sharing.days-reversed")


def access_start(terms: MembershipTerms, now: datetime) -> datetime:
    """When access on these terms begins: now, or at the start of the first day."""
    return now if terms.starts_on <= paris_day(now) else start_of_day(terms.starts_on)

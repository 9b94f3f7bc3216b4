"""Who may open a mailbox: given, changed, ended. An end cuts what is open after commit (`AccessEnded`)."""

from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import account_of_person
from vaguemestre.people.credentials.services import revoke_app_passwords_held
from vaguemestre.people.directory.queries import listed_person_at
from vaguemestre.people.lifecycle.queries import withdrawn_among
from vaguemestre.schools.sharing.events import AccessDue, AccessEnded, MembersChanged
from vaguemestre.schools.sharing.models import Box, Member
from vaguemestre.schools.sharing.rules.owners import end_of, start_of
from vaguemestre.schools.sharing.values import Right, Source, Wanted

_MOST = 60


@transaction.atomic(durable=True)
def add_member(
    box_id: int, address: str, wanted: Wanted, *, by: str, now: datetime, is_owner: bool = False
) -> int:
    """Use case: the agent of that address becomes a member; the account.

    Raises Refusal `sharing.nobody`, `sharing.member-already`, `sharing.days-reversed`, `sharing.too-many`,
    `sharing.box-gone`.
    """
    box = _open_box(box_id)
    account_id = _agent_at(address)
    check_days(wanted, now)
    if box.members.filter(account_id=account_id, ended_at__isnull=True).exists():
        raise Refusal("sharing.member-already")
    if box.members.filter(ended_at__isnull=True).count() >= _MOST:
        raise Refusal("sharing.too-many", most=_MOST)
    ends_at = end_of(wanted.ends_on) if wanted.ends_on else None
    Member.objects.create(
        box=box,
        account_id=account_id,
        right=Right.MANAGE if is_owner else wanted.right,
        is_owner=is_owner,
        source=Source.HAND,
        starts_at=start_of_access(wanted, now),
        ends_at=ends_at,
        added_by=by,
    )
    await_end(box_id, ends_at)
    record(
        "sharing.member-added",
        to=f"box:{box_id}",
        by=by,
        at=now,
        member=f"account:{account_id}",
        right=wanted.right,
        until=wanted.ends_on.isoformat() if wanted.ends_on else "",
    )
    announce(MembersChanged(box_id, account_id, "owner" if is_owner else "added", by, now.isoformat()))
    return account_id


@transaction.atomic(durable=True)
def change_member(box_id: int, member_id: int, wanted: Wanted, *, by: str, now: datetime) -> None:
    """Use case: another right, other days. Raises Refusal as `add_member`, and `sharing.owner-by-post`."""
    row = _member(box_id, member_id)
    check_days(wanted, now)
    if not {Right.SEND} & wanted.right.covers:
        revoke_app_passwords_held(row.box.account_id, row.account_id, by=by, now=now)
    row.right = wanted.right
    row.starts_at = min(row.starts_at, now) if row.starts_at <= now else start_of_access(wanted, now)
    row.ends_at = end_of(wanted.ends_on) if wanted.ends_on else None
    row.save(update_fields=("right", "starts_at", "ends_at"))
    await_end(box_id, row.ends_at)
    record(
        "sharing.member-changed",
        to=f"box:{box_id}",
        by=by,
        at=now,
        member=f"account:{row.account_id}",
        right=wanted.right,
        until=wanted.ends_on.isoformat() if wanted.ends_on else "",
    )


@transaction.atomic(durable=True)
def end_member(box_id: int, member_id: int, *, by: str, now: datetime) -> AccessEnded:
    """Use case: they may no longer open it, from now on (run the event now).

    Raises Refusal `sharing.owner-by-post`.
    """
    return end_row(_member(box_id, member_id), by=by, now=now)


def end_row(row: Member, *, by: str, now: datetime) -> AccessEnded:
    """The same inside the caller's transaction."""
    Member.objects.filter(pk=row.pk).update(ended_at=now)
    box_account = Box.objects.values_list("account_id", flat=True).get(pk=row.box_id)
    revoke_app_passwords_held(box_account, row.account_id, by=by, now=now)
    record("sharing.member-ended", to=f"box:{row.box_id}", by=by, at=now, member=f"account:{row.account_id}")
    event = AccessEnded(row.box_id, row.account_id)
    announce(event)
    announce(MembersChanged(row.box_id, row.account_id, "ended", by, now.isoformat()))
    return event


@transaction.atomic(durable=True)
def follow_memberships(account_id: int, *, by: str, now: datetime) -> list[AccessEnded]:
    """Use case: what somebody who is away had open in others' mailboxes is cut, and others in theirs.

    Memberships stay written: they open again with their holder's return (`queries.access`).
    """
    if not withdrawn_among([account_id]):
        return []
    rows = Member.objects.filter(ended_at__isnull=True)
    events = []
    for row in rows.filter(account_id=account_id) | rows.filter(box__account_id=account_id):
        box_account = Box.objects.values_list("account_id", flat=True).get(pk=row.box_id)
        revoke_app_passwords_held(box_account, row.account_id, by=by, now=now)
        events.append(AccessEnded(row.box_id, row.account_id))
        announce(events[-1])
    return events


@transaction.atomic(durable=True)
def leave_academy(account_id: int, academy_id: int, *, by: str, now: datetime) -> None:
    """Use case: somebody who went to that académie opens nothing any more in the one they left."""
    rows = Member.objects.filter(ended_at__isnull=True, account_id=account_id, source=Source.HAND)
    for row in rows.exclude(box__academy_id=academy_id):
        end_row(row, by=by, now=now)


def await_end(box_id: int, ends_at: datetime | None) -> None:
    """Somebody looks at that moment, and not a round later. Inside the caller's transaction."""
    if ends_at is not None:
        announce(AccessDue(box_id), due=ends_at)


def end_overdue(*, by: str, now: datetime) -> list[AccessEnded]:
    """Use case: those whose last day is over, or whose account is closed."""
    over = Member.objects.filter(ended_at__isnull=True)
    due = list((over.filter(ends_at__lte=now) | over.filter(account__state="closed")).distinct()[:500])
    return [_end(row, by=by, now=now) for row in due]


def end_those_of(account_ids: list[int], *, by: str, now: datetime) -> list[AccessEnded]:
    """Use case: accounts that are closed open nobody's mailbox; suspended ones have no mail program there."""
    rows = Member.objects.filter(ended_at__isnull=True, account_id__in=account_ids).select_related("account")
    events = []
    for row in rows:
        if row.account.state == "closed":
            events.append(_end(row, by=by, now=now))
        elif row.account.state != "active":
            with transaction.atomic(durable=True):
                box_account = Box.objects.values_list("account_id", flat=True).get(pk=row.box_id)
                revoke_app_passwords_held(box_account, row.account_id, by=by, now=now)
    return events


@transaction.atomic(durable=True)
def _end(row: Member, *, by: str, now: datetime) -> AccessEnded:
    return end_row(row, by=by, now=now)


def _open_box(box_id: int) -> Box:
    box = Box.objects.select_for_update().filter(pk=box_id, closed_at__isnull=True).first()
    if box is None:
        raise Refusal("sharing.box-gone")
    return box


def _member(box_id: int, member_id: int) -> Member:
    row = (
        Member.objects.select_for_update().filter(pk=member_id, box_id=box_id, ended_at__isnull=True).first()
    )
    if row is None:
        raise Refusal("sharing.member-gone")
    if row.source == Source.POST:
        raise Refusal("sharing.owner-by-post")
    return row


def _agent_at(address: str) -> int:
    listed = listed_person_at(address)
    account = account_of_person(listed.person_id) if listed else None
    if account is None or account.state == "closed":
        raise Refusal("sharing.nobody", address=address.strip()[:254])
    return account.account_id


def check_days(wanted: Wanted, now: datetime) -> None:
    """Raises Refusal `sharing.days-reversed`."""
    today = paris_day(now)
    if wanted.ends_on and (wanted.ends_on < wanted.starts_on or wanted.ends_on < today):
        raise Refusal("sharing.days-reversed")


def start_of_access(wanted: Wanted, now: datetime) -> datetime:
    """Now, or the beginning of the first day."""
    return now if wanted.starts_on <= paris_day(now) else start_of(wanted.starts_on)

"""Delegation of a personal mailbox to a colleague, between two dates; never its private folders."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from vaguemestre.access.signin.services import notify_owner
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.queries import entries_since
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import account_of_person, identified, names_of, open_accounts_of
from vaguemestre.people.credentials.services import lock_account_row
from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.directory.queries import person_of, primary_address, structures_of
from vaguemestre.schools.sharing.events import AccessEnded, MembersChanged
from vaguemestre.schools.sharing.models import Box, BoxActivity, Member
from vaguemestre.schools.sharing.queries import agent_at
from vaguemestre.schools.sharing.rules.owners import end_of_day
from vaguemestre.schools.sharing.services.members import (
    access_start,
    check_days,
    end_membership,
    schedule_end,
)
from vaguemestre.schools.sharing.values import BoxKind, MembershipChange, MembershipTerms, Right, Source

_MAX_DELEGATIONS = 5
_MAX_DURATION = timedelta(days=366)
_ONE_NOTICE_A_DAY = timedelta(hours=20)


@transaction.atomic(durable=True)
def delegate_mailbox(
    account_id: int, address: str, terms: MembershipTerms, *, inbox_only: bool, by: str, now: datetime
) -> int:
    """Use case: let a colleague open one's mailbox between two days. Returns the id of the membership.

    Raises Refusal `sharing.delegation-endless`, `sharing.delegation-right`, `sharing.delegation-to-oneself`,
    `sharing.nobody`, `sharing.member-already`, `sharing.too-many`, `sharing.days-reversed`.
    """
    ends_on = _check_terms(terms, now)
    box = _personal_box(account_id, now)
    colleague_id = _colleague_at(address, box)
    _check_room_for(box, colleague_id)
    row = Member.objects.create(
        box=box,
        account_id=colleague_id,
        right=terms.right,
        source=Source.HAND,
        starts_at=access_start(terms, now),
        ends_at=end_of_day(ends_on),
        inbox_only=inbox_only,
        added_by=by,
    )
    schedule_end(box.pk, row.ends_at)
    _record_for_owner("sharing.delegation-given", account_id, colleague_id, row.pk, by=by, now=now)
    name = names_of([colleague_id]).get(colleague_id, "")
    detail = f"À {name}, {address.strip().lower()}"
    notify_owner(account_id, "delegation-given", now=now, number=row.pk, detail=detail)
    announce(MembersChanged(box.pk, colleague_id, MembershipChange.ADDED, by, now.isoformat()))
    return row.pk


def _check_terms(terms: MembershipTerms, now: datetime) -> date:
    """The last day of a delegation on these terms. Raises Refusal."""
    check_days(terms, now)
    if terms.ends_on is None or terms.ends_on - terms.starts_on > _MAX_DURATION:
        raise Refusal("sharing.delegation-endless")
    if terms.right is Right.MANAGE:
        raise Refusal("sharing.delegation-right")
    return terms.ends_on


def _colleague_at(address: str, box: Box) -> int:
    """The active account of a colleague of the owner's, at that address. Raises Refusal."""
    owner_id = identified(box.account_id).person_id  # may have changed académie since the box was opened
    academy_id = person_of(owner_id).academy_id if owner_id else box.academy_id
    listed = agent_at(address, academy_id)
    colleague = account_of_person(listed.person_id) if listed else None
    if colleague is not None and colleague.state == AccountState.PENDING:
        raise Refusal("sharing.never-activated", address=address.strip()[:254])
    if colleague is None or colleague.state != AccountState.ACTIVE:
        raise Refusal("sharing.nobody", address=address.strip()[:254])
    if colleague.account_id == box.account_id:
        raise Refusal("sharing.delegation-to-oneself")
    return colleague.account_id


def _check_room_for(box: Box, colleague_id: int) -> None:
    running = box.members.filter(ended_at__isnull=True)
    if running.filter(account_id=colleague_id).exists():
        raise Refusal("sharing.member-already")
    if running.count() >= _MAX_DELEGATIONS:
        raise Refusal("sharing.too-many", most=_MAX_DELEGATIONS)


@transaction.atomic(durable=True)
def end_delegation(account_id: int, member_id: int, *, by: str, now: datetime) -> AccessEnded:
    """Use case: end a delegation now. Run the returned event after the commit.

    Raises Refusal `sharing.member-gone`.
    """
    event = _end(account_id, member_id, by=by, now=now)
    if event is None:
        raise Refusal("sharing.member-gone")
    return event


def end_delegations(account_id: int, *, by: str, now: datetime) -> list[AccessEnded]:
    """End every delegation of a mailbox whose account may be compromised. Inside the caller's transaction.

    Run the returned events after the commit.
    """
    running = Member.objects.filter(
        box__account_id=account_id, box__kind=BoxKind.PERSON, ended_at__isnull=True
    ).values_list("pk", flat=True)
    events = (_end(account_id, member_id, by=by, now=now) for member_id in list(running))
    return [event for event in events if event]


def revoke_delegation(account_id: int, number: int, *, by: str, now: datetime) -> bool:
    """Undo a delegation from its notice (« Ce n’était pas moi »). Inside the caller's transaction.

    False if it had already ended.
    """
    return _end(account_id, number, by=by, now=now) is not None


def _end(account_id: int, member_id: int, *, by: str, now: datetime) -> AccessEnded | None:
    row = (
        Member.objects.select_for_update()
        .filter(pk=member_id, box__account_id=account_id, box__kind=BoxKind.PERSON, ended_at__isnull=True)
        .first()
    )
    if row is None:
        return None
    _record_for_owner("sharing.delegation-ended", account_id, row.account_id, row.pk, by=by, now=now)
    return end_membership(row, by=by, now=now)


@transaction.atomic(durable=True)
def tell_delegations_apart(person_ids: Collection[int], *, now: datetime) -> None:
    """Tell owners, once, of a delegation that outlives the school they shared with the colleague.

    It was given between two dates and goes on until they end it; they left, or the colleague did.
    """
    person_of_account = open_accounts_of(person_ids)
    is_theirs = Q(account_id__in=person_of_account) | Q(box__account_id__in=person_of_account)
    running = Member.objects.filter(
        is_theirs, box__kind=BoxKind.PERSON, ended_at__isnull=True, ends_at__gt=now
    ).select_related("box")
    for row in running:
        if _share_a_school(row, row.starts_at) and not _share_a_school(row, now):
            _tell_apart(row, now)


def _share_a_school(row: Member, at: datetime) -> bool:
    day = paris_day(at)
    people = [identified(account_id).person_id for account_id in (row.account_id, row.box.account_id)]
    schools = [{school for school, _ in structures_of(person_id or 0, day)} for person_id in people]
    return not schools[0].isdisjoint(schools[1])


def _tell_apart(row: Member, now: datetime) -> None:
    owner_id, action = row.box.account_id, "sharing.delegation-apart"
    notices = entries_since(account_subject(owner_id), (action,), row.starts_at)
    if any(line.details.get("number") == row.pk for line in notices):
        return
    _record_for_owner(action, owner_id, row.account_id, row.pk, by="system", now=now)
    name = names_of([row.account_id]).get(row.account_id, "")
    last_day = paris_day((row.ends_at or now) - timedelta(seconds=1))
    detail = f"{name}, jusqu’au {last_day:%d/%m/%Y}"
    notify_owner(owner_id, "delegation-apart", now=now, number=row.pk, detail=detail)


@transaction.atomic(durable=True)
def record_delegate_visit(box_id: int, account_id: int, *, now: datetime) -> None:
    """Use case: record for the owner that a colleague opened the delegated mailbox, once a day."""
    visits = BoxActivity.objects.filter(box_id=box_id, account_id=account_id, action="enter")
    if visits.filter(at__gte=now - _ONE_NOTICE_A_DAY).exists():
        return
    BoxActivity.objects.create(box_id=box_id, account_id=account_id, action="enter", at=now)
    owner_id = Box.objects.values_list("account_id", flat=True).get(pk=box_id)
    _record_for_owner(
        "sharing.delegation-used", owner_id, account_id, 0, by=account_subject(account_id), now=now
    )


def _record_for_owner(
    action: str, owner_id: int, colleague_id: int, number: int, *, by: str, now: datetime
) -> None:
    """Add a line to the owner's « Mon activité ». It stores the colleague's id, never the name."""
    record(
        action,
        to=account_subject(owner_id),
        by=by,
        at=now,
        colleague=account_subject(colleague_id),
        number=number,
    )


def _personal_box(account_id: int, now: datetime) -> Box:
    """The box of a person's own mailbox, created at the first delegation. Locked."""
    lock_account_row(account_id)
    box = Box.objects.select_for_update().filter(account_id=account_id).first()
    if box is not None:
        if box.kind != BoxKind.PERSON:
            raise Refusal("sharing.delegation-right")
        return box
    person_id = identified(account_id).person_id
    if person_id is None:
        raise Refusal("sharing.delegation-right")
    person = person_of(person_id)
    return Box.objects.create(
        account_id=account_id,
        academy_id=person.academy_id,
        kind=BoxKind.PERSON,
        address=primary_address(person_id) or "",
        title=f"Boîte de {person.shown_name}"[:200],
        opened_at=now,
        followed_on=paris_day(now),
    )

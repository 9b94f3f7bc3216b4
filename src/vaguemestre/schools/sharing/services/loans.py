"""Somebody lends their own mailbox for a leave: by dates, for a part of it, never the private folders."""

from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.access.signin.services import notify_owner
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import account_of_person, identified, names_of
from vaguemestre.people.directory.queries import listed_person_at, person_of, primary_address
from vaguemestre.schools.sharing.events import AccessEnded, MembersChanged
from vaguemestre.schools.sharing.models import Box, Deed, Member
from vaguemestre.schools.sharing.rules.owners import end_of
from vaguemestre.schools.sharing.services.members import await_end, check_days, end_row, start_of_access
from vaguemestre.schools.sharing.values import Kind, Right, Source, Wanted

_MOST = 5
_LONGEST = timedelta(days=366)


@transaction.atomic(durable=True)
def lend_mailbox(
    account_id: int, address: str, wanted: Wanted, *, only_reception: bool, by: str, now: datetime
) -> int:
    """Use case: a colleague opens one's mailbox between two days; the loan.

    Raises Refusal `sharing.loan-endless`, `sharing.loan-right`, `sharing.nobody`, `sharing.loan-to-oneself`,
    `sharing.member-already`, `sharing.too-many`, `sharing.days-reversed`.
    """
    check_days(wanted, now)
    if wanted.ends_on is None or wanted.ends_on - wanted.starts_on > _LONGEST:
        raise Refusal("sharing.loan-endless")
    if wanted.right is Right.MANAGE:
        raise Refusal("sharing.loan-right")
    box = _box_of(account_id, now)
    listed = listed_person_at(address)
    colleague = account_of_person(listed.person_id) if listed else None
    if colleague is None or colleague.state != "active":
        raise Refusal("sharing.nobody", address=address.strip()[:254])
    if colleague.account_id == account_id:
        raise Refusal("sharing.loan-to-oneself")
    running = box.members.filter(ended_at__isnull=True)
    if running.filter(account_id=colleague.account_id).exists():
        raise Refusal("sharing.member-already")
    if running.count() >= _MOST:
        raise Refusal("sharing.too-many", most=_MOST)
    row = Member.objects.create(
        box=box,
        account_id=colleague.account_id,
        right=wanted.right,
        source=Source.HAND,
        starts_at=start_of_access(wanted, now),
        ends_at=end_of(wanted.ends_on),
        only_reception=only_reception,
        added_by=by,
    )
    await_end(box.pk, row.ends_at)
    name = _tell_owner("sharing.loan-given", account_id, colleague.account_id, row.pk, by=by, now=now)
    notify_owner(
        account_id, "delegation-given", now=now, number=row.pk, detail=f"À {name}, {address.strip().lower()}"
    )
    announce(MembersChanged(box.pk, colleague.account_id, "added", by, now.isoformat()))
    return row.pk


@transaction.atomic(durable=True)
def end_loan(account_id: int, member_id: int, *, by: str, now: datetime) -> AccessEnded:
    """Use case: the colleague opens it no more, from now on (run the event now).

    Raises Refusal `sharing.member-gone`.
    """
    event = _ended(account_id, member_id, by=by, now=now)
    if event is None:
        raise Refusal("sharing.member-gone")
    return event


def end_loans(account_id: int, *, by: str, now: datetime) -> list[AccessEnded]:
    """End every loan of that mailbox, as its owner may not have given it. Inside the caller's transaction.

    Run the events after the commit.
    """
    running = Member.objects.filter(
        box__account_id=account_id, box__kind=Kind.PERSON, ended_at__isnull=True
    ).values_list("pk", flat=True)
    events = (_ended(account_id, loan, by=by, now=now) for loan in list(running))
    return [event for event in events if event]


def take_loan_back(account_id: int, number: int, *, by: str, now: datetime) -> bool:
    """« Ce n’était pas moi ». Inside the caller's transaction. False: nothing to undo."""
    return _ended(account_id, number, by=by, now=now) is not None


def _ended(account_id: int, member_id: int, *, by: str, now: datetime) -> AccessEnded | None:
    row = (
        Member.objects.select_for_update()
        .filter(pk=member_id, box__account_id=account_id, box__kind=Kind.PERSON, ended_at__isnull=True)
        .first()
    )
    if row is None:
        return None
    _tell_owner("sharing.loan-ended", account_id, row.account_id, row.pk, by=by, now=now)
    return end_row(row, by=by, now=now)


@transaction.atomic(durable=True)
def note_entry(box_id: int, account_id: int, *, now: datetime) -> None:
    """Use case: a colleague opens a lent mailbox; its owner reads so once a day."""
    known = Deed.objects.filter(box_id=box_id, account_id=account_id, what="enter")
    if known.filter(at__gte=now - timedelta(hours=20)).exists():
        return
    Deed.objects.create(box_id=box_id, account_id=account_id, what="enter", at=now)
    owner = Box.objects.values_list("account_id", flat=True).get(pk=box_id)
    _tell_owner("sharing.loan-used", owner, account_id, 0, by=f"account:{account_id}", now=now)


def _tell_owner(what: str, owner_id: int, colleague_id: int, number: int, *, by: str, now: datetime) -> str:
    """A line of « Mon activité », which names nobody for ever; the colleague's name."""
    record(what, to=f"account:{owner_id}", by=by, at=now, colleague=f"account:{colleague_id}", number=number)
    return names_of([colleague_id]).get(colleague_id, "")


def _box_of(account_id: int, now: datetime) -> Box:
    known = Box.objects.select_for_update().filter(account_id=account_id).first()
    if known is not None:
        if known.kind != Kind.PERSON:
            raise Refusal("sharing.loan-right")
        return known
    person_id = identified(account_id).person_id
    if person_id is None:
        raise Refusal("sharing.loan-right")
    person = person_of(person_id)
    return Box.objects.create(
        account_id=account_id,
        academy_id=person.academy_id,
        kind=Kind.PERSON,
        address=primary_address(person_id) or "",
        title=f"Boîte de {person.shown_name}"[:200],
        opened_at=now,
        followed_on=paris_day(now),
    )

"""Boxes, lists and delegations of somebody who left, is away for long, or is back (docs/domain.md §3.6)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from tests.access.signin.people import account
from tests.post.quarantine.test_services import events_of
from tests.schools.sharing.conftest import School, address_of, lead

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.mailbox.sorting import queries as sorting
from vaguemestre.mailbox.sorting.models import FilterRow
from vaguemestre.mailbox.sorting.script import personal_script
from vaguemestre.people.credentials.models import Account, AppPassword
from vaguemestre.people.credentials.values import AccountRole
from vaguemestre.people.directory.models import Assignment
from vaguemestre.people.lifecycle import rules, services
from vaguemestre.people.lifecycle.events import MembershipsChanged
from vaguemestre.people.lifecycle.values import EventKind, LifecycleDelays, Step
from vaguemestre.post.outbox.values import Recipient
from vaguemestre.schools.lists import queries as lists
from vaguemestre.schools.lists.models import ListRole, MailingList
from vaguemestre.schools.lists.services import change_rule, create_list, subscribe
from vaguemestre.schools.lists.services.administration import Creator, NewList
from vaguemestre.schools.lists.values import Criteria, Kind, Rule
from vaguemestre.schools.sharing import queries as sharing
from vaguemestre.schools.sharing.models import Member, Thread
from vaguemestre.schools.sharing.services import assign_thread, delegate_mailbox
from vaguemestre.schools.sharing.values import MembershipTerms as Access
from vaguemestre.schools.sharing.values import MessageRef, Right

Of = Callable[[Account], Client]
NUMBERS = LifecycleDelays()
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)
LEAVING = [
    EventKind.LONG_LEAVE,
    EventKind.TRANSFER,
    EventKind.RETIREMENT,
    EventKind.CONTRACT_END,
    EventKind.SUSPENSION,
]


def declare(who: Account, event: EventKind, on: date = TODAY) -> None:
    services.declare_event(who.pk, event, on, NUMBERS, by="test", now=NOW, today=TODAY)
    run_now(MembershipsChanged(who.pk))


def come_back(who: Account) -> None:
    services.end_event(who.pk, by="test", now=NOW)
    run_now(MembershipsChanged(who.pk))


def boxes(who: Account) -> list[str]:
    return [one.address for one in sharing.boxes_of(who.pk, datetime.now(UTC))]


def gathered(keeper: Account, kind: Kind) -> MailingList:
    """A list by rule of whoever teaches or works in the school, or by hand."""
    maker, wanted = (
        Creator(keeper.pk, keeper.person_id or 0, AccountRole.ADMINISTRATOR),
        NewList("Liste", f"l{kind}", kind),
    )
    made = create_list(maker, wanted, "ac-amiens.test", by="test", now=NOW)
    if kind is Kind.RULE:
        rule = Rule((Criteria(uais=("0800001A",)),))
        change_rule(made, keeper.pk, rule, by="test", now=NOW)
    return MailingList.objects.get(pk=made)


def inside(row: MailingList, who: Account) -> bool:
    return any(one.person_id == who.person_id for one in lists.members_of(row, datetime.now(UTC)))


@pytest.fixture
def marie() -> Account:
    return account("mdurand", first_name="Marie", last_name="Durand")


@pytest.mark.parametrize("event", LEAVING)
def test_the_table_says_who_loses_boxes_and_lists_and_from_which_day(event: EventKind) -> None:
    table = rules.consequence_table(LifecycleDelays(long_leave_withdrawn=3, departure_withdrawn=5))
    days = {EventKind.LONG_LEAVE: 3, EventKind.SUSPENSION: 0}
    assert table[event].steps[Step.WITHDRAW] == days.get(event, 5)
    assert Step.WITHDRAW not in table[EventKind.LEAVE].steps
    assert Step.WITHDRAW not in table[EventKind.ACADEMY_MOVE].steps


@pytest.mark.parametrize("event", [EventKind.LONG_LEAVE, EventKind.SUSPENSION, EventKind.RETIREMENT])
def test_a_box_shared_by_hand_opens_no_more_and_opens_again_with_the_return(
    school: School, marie: Account, event: EventKind
) -> None:
    school.share(marie, Right.SEND)
    key = AppPassword.objects.create(
        account=school.box.account, holder=marie, name="Téléphone", token_sha256="0" * 64, created_at=NOW
    )
    assert boxes(marie) == ["ce.0800001A@ac-amiens.test"]
    declare(marie, event)
    assert boxes(marie) == []
    assert not sharing.has_access(school.box.account.mailbox, marie.pk, datetime.now(UTC))
    key.refresh_from_db()
    assert key.revoked_at
    (shown,) = [one for one in sharing.members_of(school.box.pk, NOW) if one.account_id == marie.pk]
    assert shown.is_away
    come_back(marie)
    assert boxes(marie) == ["ce.0800001A@ac-amiens.test"]


def test_a_leave_of_a_year_at_most_takes_nothing_away(school: School, marie: Account) -> None:
    school.share(marie, Right.READ)
    declare(marie, EventKind.LEAVE)
    assert boxes(marie) == ["ce.0800001A@ac-amiens.test"]


def test_what_is_declared_for_later_takes_nothing_away_before_its_day(school: School, marie: Account) -> None:
    school.share(marie, Right.READ)
    declare(marie, EventKind.TRANSFER, TODAY + timedelta(days=10))
    assert boxes(marie)
    day = TODAY + timedelta(days=10)
    services.run_due_events(NUMBERS, now=NOW + timedelta(days=10), today=day)
    assert boxes(marie) == []


def test_an_access_that_ended_meanwhile_does_not_come_back(school: School, marie: Account) -> None:
    school.share(marie, Right.READ, ends_on=date(2099, 1, 1))
    declare(marie, EventKind.LONG_LEAVE)
    Member.objects.filter(account=marie).update(ends_at=NOW)
    come_back(marie)
    assert boxes(marie) == []


def test_the_deputy_leads_while_the_head_is_away_and_no_longer(school: School, marie: Account) -> None:
    lead(marie)
    Assignment.objects.filter(person=marie.person).update(function="ADF")  # of the corps of heads: a deputy
    declare(school.head, EventKind.LONG_LEAVE)
    assert sharing.owners_of(school.box.pk, datetime.now(UTC)) == [marie.pk]
    come_back(school.head)
    assert sharing.owners_of(school.box.pk, datetime.now(UTC)) == [school.head.pk]


def test_whoever_counts_on_somebody_who_is_away_knows_it(school: School, marie: Account, of: Of) -> None:
    """What she took charge of is nobody's again; whoever lent her a mailbox is told, and reads it."""
    school.share(marie, Right.SEND)
    moment = datetime.now(UTC)
    ref, today = MessageRef(school.box.pk, "<1@x>", "<1@x>"), moment.date()
    assign_thread(ref, marie.pk, by=f"account:{marie.pk}", now=moment)
    terms = Access(Right.SEND, today - timedelta(days=1), today + timedelta(days=5))
    delegate_mailbox(school.head.pk, address_of(marie), terms, inbox_only=False, by="test", now=moment)
    assert "N’ouvre plus votre boîte" not in of(school.head).get("/boites/delegation/").content.decode()
    declare(marie, EventKind.LONG_LEAVE)
    assert Thread.objects.get().assignee is None
    (told,) = [one for one in events_of(AccountTouched) if one.act == "delegate-away"]
    assert (told.account_id, told.detail) == (school.head.pk, "Collègue : Marie Durand")
    assert "N’ouvre plus votre boîte" in of(school.head).get("/boites/delegation/").content.decode()


def test_delegations_given_and_received_stop_during_a_long_leave(school: School, marie: Account) -> None:
    paul = account("pmartin", first_name="Paul", last_name="Martin")
    today = datetime.now(UTC).date()
    days = Access(Right.READ, today - timedelta(days=30), today + timedelta(days=30))
    delegate_mailbox(marie.pk, address_of(paul), days, inbox_only=False, by="test", now=datetime.now(UTC))
    delegate_mailbox(paul.pk, address_of(marie), days, inbox_only=False, by="test", now=datetime.now(UTC))
    assert (len(boxes(paul)), len(boxes(marie))) == (1, 1)
    declare(marie, EventKind.LONG_LEAVE)
    assert (boxes(paul), boxes(marie)) == ([], [])
    come_back(marie)
    assert (len(boxes(paul)), len(boxes(marie))) == (1, 1)


@pytest.mark.parametrize("kind", [Kind.RULE, Kind.MANUAL])
@pytest.mark.parametrize("event", [EventKind.LONG_LEAVE, EventKind.TRANSFER, EventKind.SUSPENSION])
def test_lists_reach_nobody_who_is_away_and_everybody_who_is_back(
    school: School, marie: Account, kind: Kind, event: EventKind
) -> None:
    row = gathered(school.head, kind)
    if kind is Kind.MANUAL:
        people = [Recipient("", address_of(marie))]
        subscribe(row.pk, school.head.pk, people, "ac-amiens.test", by="test", now=NOW)
    assert inside(row, marie)
    declare(marie, event)
    assert not inside(row, marie)
    assert lists.list_cards(marie.pk, marie.person_id or 0, datetime.now(UTC)) == ()
    assert lists.membership_reasons(row, marie.person_id or 0, datetime.now(UTC)) == ()
    come_back(marie)
    assert inside(row, marie)


def test_whoever_keeps_a_list_decides_nothing_while_away(school: School, marie: Account) -> None:
    row, now = gathered(school.head, Kind.MANUAL), datetime.now(UTC)
    ListRole.objects.create(list=row, account=marie, role="owner")
    declare(marie, EventKind.LONG_LEAVE)
    assert lists.role_in(row.pk, marie.pk, now) is None
    assert marie.pk not in lists.manager_accounts(row.pk, now)
    ListRole.objects.exclude(account=marie).delete()
    administrator = account("admine", role="administrator")
    assert lists.role_in(row.pk, administrator.pk, now) == "owner"  # nobody else is left
    come_back(marie)
    assert lists.role_in(row.pk, marie.pk, now) == "owner"


@pytest.mark.django_db
def test_nothing_is_sent_on_during_a_long_leave_and_filters_are_as_they_were_afterwards(
    marie: Account,
) -> None:
    FilterRow.objects.create(
        account=marie,
        position=1,
        name="Relais",
        conditions=[{"aspect": "subject", "relation": "contains", "text": "budget"}],
        outcome={"forward_to": "paul@ac-amiens.test", "label": "Relayé"},
    )

    def script() -> str:
        owner = sorting.owner_of(marie.pk, NOW)
        assert owner
        return personal_script(sorting.settings_of(marie.pk), owner, foreign_script="")

    before = script()
    assert "redirect" in before
    services.declare_event(marie.pk, EventKind.LONG_LEAVE, TODAY, NUMBERS, by="test", now=NOW, today=TODAY)
    assert "redirect" not in script()
    assert "addflag" in script()  # the rest of the filter holds
    services.end_event(marie.pk, by="test", now=NOW)
    assert script() == before

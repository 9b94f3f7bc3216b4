"""What a feed reports: people who leave, come back, change situation, or move to another académie."""

from datetime import timedelta

import pytest
from tests.access.signin.people import account
from tests.people.lifecycle.test_services import NOW, NUMBERS, TODAY, announced, declare, is_shown, states

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Assignment, MailAddress
from vaguemestre.people.lifecycle import queries, services
from vaguemestre.people.lifecycle.models import LifecycleEvent
from vaguemestre.people.lifecycle.values import EventKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def marie() -> Account:
    return account("mdurand", first_name="Marie", last_name="Durand")


def begin(*people: Account) -> int:
    return services.begin_departures([one.person_id for one in people], NUMBERS, now=NOW, today=TODAY)


def report(of: Account, kind: EventKind | None, **more: int) -> None:
    day = TODAY + timedelta(**more)
    services.apply_situation(of.pk, kind, day, NUMBERS, now=NOW, today=TODAY)


def open_kind(of: Account) -> EventKind | None:
    event = queries.open_event(of.pk)
    return EventKind(event.event) if event else None


def test_a_departure_begins_once_for_those_alone_whose_posts_are_over(marie: Account) -> None:
    paul = account("pmartin", first_name="Paul", last_name="Martin")
    Assignment.objects.filter(person=marie.person).update(ends_on=TODAY - timedelta(days=1))
    assert begin(marie, paul) == 1
    assert begin(marie, paul) == 0
    assert (open_kind(marie), open_kind(paul)) == (EventKind.CONTRACT_END, None)


def test_a_departure_is_cancelled_for_those_alone_who_serve_again(marie: Account) -> None:
    paul = account("pmartin", first_name="Paul", last_name="Martin")
    Assignment.objects.update(ends_on=TODAY - timedelta(days=1))
    begin(marie, paul)
    Assignment.objects.filter(person=marie.person).update(ends_on=None)
    services.cancel_departures([marie.person_id, paul.person_id], now=NOW, today=TODAY)
    assert (open_kind(marie), open_kind(paul)) == (None, EventKind.CONTRACT_END)
    assert is_shown(marie)


def test_a_departure_declared_by_hand_is_not_cancelled_by_a_post(marie: Account) -> None:
    declare(marie, EventKind.RETIREMENT)
    services.cancel_departures([marie.person_id], now=NOW, today=TODAY)
    assert open_kind(marie) is EventKind.RETIREMENT


@pytest.mark.parametrize("days", [-30, 0, 20])
def test_an_end_of_contract_declared_by_hand_outlives_the_post_it_ends(marie: Account, days: int) -> None:
    declare(marie, EventKind.CONTRACT_END, TODAY + timedelta(days=days))
    services.cancel_departures([marie.person_id], now=NOW, today=TODAY)
    services.run_daily_review(NUMBERS, now=NOW, today=TODAY)
    assert open_kind(marie) is EventKind.CONTRACT_END


@pytest.mark.parametrize("over", [False, True])
def test_a_post_begun_after_an_end_declared_by_hand_renews_the_contract(marie: Account, over: bool) -> None:
    declare(marie, EventKind.CONTRACT_END, TODAY - timedelta(days=30))
    post = Assignment.objects.get(person=marie.person)
    begins, ends = TODAY - timedelta(days=10), TODAY - timedelta(days=1) if over else None
    Assignment.objects.create(person=marie.person, structure=post.structure, starts_on=begins, ends_on=ends)
    services.cancel_departures([marie.person_id], now=NOW, today=TODAY)
    assert open_kind(marie) is (EventKind.CONTRACT_END if over else None)


def test_a_leave_that_a_feed_reports_ends_with_the_return_it_reports(marie: Account) -> None:
    report(marie, EventKind.LONG_LEAVE)
    assert open_kind(marie) is EventKind.LONG_LEAVE
    report(marie, None)
    assert open_kind(marie) is None


def test_a_suspension_declared_by_hand_stays_whatever_a_feed_reports(marie: Account) -> None:
    declare(marie, EventKind.SUSPENSION)
    report(marie, None)
    report(marie, EventKind.LONG_LEAVE)
    assert open_kind(marie) is EventKind.SUSPENSION


def test_a_closing_put_off_stays_so_when_a_feed_names_another_departure(marie: Account) -> None:
    report(marie, EventKind.RETIREMENT)
    later = TODAY + timedelta(days=120)
    services.postpone_closing(marie.pk, later, NUMBERS, by="account:9", now=NOW, today=TODAY)
    report(marie, EventKind.TRANSFER)
    event = LifecycleEvent.objects.get(ended_at=None)
    assert (event.event, event.closes_on) == (EventKind.TRANSFER, later)


def test_a_day_out_of_reach_in_a_feed_is_the_nearest_possible_one(marie: Account) -> None:
    report(marie, EventKind.RETIREMENT, days=40_000)
    assert queries.open_event(marie.pk).effect_on == TODAY + timedelta(days=3 * 365)


def test_nothing_is_reported_of_nobody() -> None:
    services.apply_situation(404, EventKind.DEATH, TODAY, NUMBERS, now=NOW, today=TODAY)
    assert not LifecycleEvent.objects.exists()


def move(of: Account) -> None:
    services.begin_academy_move(
        of.pk, "ac-amiens.test", "marie.durand@ac-lille.test", NUMBERS, by="feed", now=NOW, today=TODAY
    )


def test_a_move_to_another_academie_answers_for_the_former_address_then_forgets_it(marie: Account) -> None:
    MailAddress.objects.filter(person=marie.person).update(is_primary=False)
    MailAddress.objects.create(person=marie.person, address="marie.durand@ac-lille.test", is_primary=True)
    for _ in range(2):
        move(marie)
    [reply] = announced("NeutralReplyDue")
    assert reply["only_to"] == "ac-amiens.test"
    assert states(marie) == ("active", "open")
    forgotten_on = TODAY + timedelta(days=NUMBERS.transfer_closed)
    services.run_due_events(NUMBERS, now=NOW, today=forgotten_on - timedelta(days=1))
    assert MailAddress.objects.filter(person=marie.person).count() == 2
    services.run_due_events(NUMBERS, now=NOW, today=forgotten_on)
    assert [row.address for row in MailAddress.objects.filter(person=marie.person)] == [
        "marie.durand@ac-lille.test"
    ]


def test_a_move_to_another_academie_takes_the_place_of_a_departure(marie: Account) -> None:
    declare(marie, EventKind.TRANSFER)
    move(marie)
    assert open_kind(marie) is EventKind.ACADEMY_MOVE


def test_a_leave_becomes_a_departure_and_a_death_comes_before_everything(marie: Account) -> None:
    declare(marie, EventKind.LONG_LEAVE)  # by an officer
    report(marie, EventKind.LEAVE)
    assert open_kind(marie) is EventKind.LONG_LEAVE
    report(marie, EventKind.RETIREMENT)
    report(marie, EventKind.RETIREMENT)
    assert open_kind(marie) is EventKind.RETIREMENT
    report(marie, EventKind.DEATH)
    assert states(marie) == ("closed", "frozen")

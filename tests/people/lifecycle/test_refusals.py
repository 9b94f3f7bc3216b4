"""What is asked of an event that is not open, or of a day out of reach, is refused and changes nothing."""

from datetime import timedelta

import pytest
from tests.access.signin.people import account
from tests.people.lifecycle.test_services import NOW, NUMBERS, TODAY, declare

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.lifecycle import services
from vaguemestre.people.lifecycle.models import LifecycleEvent
from vaguemestre.people.lifecycle.services.open_events import MAX_AHEAD
from vaguemestre.people.lifecycle.values import EventKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def marie() -> Account:
    return account("mdurand", first_name="Marie", last_name="Durand")


def postpone(of: Account, days: int) -> None:
    day = TODAY + timedelta(days=days)
    services.postpone_closing(of.pk, day, NUMBERS, by="account:9", now=NOW, today=TODAY)


def test_nothing_is_ended_put_off_or_shown_where_nothing_is_declared(marie: Account) -> None:
    with pytest.raises(Refusal, match="nothing-declared"):
        services.end_event(marie.pk, by="account:9", now=NOW)
    with pytest.raises(Refusal, match="nothing-closes"):
        postpone(marie, 30)
    with pytest.raises(Refusal, match="nothing-declared"):
        services.set_new_address_shown(marie.pk, agrees=True, by="account:1", now=NOW, delays=NUMBERS)


def test_an_event_that_closes_nothing_is_not_put_off(marie: Account) -> None:
    declare(marie, EventKind.LONG_LEAVE)
    with pytest.raises(Refusal, match="nothing-closes"):
        postpone(marie, 30)


@pytest.mark.parametrize("days", [0, -1, MAX_AHEAD.days + 1])
def test_a_closing_is_put_off_to_a_day_to_come_within_three_years(marie: Account, days: int) -> None:
    declare(marie, EventKind.RETIREMENT)
    with pytest.raises(Refusal, match="day-impossible"):
        postpone(marie, days)
    assert LifecycleEvent.objects.get().closes_on is None


@pytest.mark.parametrize("days", [-367, MAX_AHEAD.days + 1])
def test_an_event_is_declared_within_a_year_behind_and_three_ahead(marie: Account, days: int) -> None:
    with pytest.raises(Refusal, match="day-impossible"):
        declare(marie, EventKind.RETIREMENT, TODAY + timedelta(days=days))
    assert not LifecycleEvent.objects.exists()


def test_a_death_is_not_declared_before_its_day(marie: Account) -> None:
    """It is a slip of the keyboard, and notices of the closing would go to somebody alive, or to heirs."""
    with pytest.raises(Refusal, match="death-to-come"):
        declare(marie, EventKind.DEATH, TODAY + timedelta(days=1))
    assert not LifecycleEvent.objects.exists()


def test_nothing_is_declared_of_an_account_without_a_person() -> None:
    box = Account.objects.create(username="secretariat", mailbox="s@ac-amiens.test", state="active")
    with pytest.raises(Refusal, match="account-unknown"):
        declare(box, EventKind.RETIREMENT)


def test_a_forecast_says_what_is_replaced_and_writes_nothing(marie: Account) -> None:
    declare(marie, EventKind.RETIREMENT, TODAY - timedelta(days=70))
    before = list(LifecycleEvent.objects.values())
    told = services.forecast(marie.pk, EventKind.DEATH, TODAY, NUMBERS, today=TODAY)
    assert (told.replaces, told.reopens) == (EventKind.RETIREMENT, False)
    assert list(LifecycleEvent.objects.values()) == before

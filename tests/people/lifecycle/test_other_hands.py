"""What the help desk did to an account stands when a declaration of its service is withdrawn."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.access.signin.people import account

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.services import change_states, hold_mailbox, release_mailboxes
from vaguemestre.people.lifecycle import services
from vaguemestre.people.lifecycle.queries import suspended_by_service
from vaguemestre.people.lifecycle.values import EventKind, LifecycleDelays

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)


@pytest.fixture
def marie() -> Account:
    return account("mdurand", first_name="Marie", last_name="Durand")


def declare(one: Account, event: EventKind, minutes: int = 0) -> None:
    now = NOW + timedelta(minutes=minutes)
    services.declare_event(one.pk, event, TODAY, LifecycleDelays(), by="account:9", now=now, today=TODAY)


def states(one: Account) -> tuple[str, str]:
    one.refresh_from_db()
    return one.state, one.mailbox_state


def test_a_suspension_of_the_desk_outlives_that_of_the_service(marie: Account) -> None:
    change_states([marie.pk], "suspend", by="account:7", now=NOW)
    declare(marie, EventKind.SUSPENSION, 1)
    declare(marie, EventKind.SUSPENSION, 2)  # corrected
    assert suspended_by_service([marie.pk]) == {marie.pk}
    services.end_event(marie.pk, by="account:9", now=NOW + timedelta(minutes=3))
    assert states(marie) == ("suspended", "open")
    assert suspended_by_service([marie.pk]) == frozenset()


def test_a_corrected_suspension_of_the_service_ends_with_its_withdrawal(marie: Account) -> None:
    declare(marie, EventKind.SUSPENSION)
    declare(marie, EventKind.SUSPENSION, 1)
    assert suspended_by_service([marie.pk]) == {marie.pk}
    services.end_event(marie.pk, by="account:9", now=NOW + timedelta(minutes=2))
    assert states(marie) == ("active", "open")


def test_a_held_mailbox_is_held_again_until_the_same_day(marie: Account) -> None:
    hold_mailbox(marie.pk, by="account:7", now=NOW)
    declare(marie, EventKind.DEATH, 1)
    declare(marie, EventKind.DEATH, 2)  # corrected
    assert states(marie) == ("closed", "frozen")
    services.end_event(marie.pk, by="account:9", now=NOW + timedelta(minutes=3))
    assert states(marie) == ("active", "held")
    assert marie.mailbox_since == NOW
    release_mailboxes(NOW, by="system", now=NOW + timedelta(hours=48))
    assert states(marie) == ("active", "open")

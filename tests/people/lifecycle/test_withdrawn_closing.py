"""A closing that was announced and is withdrawn: whoever was told of the one is told of the other."""

import email
import email.policy
from datetime import timedelta

import pytest
from tests.access.signin.people import account
from tests.people.lifecycle.test_services import NOW, NUMBERS, TODAY, announced, declare, pass_days

from vaguemestre.access.signin import handlers as signin_handlers
from vaguemestre.access.signin.ports import deliver_notice
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Person
from vaguemestre.people.lifecycle import handlers, services
from vaguemestre.people.lifecycle.events import ClosingWithdrawn
from vaguemestre.people.lifecycle.ports import letter_sender, send_outside
from vaguemestre.people.lifecycle.values import EventKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def marie() -> Account:
    return account("mdurand", first_name="Marie", last_name="Durand")


def test_a_departure_declared_by_mistake_is_taken_back_from_whoever_was_told(marie: Account) -> None:
    declare(marie, EventKind.TRANSFER)
    assert len(announced("ClosingNear")) == 1
    services.end_event(marie.pk, by="account:9", now=NOW)
    (event,) = announced("ClosingWithdrawn")
    assert event["account_id"] == marie.pk


def test_of_a_closing_that_was_never_announced_nothing_is_withdrawn(marie: Account) -> None:
    declare(marie, EventKind.RETIREMENT, TODAY + timedelta(days=200))
    services.end_event(marie.pk, by="account:9", now=NOW)
    declare(marie, EventKind.LEAVE)
    services.end_event(marie.pk, by="account:9", now=NOW)
    assert not announced("ClosingWithdrawn")


@pytest.mark.parametrize(("replacing", "count"), [(EventKind.RETIREMENT, 0), (EventKind.LONG_LEAVE, 1)])
def test_another_departure_withdraws_the_announcement_unless_it_closes_too(
    marie: Account, replacing: EventKind, count: int
) -> None:
    declare(marie, EventKind.TRANSFER)
    declare(marie, replacing)
    assert len(announced("ClosingWithdrawn")) == count


def test_a_closing_announced_then_put_off_far_ahead_is_withdrawn_too(marie: Account) -> None:
    declare(marie, EventKind.RETIREMENT)
    later = TODAY + timedelta(days=300)
    services.postpone_closing(marie.pk, later, NUMBERS, by="account:9", now=NOW, today=TODAY)
    services.end_event(marie.pk, by="account:9", now=NOW)
    assert len(announced("ClosingWithdrawn")) == 1


def test_an_account_that_was_closed_opens_again_and_says_so(marie: Account) -> None:
    declare(marie, EventKind.TRANSFER)
    pass_days(61)
    services.end_event(marie.pk, by="account:9", now=NOW + timedelta(days=61))
    assert len(announced("ClosingWithdrawn")) == 1


def test_the_inbox_and_the_private_address_say_that_the_account_stays_open(
    marie: Account,
) -> None:
    Person.objects.filter(pk=marie.person_id).update(recovery_address="marie@hr.example")
    delivered: list[bytes] = []
    held = deliver_notice.get(), send_outside.get(), letter_sender.get()
    deliver_notice.replace(lambda mailbox, content, *_: delivered.append(content))
    send_outside.replace(lambda mailbox, sender, to, content: delivered.append(content))
    letter_sender.replace(lambda domain, *, now: f"messagerie@{domain}")
    event = ClosingWithdrawn(marie.pk, NOW.isoformat())
    try:
        signin_handlers.notify_withdrawn_closing(event)
        handlers.send_withdrawal_letters(event)
    finally:
        deliver_notice.replace(held[0])
        send_outside.replace(held[1])
        letter_sender.replace(held[2])
    for content in delivered:
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert "ne sera pas fermé" in message["Subject"]
        assert "n’aura pas lieu" in message.get_content()
    assert [b"Durand" in content for content in delivered] == [True, False]
    assert b"To: marie@hr.example" in delivered[1]

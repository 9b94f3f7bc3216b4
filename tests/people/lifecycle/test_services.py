"""What happens to somebody, and what follows day after day."""

import email
import email.policy
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult
from tests.access.signin.people import account

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import Account, RecoveryContact
from vaguemestre.people.credentials.services import change_states
from vaguemestre.people.directory.models import Academy, Assignment, Person
from vaguemestre.people.directory.queries import suggested_people
from vaguemestre.people.lifecycle import handlers, queries, rules, services
from vaguemestre.people.lifecycle.events import ClosingNear
from vaguemestre.people.lifecycle.models import LifecycleEvent
from vaguemestre.people.lifecycle.ports import letter_sender, send_outside
from vaguemestre.people.lifecycle.values import EventKind, LifecycleDelays, Step
from vaguemestre.people.paragraphs.models import AcademyParagraph
from vaguemestre.people.paragraphs.values import LetterKind

pytestmark = pytest.mark.django_db
NUMBERS = LifecycleDelays()
TABLE = rules.consequence_table(NUMBERS)
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)


@pytest.fixture
def marie() -> Account:
    return account("mdurand", first_name="Marie", last_name="Durand")


def declare(one: Account, event: EventKind, on: date = TODAY, **more: str) -> None:
    services.declare_event(one.pk, event, on, NUMBERS, by="account:9", now=NOW, today=TODAY, **more)


def pass_days(days: int) -> None:
    """Every day looked at once, as the worker does."""
    for ahead in range(days + 1):
        day, now = TODAY + timedelta(days=ahead), NOW + timedelta(days=ahead)
        services.run_daily_review(NUMBERS, now=now, today=day)
        services.run_due_events(NUMBERS, now=now, today=day)


def states(one: Account) -> tuple[str, str]:
    one.refresh_from_db()
    return one.state, one.mailbox_state


def announced(name: str) -> list[dict[str, object]]:
    jobs = DBTaskResult.objects.order_by("enqueued_at").values_list("args_kwargs", flat=True)
    told = [job["args"] for job in jobs if job["args"][1].endswith(f":{name}")]
    return [event for handler, _, event, *_ in told if handler == told[0][0]]  # one job for each listener


def is_shown(one: Account) -> bool:
    return bool(suggested_people(one.username, limit=5))


@pytest.mark.heavy
def test_a_retirement_is_told_four_times_then_closed_then_erased(marie: Account) -> None:
    declare(marie, EventKind.RETIREMENT, TODAY + timedelta(days=30))
    pass_days(29)
    assert (states(marie), is_shown(marie)) == (("active", "open"), True)
    assert not announced("ClosingNear")  # sixty-one days ahead there is nothing to tell yet
    pass_days(89)
    assert (states(marie), is_shown(marie)) == (("active", "open"), False)
    days = [Entry.objects.filter(action="credentials.account-closed").count(), len(announced("ClosingNear"))]
    assert days == [0, 4]
    pass_days(90)
    assert states(marie) == ("closed", "closed")
    assert marie.state_since is not None
    assert marie.mailbox_since is not None
    assert (marie.state_since.date(), marie.mailbox_since.date()) == (TODAY + timedelta(days=90),) * 2
    pass_days(209)
    assert not announced("MailboxPurgeDue")
    pass_days(210)
    assert states(marie) == ("closed", "purged")
    assert len(announced("MailboxPurgeDue")) == 1


@pytest.mark.heavy
def test_a_long_leave_answers_at_once_and_is_suspended_after_sixty_days(marie: Account) -> None:
    declare(marie, EventKind.LONG_LEAVE)
    (reply,) = announced("NeutralReplyDue")
    assert (reply["starts_on"], reply["new_address"]) == ("2026-11-25", "")
    assert (states(marie), is_shown(marie)) == (("active", "open"), False)
    pass_days(60)
    assert states(marie) == ("suspended", "open")
    services.end_event(marie.pk, by="account:9", now=NOW)
    assert (states(marie), is_shown(marie)) == (("active", "open"), True)
    assert len(announced("NeutralReplyEnded")) == 1


def test_a_transfer_gives_the_new_address_only_if_the_person_agrees(marie: Account) -> None:
    declare(marie, EventKind.TRANSFER, new_address="marie.durand@ac-lille.test")
    services.set_new_address_shown(marie.pk, agrees=True, by="account:1", now=NOW, delays=NUMBERS)
    services.set_new_address_shown(marie.pk, agrees=False, by="account:1", now=NOW, delays=NUMBERS)
    told = [one["new_address"] for one in announced("NeutralReplyDue")]
    assert told == ["", "marie.durand@ac-lille.test", ""]
    assert {one["ends_on"] for one in announced("NeutralReplyDue")} == {"2027-01-24"}


@pytest.mark.heavy
def test_a_death_locks_at_once_answers_nobody_and_keeps_the_mailbox_a_year(marie: Account) -> None:
    declare(marie, EventKind.DEATH)
    assert states(marie) == ("closed", "frozen")
    assert not announced("NeutralReplyDue")
    assert not announced("ClosingNear")
    pass_days(364)
    assert states(marie) == ("closed", "frozen")
    pass_days(365)
    assert states(marie) == ("closed", "purged")


def close_by_hand(one: Account) -> None:
    with transaction.atomic():
        change_states([one.pk], "close", by="cli", now=NOW - timedelta(days=10))


@pytest.mark.heavy
def test_a_death_freezes_the_mailbox_of_a_closed_account_for_a_year(marie: Account) -> None:
    close_by_hand(marie)
    declare(marie, EventKind.DEATH)
    assert states(marie) == ("closed", "frozen")
    pass_days(364)
    assert states(marie) == ("closed", "frozen")
    pass_days(365)
    assert states(marie) == ("closed", "purged")


def test_a_death_keeps_the_mailbox_that_a_departure_was_to_erase(marie: Account) -> None:
    declare(marie, EventKind.RETIREMENT, TODAY - timedelta(days=170))
    assert states(marie) == ("closed", "closed")
    declare(marie, EventKind.DEATH)
    pass_days(20)
    assert states(marie) == ("closed", "frozen")
    assert not announced("MailboxPurgeDue")


def test_a_death_declared_by_mistake_opens_nothing_that_was_closed_before(marie: Account) -> None:
    close_by_hand(marie)
    declare(marie, EventKind.DEATH)
    services.end_event(marie.pk, by="account:9", now=NOW)
    assert states(marie) == ("closed", "closed")


@pytest.mark.parametrize("event", [EventKind.RETIREMENT, EventKind.DEATH])
def test_a_slip_of_the_year_erases_nothing_and_is_taken_back(marie: Account, event: EventKind) -> None:
    declare(marie, event, TODAY - timedelta(days=365))
    assert states(marie)[1] in ("closed", "frozen")
    services.run_due_events(NUMBERS, now=NOW + timedelta(days=100), today=TODAY + timedelta(days=100))
    assert not announced("MailboxPurgeDue")
    services.end_event(marie.pk, by="account:9", now=NOW + timedelta(days=101))
    assert states(marie) == ("active", "open")


def test_nothing_is_left_to_freeze_of_an_erased_mailbox(marie: Account) -> None:
    declare(marie, EventKind.RETIREMENT, TODAY - timedelta(days=200))
    services.run_due_events(NUMBERS, now=NOW + timedelta(days=120), today=TODAY + timedelta(days=120))
    assert states(marie) == ("closed", "purged")
    with pytest.raises(Refusal, match=r"lifecycle\.account-closed"):
        declare(marie, EventKind.DEATH)
    services.apply_situation(marie.pk, EventKind.DEATH, TODAY, NUMBERS, now=NOW, today=TODAY)
    assert states(marie) == ("closed", "purged")


@pytest.mark.parametrize("event", [EventKind.RETIREMENT, EventKind.LONG_LEAVE, EventKind.SUSPENSION])
def test_nothing_but_a_death_happens_to_a_closed_account(marie: Account, event: EventKind) -> None:
    close_by_hand(marie)
    with pytest.raises(Refusal, match=r"lifecycle\.account-closed"):
        declare(marie, event)


def test_a_disciplinary_suspension_is_immediate_and_hides_nobody(marie: Account) -> None:
    declare(marie, EventKind.SUSPENSION)
    assert (states(marie), is_shown(marie)) == (("suspended", "open"), True)
    assert not announced("NeutralReplyDue")


@pytest.mark.heavy
def test_a_leave_changes_nothing(marie: Account) -> None:
    declare(marie, EventKind.LEAVE)
    pass_days(120)
    assert (states(marie), is_shown(marie)) == (("active", "open"), True)


@pytest.mark.parametrize("event", [EventKind.ARRIVAL, EventKind.MOVE_WITHIN, EventKind.COMPROMISE])
def test_what_others_declare_is_not_declared_here(marie: Account, event: EventKind) -> None:
    with pytest.raises(Refusal, match="lifecycle.by-the"):
        declare(marie, event)


@pytest.mark.heavy
def test_a_contract_that_ends_closes_after_its_grace_without_any_feed(marie: Account) -> None:
    Assignment.objects.filter(person=marie.person).update(ends_on=TODAY - timedelta(days=1))
    pass_days(0)
    life = queries.account_lifecycle(marie.pk, TABLE)
    assert life is not None
    assert (life.event, life.effect_on) == (EventKind.CONTRACT_END, TODAY)
    assert life.closes_on == TODAY + timedelta(days=60)
    assert len(announced("ClosingNear")) == 1
    pass_days(60)
    assert states(marie) == ("closed", "closed")


def test_a_contract_whose_end_is_found_late_is_told_before_it_closes(marie: Account) -> None:
    Assignment.objects.filter(person=marie.person).update(ends_on=TODAY - timedelta(days=300))
    pass_days(9)
    assert states(marie) == ("active", "open")
    assert len(announced("ClosingNear")) == 2
    pass_days(10)
    assert states(marie) == ("closed", "closed")


@pytest.mark.heavy
def test_a_contract_renewed_in_its_grace_brings_everything_back(marie: Account) -> None:
    post = Assignment.objects.get(person=marie.person)
    Assignment.objects.filter(pk=post.pk).update(ends_on=TODAY - timedelta(days=1))
    pass_days(20)
    assert not is_shown(marie)
    Assignment.objects.create(person=marie.person, structure=post.structure, starts_on=TODAY)
    pass_days(21)
    pass_days(100)
    assert (states(marie), is_shown(marie)) == (("active", "open"), True)
    assert not LifecycleEvent.objects.filter(ended_at=None).exists()


def test_somebody_who_retires_is_not_closed_a_second_time_by_their_contract(marie: Account) -> None:
    declare(marie, EventKind.RETIREMENT, TODAY + timedelta(days=1))
    Assignment.objects.filter(person=marie.person).update(ends_on=TODAY)
    pass_days(5)
    assert [one.event for one in LifecycleEvent.objects.all()] == [EventKind.RETIREMENT]


@pytest.mark.heavy
def test_a_closing_is_put_off_and_told_again(marie: Account) -> None:
    declare(marie, EventKind.RETIREMENT)
    later = TODAY + timedelta(days=120)
    services.postpone_closing(marie.pk, later, NUMBERS, by="account:9", now=NOW, today=TODAY)
    pass_days(119)
    assert states(marie) == ("active", "open")
    assert len(announced("ClosingNear")) == 5
    pass_days(120)
    assert states(marie) == ("closed", "closed")


@pytest.mark.heavy
def test_one_closes_ones_account_early_once_ones_boxes_are_in_other_hands(marie: Account) -> None:
    with pytest.raises(Refusal, match="lifecycle.nothing-closes"):
        services.close_early(marie.pk, lambda _: (), NUMBERS, by="account:1", now=NOW)
    declare(marie, EventKind.RETIREMENT)
    with pytest.raises(Refusal, match="lifecycle.boxes-owned"):
        services.close_early(
            marie.pk, lambda _: ("ce.0800001a@ac-amiens.test",), NUMBERS, by="account:1", now=NOW
        )
    assert states(marie) == ("active", "open")
    services.close_early(marie.pk, lambda _: (), NUMBERS, by="account:1", now=NOW)
    assert states(marie) == ("closed", "closed")
    pass_days(180)
    assert states(marie) == ("closed", "purged")


def test_days_that_were_missed_are_made_up_once(marie: Account) -> None:
    declare(marie, EventKind.RETIREMENT)
    late = TODAY + timedelta(days=75)
    for _ in range(2):
        services.run_due_events(NUMBERS, now=NOW + timedelta(days=75), today=late)
    assert states(marie) == ("closed", "closed")
    done = LifecycleEvent.objects.get().done
    assert done.count(Step.CLOSE) == 1


def test_a_day_is_looked_at_once() -> None:
    assert services.run_daily_review(NUMBERS, now=NOW, today=TODAY)
    assert not services.run_daily_review(NUMBERS, now=NOW, today=TODAY)


@pytest.fixture
def sent() -> Iterator[list[tuple[str, str]]]:
    letters: list[tuple[str, str]] = []

    def keep(mailbox: str, sender: str, to: list[str], content: bytes) -> None:
        message = email.message_from_bytes(content)
        letters.append((to[0], str(message["Subject"])))

    held = send_outside.get(), letter_sender.get()
    send_outside.replace(keep)  # type: ignore[arg-type]
    letter_sender.replace(lambda domain, now: f"lettres@{domain}")
    yield letters
    send_outside.replace(held[0])
    letter_sender.replace(held[1])


def test_the_announcement_of_a_closing_holds_what_the_academie_adds(
    marie: Account, sent: list[tuple[str, str]]
) -> None:
    Person.objects.filter(pk=marie.person_id).update(recovery_address="marie@hr.example")
    AcademyParagraph.objects.create(
        academy=Academy.objects.get(), kind=LetterKind.CLOSING, text="Bureau 12, le matin.", changed_at=NOW
    )
    texts: list[str] = []

    def keep(mailbox: str, sender: str, to: list[str], content: bytes) -> None:
        texts.append(email.message_from_bytes(content, policy=email.policy.default).get_content())

    send_outside.replace(keep)  # type: ignore[arg-type]
    handlers.send_closing_letters(ClosingNear(marie.pk, "2027-01-24", NOW.isoformat()))
    (text,) = texts
    text = "\n".join(text.splitlines())
    assert "\n\nBureau 12, le matin.\n\nPersonne ne vous demandera" in text


def test_private_addresses_are_told_the_chosen_contact_else_the_one_of_hr(
    marie: Account, sent: list[tuple[str, str]]
) -> None:
    event = ClosingNear(marie.pk, "2027-01-24", NOW.isoformat())
    handlers.send_closing_letters(event)
    assert sent == []
    Person.objects.filter(pk=marie.person_id).update(recovery_address="marie@hr.example")
    handlers.send_closing_letters(event)
    RecoveryContact.objects.create(
        account=marie, address="marie@choisi.example", code_until=NOW, confirmed_at=NOW, usable_at=NOW
    )
    handlers.send_closing_letters(event)
    assert [to for to, _ in sent] == ["marie@hr.example", "marie@choisi.example"]

"""What was answered to invitations is remembered, the last word winning."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from tests.access.signin.people import account

from vaguemestre.mailbox.calendar.models import Engagement
from vaguemestre.mailbox.calendar.queries import answer_to, clashes
from vaguemestre.mailbox.calendar.services import cancel_event, forget_person, keep_answer, note_revision
from vaguemestre.mailbox.calendar.values import Answer, Event, Revision

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 7, 13, tzinfo=UTC)
HOUR = timedelta(hours=1)


def event(uid: str) -> Event:
    return Event(uid, "ines.roy@dehors.example")


def keep(
    who: int, uid: str, answer: Answer, starts: datetime = AT, *, number: int = 0, proved: bool = False
) -> None:
    revision = Revision(number, starts, starts + HOUR, proved)
    with transaction.atomic():
        keep_answer(who, event(uid), answer, title=uid, revision=revision)


def revise(
    who: int, number: int, starts: datetime = AT, *, cancelled: bool = False, proved: bool = False
) -> None:
    revision = Revision(number, starts, starts + HOUR, proved)
    note_revision(who, event("a"), revision, title="a", is_cancelled=cancelled)


def moved_to(who: int) -> datetime | None:
    """Where a later letter than the one answered puts the event."""
    given = answer_to(who, event("a"))
    return given.moved.starts if given and given.moved else None


def answer(who: int, uid: str) -> Answer | None:
    given = answer_to(who, event(uid))
    return given.answer if given else None


def test_the_last_answer_counts() -> None:
    who = account().pk
    keep(who, "a", Answer.ACCEPTED)
    keep(who, "a", Answer.DECLINED)
    assert answer(who, "a") is Answer.DECLINED
    assert answer_to(account("autre").pk, event("a")) is None


def test_only_ones_own_accepted_and_overlapping_events_clash() -> None:
    who, other = account().pk, account("autre").pk
    keep(who, "during", Answer.TENTATIVE, AT + HOUR / 2)
    keep(who, "after", Answer.ACCEPTED, AT + HOUR)
    keep(who, "declined", Answer.DECLINED)
    keep(other, "theirs", Answer.ACCEPTED)
    assert [clash.title for clash in clashes(who, event("new"), AT, AT + HOUR)] == ["during"]
    assert clashes(who, event("during"), AT, AT + HOUR) == ()


def test_a_cancelled_event_frees_its_time() -> None:
    who = account().pk
    keep(who, "a", Answer.ACCEPTED)
    with transaction.atomic():
        cancel_event(who, event("a"), 0)
    assert clashes(who, event("new"), AT, AT + HOUR) == ()


def test_an_answer_kept_by_the_uid_alone_is_taken_over() -> None:
    who = account().pk
    Engagement.objects.create(
        account_id=who, uid="a", title="a", starts=AT, ends=AT + HOUR, answer=Answer.ACCEPTED
    )
    assert answer(who, "a") is Answer.ACCEPTED
    keep(who, "a", Answer.DECLINED)
    assert answer(who, "a") is Answer.DECLINED
    assert Engagement.objects.count() == 1
    for uid in ("a", event("a").key):
        assert answer_to(who, Event(uid, "pirate@ailleurs.example")) is None


def test_a_forgotten_person_has_answered_nothing_and_others_have() -> None:
    who, other = account().pk, account("autre").pk
    for reader in (who, other):
        keep(reader, "a", Answer.ACCEPTED)
    forget_person(who)
    assert answer_to(who, event("a")) is None
    assert answer(other, "a") is Answer.ACCEPTED


def test_a_first_invitation_is_not_remembered_before_it_is_answered() -> None:
    who = account().pk
    revise(who, 0)
    assert answer_to(who, event("a")) is None
    revise(who, 1)
    given = answer_to(who, event("a"))
    assert given
    assert (given.answer, given.sequence, given.starts) == (None, 1, AT), "seen, not answered"
    revise(who, 2, AT + HOUR)
    given = answer_to(who, event("a"))
    assert given
    assert (given.starts, given.moved) == (AT + HOUR, None), "nothing was said of the former hour"


def test_an_event_answered_and_moved_since_keeps_the_answer_to_its_former_hour() -> None:
    who = account().pk
    keep(who, "a", Answer.ACCEPTED)
    revise(who, 1)
    assert moved_to(who) is None, "the same hour, other words"
    revise(who, 2, AT + 3 * HOUR)
    revise(who, 1, AT + HOUR)
    assert (answer(who, "a"), moved_to(who)) == (Answer.ACCEPTED, AT + 3 * HOUR), "the latest counts"
    assert clashes(who, event("new"), AT, AT + HOUR) == (), "it no longer stands there"
    keep(who, "a", Answer.ACCEPTED, AT + 3 * HOUR)
    assert moved_to(who) is None


def test_a_cancellation_counts_unless_a_later_letter_came() -> None:
    who = account().pk
    keep(who, "a", Answer.ACCEPTED)
    revise(who, 2, AT + HOUR)
    revise(who, 1, cancelled=True)
    assert answer(who, "a") is Answer.ACCEPTED
    revise(who, 2, AT + HOUR, cancelled=True)
    given = answer_to(who, event("a"))
    assert given
    assert given.is_cancelled
    revise(who, 3, AT + HOUR)
    given = answer_to(who, event("a"))
    assert given
    assert (given.is_cancelled, given.answer, given.starts) == (False, None, AT + HOUR), (
        "it takes place again"
    )


def test_a_cancellation_that_comes_first_is_remembered() -> None:
    who = account().pk
    revise(who, 0, cancelled=True)
    given = answer_to(who, event("a"))
    assert given
    assert given.is_cancelled


def test_once_a_letter_was_proved_only_proved_ones_count() -> None:
    who = account().pk
    keep(who, "a", Answer.ACCEPTED, proved=True)
    revise(who, 8, AT + HOUR)
    revise(who, 9, cancelled=True)
    assert (answer(who, "a"), moved_to(who)) == (Answer.ACCEPTED, None)
    revise(who, 1, AT + HOUR, proved=True)
    assert moved_to(who) == AT + HOUR
    keep(who, "a", Answer.TENTATIVE, AT + 5 * HOUR, number=9)
    revise(who, 2, cancelled=True)
    assert answer(who, "a") is Answer.TENTATIVE, "an answer to an unproved letter opens no door"
    revise(who, 2, proved=True, cancelled=True)
    assert answer(who, "a") is None, "nor does it close one"


@pytest.mark.parametrize("cancelled", [True, False])
def test_what_was_seen_unproved_counts_for_nothing_against_a_proved_letter(*, cancelled: bool) -> None:
    who = account().pk
    revise(who, 99, AT + HOUR, cancelled=cancelled)
    revise(who, 0, proved=True)
    assert answer_to(who, event("a")) is None, "a first invitation, as if nothing had come before"
    keep(who, "a", Answer.ACCEPTED, number=99)
    revise(who, 100, AT + 2 * HOUR)
    revise(who, 1, AT + HOUR, proved=True)
    given = answer_to(who, event("a"))
    assert given
    assert (given.answer, given.sequence, given.moved) == (Answer.ACCEPTED, 1, None)


def test_an_answer_kept_before_proofs_were_is_believed_as_then() -> None:
    who = account().pk
    keep(who, "a", Answer.ACCEPTED)
    Engagement.objects.update(is_proved=None)
    revise(who, 1, AT + HOUR)
    assert moved_to(who) == AT + HOUR
    revise(who, 1, AT + HOUR, proved=True)
    revise(who, 2, cancelled=True)
    assert (answer(who, "a"), moved_to(who)) == (Answer.ACCEPTED, AT + HOUR)

"""What was answered to invitations is remembered, the last word winning."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from tests.access.signin.people import account

from vaguemestre.mailbox.calendar.models import Engagement
from vaguemestre.mailbox.calendar.queries import answer_to, clashes
from vaguemestre.mailbox.calendar.services import cancel_event, forget_person, keep_answer
from vaguemestre.mailbox.calendar.values import Answer, Event, Revision

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 7, 13, tzinfo=UTC)
HOUR = timedelta(hours=1)


def event(uid: str) -> Event:
    return Event(uid, "ines.roy@dehors.example")


def keep(who: int, uid: str, answer: Answer, starts: datetime = AT) -> None:
    with transaction.atomic():
        keep_answer(who, event(uid), answer, title=uid, revision=Revision(0, starts, starts + HOUR))


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

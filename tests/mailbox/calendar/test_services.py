"""What was answered to invitations is remembered, the last word winning."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from tests.access.signin.people import account

from vaguemestre.mailbox.calendar.queries import answer_to, clashes
from vaguemestre.mailbox.calendar.services import cancel_event, forget_person, keep_answer
from vaguemestre.mailbox.calendar.values import Answer

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 7, 13, tzinfo=UTC)
HOUR = timedelta(hours=1)


def keep(who: int, uid: str, answer: Answer, starts: datetime = AT) -> None:
    with transaction.atomic():
        keep_answer(who, uid, answer, title=uid, starts=starts, ends=starts + HOUR)


def answer(who: int, uid: str) -> Answer | None:
    given = answer_to(who, uid)
    return given.answer if given else None


def test_the_last_answer_counts() -> None:
    who = account().pk
    keep(who, "a", Answer.ACCEPTED)
    keep(who, "a", Answer.DECLINED)
    assert answer(who, "a") is Answer.DECLINED
    assert answer_to(account("autre").pk, "a") is None


def test_only_ones_own_accepted_and_overlapping_events_clash() -> None:
    who, other = account().pk, account("autre").pk
    keep(who, "during", Answer.TENTATIVE, AT + HOUR / 2)
    keep(who, "after", Answer.ACCEPTED, AT + HOUR)
    keep(who, "declined", Answer.DECLINED)
    keep(other, "theirs", Answer.ACCEPTED)
    assert [clash.title for clash in clashes(who, "new", AT, AT + HOUR)] == ["during"]
    assert clashes(who, "during", AT, AT + HOUR) == ()


def test_a_cancelled_event_frees_its_time() -> None:
    who = account().pk
    keep(who, "a", Answer.ACCEPTED)
    with transaction.atomic():
        cancel_event(who, "a", 0)
    assert clashes(who, "new", AT, AT + HOUR) == ()


def test_a_forgotten_person_has_answered_nothing_and_others_have() -> None:
    who, other = account().pk, account("autre").pk
    for reader in (who, other):
        keep(reader, "a", Answer.ACCEPTED)
    forget_person(who)
    assert answer_to(who, "a") is None
    assert answer(other, "a") is Answer.ACCEPTED

"""The clock of a breach: 24 hours, 72 hours, one month after the notification."""

from datetime import UTC, datetime, timedelta

import pytest

from vaguemestre.desks.breaches.rules.clock import deadlines, time_left_fr
from vaguemestre.desks.breaches.values import DeadlineState, Notice, NoticeKind

KNOWN = datetime(2026, 1, 28, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def states(now: datetime, *notices: Notice) -> list[DeadlineState]:
    return [deadline.state for deadline in deadlines(KNOWN, notices, now=now)]


def sent(kind: NoticeKind, after: timedelta) -> Notice:
    return Notice(kind, KNOWN + after, "ANSSI")


def test_the_three_notices_are_due_from_the_moment_it_was_known() -> None:
    due = [(item.kind, item.due_at) for item in deadlines(KNOWN, (), now=KNOWN)]
    assert due == [
        (NoticeKind.WARNING, KNOWN + timedelta(hours=24)),
        (NoticeKind.NOTIFICATION, KNOWN + timedelta(hours=72)),
        (NoticeKind.REPORT, datetime(2026, 2, 28, 9, 30, tzinfo=UTC)),  # a month after the 31st of January
    ]


def test_the_report_is_due_a_month_after_the_notification_was_sent() -> None:
    notified = sent(NoticeKind.NOTIFICATION, timedelta(days=1))
    assert deadlines(KNOWN, [notified], now=KNOWN)[2].due_at == datetime(2026, 2, 28, 9, 30, tzinfo=UTC)
    late = sent(NoticeKind.NOTIFICATION, timedelta(days=10))
    assert deadlines(KNOWN, [late], now=KNOWN)[2].due_at == datetime(2026, 3, 7, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(24, "running running running"), (25, "overdue running running"), (73, "overdue overdue running")],
)
def test_a_notice_that_was_not_sent_is_overdue_after_its_time(hours: int, expected: str) -> None:
    assert states(KNOWN + hours * HOUR) == expected.split()


def test_a_notice_sent_late_stays_late_and_the_first_of_its_kind_counts() -> None:
    warning, again = sent(NoticeKind.WARNING, 20 * HOUR), sent(NoticeKind.WARNING, 40 * HOUR)
    late = sent(NoticeKind.NOTIFICATION, 80 * HOUR)
    assert states(KNOWN + 90 * HOUR, again, late, warning) == ["done", "done-late", "running"]


def test_telling_the_persons_stops_no_clock() -> None:
    assert states(KNOWN + 30 * HOUR, sent(NoticeKind.PERSONS, HOUR)) == ["overdue", "running", "running"]


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(minutes=5), "reste 5 minutes"),
        (timedelta(hours=1, minutes=59), "reste 1 heure"),
        (timedelta(hours=30), "reste 30 heures"),
        (timedelta(days=3), "reste 3 jours"),
        (timedelta(hours=-2), "en retard de 2 heures"),
    ],
)
def test_what_is_left_is_said_in_words(left: timedelta, words: str) -> None:
    assert time_left_fr(KNOWN + left, KNOWN) == words

"""When a message leaves."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.processor import least_seconds

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.mailbox.compose.rules.due_time import due_moment

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("choice", "paris"),
    [
        ("tomorrow", datetime(2026, 11, 26, 8, 0)),
        ("monday", datetime(2026, 11, 30, 8, 0)),
        ("26/11/2026 07:30", datetime(2026, 11, 26, 7, 30)),
        ("2026-12-01T18:05", datetime(2026, 12, 1, 18, 5)),
        ("26/11/2026 8h", datetime(2026, 11, 26, 8, 0)),
        ("26/11/2026 8 h 15", datetime(2026, 11, 26, 8, 15)),
        ("26/11/26 8 h 15", datetime(2026, 11, 26, 8, 15)),
        ("1.12.26 8 h", datetime(2026, 12, 1, 8)),
        ("26/11/2026 8", datetime(2026, 11, 26, 8)),
        ("26/11/2026 18 ", datetime(2026, 11, 26, 18)),
    ],
)
def test_moments_are_those_of_paris(choice: str, paris: datetime) -> None:
    assert due_moment(choice, undo_seconds=10, now=NOW) == paris.replace(tzinfo=PARIS)


def test_on_a_monday_monday_is_the_next_one() -> None:
    monday = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
    assert due_moment("monday", undo_seconds=10, now=monday).astimezone(PARIS).day == 7


def test_in_the_small_hours_this_morning_may_be_chosen_and_later_it_is_past() -> None:
    night = datetime(2026, 12, 2, 23, 15, tzinfo=UTC)  # a quarter past midnight in Paris
    morning = due_moment("today", undo_seconds=10, now=night)
    assert morning == datetime(2026, 12, 3, 8, 0, tzinfo=PARIS)
    with pytest.raises(Refusal, match="compose.later-is-past"):
        due_moment("today", undo_seconds=10, now=morning)


def test_at_once_leaves_time_to_take_back_and_a_little_more() -> None:
    assert due_moment("", undo_seconds=10, now=NOW) == NOW + timedelta(seconds=12)


def test_a_day_that_does_not_exist_is_called_so() -> None:
    with pytest.raises(Refusal, match="no-such-day"):
        due_moment("31/02/2027 08:00", undo_seconds=10, now=NOW)


@pytest.mark.parametrize(
    "choice", ["demain", "26/11/2026 25:00", "26/11/2026 25", "26/11/2026 1830", "26/11/2026", "x" * 40]
)
def test_what_is_no_moment_is_refused(choice: str) -> None:
    with pytest.raises(Refusal, match="later-malformed"):
        due_moment(choice, undo_seconds=10, now=NOW)


def test_the_past_and_the_far_future_are_refused() -> None:
    with pytest.raises(Refusal, match="later-is-past"):
        due_moment("25/11/2026 12:59", undo_seconds=10, now=NOW)
    with pytest.raises(Refusal, match="later-too-far"):
        due_moment("01/01/2029 08:00", undo_seconds=10, now=NOW)


def test_across_the_change_of_clocks_eight_is_eight() -> None:
    eve = datetime(2026, 3, 28, 20, 0, tzinfo=UTC)
    assert due_moment("tomorrow", undo_seconds=10, now=eve) == datetime(2026, 3, 29, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize("choice", ["T" * 200_000, "26/11/2026 8h" + " " * 200_000 + "x", "T1h" * 70_000])
def test_a_moment_made_to_last_is_refused_in_a_moment(choice: str) -> None:
    """A worker of the pages was held for minutes."""

    def read() -> None:
        with pytest.raises(Refusal, match="later-malformed"):
            due_moment(choice, undo_seconds=10, now=NOW)

    assert least_seconds(read, 0.2) < 0.2

"""Hours and moments are written one way."""

from datetime import UTC, date, datetime, timedelta

import pytest

from vaguemestre.foundation.kernel.text.french_dates import (
    coming_moment_fr,
    day_fr,
    elapsed_fr,
    hour_fr,
    moment_fr,
)
from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.foundation.ui.templatetags.ui import moment

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 11, 28, 7, 0, tzinfo=UTC), "aujourd’hui à 8 h"),
        (datetime(2026, 11, 28, 8, 5, tzinfo=UTC), "aujourd’hui à 9 h 05"),
        (datetime(2026, 11, 27, 11, 45, tzinfo=UTC), "hier à 12 h 45"),
        (datetime(2026, 11, 26, 23, 30, tzinfo=UTC), "hier à 0 h 30"),
        (datetime(2026, 12, 1, 7, 0, tzinfo=UTC), "1er décembre à 8 h"),
        (datetime(2025, 8, 4, 16, 0, tzinfo=UTC), "4 août 2025 à 18 h"),
    ],
)
def test_a_moment_is_told_as_people_tell_it(at: datetime, words: str) -> None:
    assert moment_fr(at, TODAY).replace("\N{NO-BREAK SPACE}", " ") == words


def test_an_hour_is_never_cut_at_the_end_of_a_line() -> None:
    assert " " not in hour_fr(datetime(2026, 11, 28, 11, 45, tzinfo=UTC))


def test_the_first_of_a_month_is_an_ordinal() -> None:
    assert day_fr(date(2026, 12, 1), with_weekday=True) == "mardi 1er décembre 2026"
    assert day_fr(date(2026, 12, 2), with_year=False) == "2 décembre"


def test_a_page_tells_a_moment_within_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 11, 28, 11, 0, tzinfo=UTC))
    assert moment(datetime(2026, 12, 1, 7, 0, tzinfo=UTC)).startswith("le 1er décembre à 8")
    assert moment(datetime(2026, 11, 27, 7, 0, tzinfo=UTC)).startswith("hier à 8")
    assert moment(None) == ""


def test_a_cell_begins_with_a_capital_and_without_an_article(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 11, 28, 11, 0, tzinfo=UTC))
    assert moment(datetime(2026, 12, 1, 7, 0, tzinfo=UTC), "alone").startswith("1er décembre à 8")
    assert moment(datetime(2026, 11, 27, 7, 0, tzinfo=UTC), "alone").startswith("Hier à 8")
    assert moment(None, "alone") == ""


@pytest.mark.parametrize(
    ("passed", "told"),
    [
        (timedelta(seconds=20), "1 minute"),
        (timedelta(minutes=59, seconds=59), "59 minutes"),
        (timedelta(hours=14, minutes=31), "14 heures"),
        (timedelta(hours=47, minutes=59), "47 heures"),
        (timedelta(weeks=2, days=5, hours=3), "19 jours"),
    ],
)
def test_what_passed_is_told_in_its_largest_unit(passed: timedelta, told: str) -> None:
    now = datetime(2026, 11, 30, 3, tzinfo=UTC)
    assert elapsed_fr(now - passed, now) == told


def test_a_moment_to_come_is_said_by_the_day_one_lives() -> None:
    today = date(2026, 11, 30)
    told = [
        coming_moment_fr(datetime(2026, 11, 30, 8, tzinfo=PARIS) + timedelta(days=n), today) for n in range(3)
    ]
    assert told == ["aujourd’hui à 8\xa0h", "demain à 8\xa0h", "mercredi 2 décembre à 8\xa0h"]

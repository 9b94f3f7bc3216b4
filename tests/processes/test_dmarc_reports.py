"""The day that is reported to other domains: the one before, once, some time after midnight (UTC)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from vaguemestre.processes.dmarc_reports import day_due


def at(hour: int, minute: int) -> datetime:
    return timezone.now().replace(hour=hour, minute=minute, second=0, microsecond=0)


@pytest.mark.parametrize(("hour", "minute", "days_ago"), [(0, 39, 2), (0, 40, 1), (23, 59, 1)])
def test_the_day_before_is_due_from_forty_past_midnight(hour: int, minute: int, days_ago: int) -> None:
    now = at(hour, minute)
    assert day_due(now, None) == now.date() - timedelta(days=days_ago)


def test_a_day_is_reported_once_and_the_next_one_follows() -> None:
    now = at(12, 0)
    yesterday = now.date() - timedelta(days=1)
    assert day_due(now, yesterday) is None
    midnight = at(0, 0) + timedelta(days=1)
    assert day_due(midnight, yesterday) is None
    assert day_due(midnight + timedelta(hours=1), yesterday) == now.date()


def test_the_day_is_that_of_greenwich() -> None:
    in_tahiti = datetime(2030, 6, 1, 20, 0, tzinfo=ZoneInfo("Pacific/Tahiti"))  # the 2nd, 6:00 UTC
    assert day_due(in_tahiti, None) == date(2030, 6, 1)

"""Dates of the log: UTC, without a year."""

import datetime as dt
import os
import time
from collections.abc import Iterator

import pytest

from vaguemestre.engines.postfix.maillog import moment

NEW_YEAR = dt.datetime(2027, 1, 1, 0, 10, tzinfo=dt.UTC)


@pytest.fixture(params=["UTC", "Europe/Paris", "America/Cayenne"])
def _clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = os.environ.get("TZ")
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    if before is None:
        monkeypatch.delenv("TZ")
    else:
        monkeypatch.setenv("TZ", before)
    time.tzset()


@pytest.mark.usefixtures("_clock")
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Jan  1 00:09:59", dt.datetime(2027, 1, 1, 0, 9, 59, tzinfo=dt.UTC)),
        ("Dec 31 23:59:59", dt.datetime(2026, 12, 31, 23, 59, 59, tzinfo=dt.UTC)),
        ("Jul 14 10:00:00", dt.datetime(2026, 7, 14, 10, 0, tzinfo=dt.UTC)),
    ],
)
def test_an_hour_of_the_log_is_the_same_wherever_it_is_read(written: str, meant: dt.datetime) -> None:
    assert moment(written, NEW_YEAR.astimezone()) == meant

"""Dates of the log: UTC, without a year."""

import datetime as dt
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from vaguemestre.engines.postfix import maillog
from vaguemestre.engines.postfix.configuration import log_file
from vaguemestre.engines.postfix.maillog import log_moment
from vaguemestre.site.config import Config

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
    assert log_moment(written, NEW_YEAR.astimezone()) == meant


def test_what_left_before_the_log_was_renamed_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a list whose worker was killed meanwhile would be sent again."""
    instance = Config(home=tmp_path)
    monkeypatch.setattr(maillog, "queue", lambda *_: ())
    log = log_file(instance)
    log.parent.mkdir(parents=True, exist_ok=True)
    begins = "Nov 25 14:00:00 mail postfix/"
    log.write_text(
        f"{begins}cleanup[7]: 4jZLy64wk3: message-id=<a@b>\n"
        f"{begins}qmgr[8]: 4jZLy64wk3: from=<liste+l7.1d@b>, size=9, nrcpt=1 (queue active)\n"
    )
    log.replace(log.with_name(f"{log.name}.1"))
    for _ in range(2):
        assert maillog.was_sent_as(instance, "liste+l7.1d@b")
        assert maillog.was_accepted(instance, "<a@b>")
        assert not maillog.was_sent_as(instance, "liste+l7.2d@b")
        log.write_text("")

"""A log that gained nothing while Postfix ran is known to have been silent, and for how long."""

import datetime as dt
import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.engines.log_tail import LogTail
from vaguemestre.engines.postfix.log.silences import MAX_PAUSE, find_silence
from vaguemestre.engines.postfix.log.steps import postfix_steps
from vaguemestre.post.trace.values import LogPosition, Silence
from vaguemestre.processes.supervisor.logs import QUIET_SECONDS

NOON = dt.datetime(2026, 12, 1, 12, 0, tzinfo=dt.UTC)
END = NOON + dt.timedelta(hours=1)
GREETED = "postfix/smtpd[7]: connect from unknown[127.0.0.1]"
RELOADED = "postfix/master[1]: reload -- version 3.10.5, configuration /etc/postfix"


def line(seconds: float, text: str = GREETED) -> str:
    return f"{NOON + dt.timedelta(seconds=seconds):%b %d %H:%M:%S} mail {text}"


def after(seconds: float) -> dt.datetime:
    return NOON + dt.timedelta(seconds=seconds)


def test_whoever_has_it_written_again_waits_longer_than_a_pause_may_last() -> None:
    assert MAX_PAUSE.total_seconds() < QUIET_SECONDS


def test_a_log_that_is_written_each_minute_is_never_silent() -> None:
    assert find_silence([line(60 * n) for n in range(5)], END, NOON) == (None, after(240))


def test_what_was_written_after_a_long_pause_ends_a_silence() -> None:
    lines = [line(0), line(200, RELOADED), line(201)]
    assert find_silence(lines, END, None) == (Silence(NOON, after(200)), after(201))


def test_the_line_before_a_piece_counts() -> None:
    assert find_silence([line(200)], END, NOON) == (Silence(NOON, after(200)), after(200))
    assert find_silence([line(200)], END, None) == (None, after(200))


@pytest.mark.parametrize(
    "started",
    [
        "postfix/postfix-script[12]: starting the Postfix mail system",
        "postfix/master[12]: daemon started -- version 3.10.5, configuration /etc/postfix",
        "postfix/start[12]: 4abcdef: from=<a@b>, message-id=<1@b> (in the queue)",
    ],
)
def test_before_a_start_postfix_was_off_and_not_silent(started: str) -> None:
    assert find_silence([line(0), line(900, started), line(901)], END, None) == (None, after(901))


def test_a_line_that_is_not_of_postfix_has_no_date() -> None:
    lines = [line(0), "  words of a stranger, on a line", "Dec 99 99:99:99 mail postfix/smtpd[1]: x", ""]
    assert find_silence(lines[:2], END, None) == (None, NOON)
    assert find_silence([], END, NOON) == (None, NOON)


@given(st.lists(st.integers(1, 400), min_size=1, max_size=20), st.integers(0, 20))
def test_pieces_tell_what_the_whole_tells(pauses: list[int], cut: int) -> None:
    seconds = [sum(pauses[:n]) for n in range(len(pauses) + 1)]
    lines = [line(at) for at in seconds]
    whole, end = find_silence(lines, END + dt.timedelta(days=1), None)
    first, middle = find_silence(lines[:cut], END + dt.timedelta(days=1), None)
    second, last = find_silence(lines[cut:], END + dt.timedelta(days=1), middle)
    assert (second or first, last) == (whole, end)


def test_a_silence_across_a_renamed_log_is_found(tmp_path: Path) -> None:
    log = tmp_path / "postfix.log"
    log.write_text(line(0) + "\n")
    read = LogTail(log, postfix_steps, find_silence)
    position = read(LogPosition()).end
    with gzip.open(tmp_path / "postfix.log.1.gz", "wb") as former:
        former.write(log.read_bytes())
    log.write_text(line(300) + "\n")
    silences = []
    for _ in range(4):
        piece = read(position)
        position = piece.end
        silences.append(piece.silence)
    found = [silence for silence in silences if silence]
    assert [(s.ended - s.began).total_seconds() for s in found] == [300]

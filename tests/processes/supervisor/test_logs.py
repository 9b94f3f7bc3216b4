"""Log files stay small; those engines write are followed."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from vaguemestre.processes.supervisor.logs import QUIET_SECONDS, LogFile, SilentLog, follow, rotate


def test_a_log_file_is_put_aside_when_it_grows(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "a.log", largest=1000)
    for number in range(100):
        file.write(f"line {number}")
    kept = (tmp_path / "a.log.1").read_text() + (tmp_path / "a.log").read_text()
    assert "line 99" in kept
    assert (tmp_path / "a.log").stat().st_size < 1100


def test_a_followed_file_gives_only_new_lines_and_another_begins_when_it_has_grown(tmp_path: Path) -> None:
    path = tmp_path / "engine.log"
    path.write_text("from an earlier run\n")
    heard: list[str] = []
    engine = [path.open("a")]  # as engines do: opened once, for appending

    def reopen() -> None:
        engine[-1].write("late\n")
        engine[-1].close()
        engine.append(path.open("a"))

    async def story() -> None:
        async def listen() -> None:
            async for line in follow(path, reopen, largest=500):
                heard.append(line)

        task = asyncio.create_task(listen())
        await asyncio.sleep(0)
        for number in range(60):
            engine[-1].write(f"line {number:03d} é\n")
        engine[-1].flush()
        while len(engine) < 2:
            await asyncio.sleep(0.01)
        engine[-1].write("in the next file\n")
        engine[-1].flush()
        while "in the next file" not in heard:
            await asyncio.sleep(0.01)
        task.cancel()

    asyncio.run(asyncio.wait_for(story(), 10))
    engine[-1].close()
    assert heard == [*(f"line {number:03d} é" for number in range(60)), "in the next file"]
    assert (tmp_path / "engine.log.1").read_text().endswith("line 059 é\nlate\n")
    assert path.stat().st_mode & 0o777 == 0o640


def test_the_last_five_files_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "engine.log"
    for number in range(8):
        path.write_text(f"{number}")
        rotate(path)
    assert [(tmp_path / f"engine.log.{number}").read_text() for number in range(1, 6)] == list("76543")
    assert not (tmp_path / "engine.log.6").exists()


@pytest.fixture
def engine_log(tmp_path: Path) -> Path:
    """Its last line was written at 1000."""
    path = tmp_path / "engine.log"
    path.write_text("a line\n")
    os.utime(path, (1000, 1000))
    return path


def test_a_log_is_silent_once_its_engine_answered_for_long_and_wrote_nothing(engine_log: Path) -> None:
    log = SilentLog(engine_log, since=900)
    assert not log.wants_reload(1000 + QUIET_SECONDS)
    assert log.wants_reload(1001 + QUIET_SECONDS)


def test_a_silent_log_is_left_alone_for_as_long_again_after_a_reload(engine_log: Path) -> None:
    log, told_at = SilentLog(engine_log, since=900), 1001 + QUIET_SECONDS
    assert log.wants_reload(told_at)
    assert not log.wants_reload(told_at + QUIET_SECONDS)
    assert log.wants_reload(told_at + QUIET_SECONDS + 1)


def test_a_log_that_was_old_before_its_engine_started_is_not_silent_yet(engine_log: Path) -> None:
    assert not SilentLog(engine_log, since=50_000).wants_reload(50_000 + QUIET_SECONDS)


def test_a_log_without_room_is_not_reloaded_for_nothing(
    engine_log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = shutil.disk_usage(engine_log)._replace(free=0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    assert not SilentLog(engine_log, since=900).wants_reload(9000)


DIED = (
    "2026-12-01T09:54:38+0000 master: Error: service(log): service(log): child 2766220 killed with signal 9\n"
)


@pytest.mark.parametrize(
    ("line", "is_reloaded"),
    [(DIED, True), (f"2026-12-01T09:54:38+0000 lmtp(1): Info: msgid=<{DIED.strip()}>\n", False)],
    ids=["said by the master", "in a message's own words"],
)
def test_an_engine_whose_writer_died_is_reloaded_once_though_newer_processes_are_heard(
    engine_log: Path, line: str, *, is_reloaded: bool
) -> None:
    log = SilentLog(engine_log, since=900)
    with engine_log.open("a") as file:
        file.write(f"{line}2026-12-01T09:54:39+0000 lmtp(2): Info: Connect from local\n")
    now = engine_log.stat().st_mtime
    assert log.wants_reload(now) is is_reloaded
    assert not log.wants_reload(now)


def test_a_writer_that_died_in_a_log_that_was_begun_anew_is_noticed(engine_log: Path) -> None:
    log = SilentLog(engine_log, since=900)
    rotate(engine_log)
    engine_log.write_text(DIED)
    assert log.wants_reload(engine_log.stat().st_mtime)


def test_a_log_that_is_gone_is_silent(tmp_path: Path) -> None:
    assert SilentLog(tmp_path / "gone.log", since=900).wants_reload(901 + QUIET_SECONDS)

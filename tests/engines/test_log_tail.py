"""A log is read to its last line, each once, whatever its files are called by then."""

import datetime as dt
import gzip
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vaguemestre.engines import log_tail
from vaguemestre.engines.log_tail import LogTail
from vaguemestre.post.trace.values import Engine, LogPosition, Step, StepKind


def as_step(line: str, written_before: dt.datetime) -> Iterator[Step]:
    if line:
        yield Step(written_before, Engine.POSTFIX, StepKind.DONE, line)


def write(path: Path, *numbers: int) -> None:
    with path.open("a") as file:
        file.writelines(f"line {number}\n" for number in numbers)


def shift(path: Path) -> None:
    for number in (2, 1):
        for ending in ("", ".gz"):
            older = path.with_name(f"{path.name}.{number}{ending}")
            if older.exists():
                older.replace(path.with_name(f"{path.name}.{number + 1}{ending}"))


def rename(path: Path) -> None:
    shift(path)
    path.replace(path.with_name(f"{path.name}.1"))
    path.touch()


def copy_and_empty(path: Path) -> None:
    shift(path)
    shutil.copy(path, path.with_name(f"{path.name}.1"))
    os.truncate(path, 0)


def compress(path: Path) -> None:
    rename(path)
    copy = path.with_name(f"{path.name}.1")
    with gzip.open(f"{copy}.gz", "wb") as file:
        file.write(copy.read_bytes())
    copy.unlink()


class Reader:
    def __init__(self, path: Path) -> None:
        self.read, self.position, self.lines = LogTail(path, as_step), LogPosition(), list[str]()

    def read_on(self) -> bool:
        piece = self.read(self.position)
        self.lines += [step.queue_id for step in piece.steps]
        self.position = piece.end
        return piece.reached_end

    def read_to_the_end(self) -> list[str]:
        for _ in range(50):
            if self.read_on():
                return self.lines
        raise AssertionError("the log has no end")


def lines(*numbers: int) -> list[str]:
    return [f"line {number}" for number in numbers]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "engine.log"


@pytest.mark.parametrize("rotate", [rename, copy_and_empty, compress])
def test_what_was_not_read_before_a_rotation_is_read_after(
    path: Path, rotate: Callable[[Path], None]
) -> None:
    reader = Reader(path)
    write(path, 0, 1, 2)
    reader.read_to_the_end()
    write(path, 3, 4)
    rotate(path)
    write(path, 5)
    assert reader.read_to_the_end() == lines(0, 1, 2, 3, 4, 5)


@pytest.mark.parametrize("rotate", [rename, copy_and_empty, compress])
def test_a_reader_that_was_away_for_three_rotations_has_missed_nothing(
    path: Path, rotate: Callable[[Path], None]
) -> None:
    reader = Reader(path)
    write(path, 0)
    reader.read_to_the_end()
    for number in (1, 2, 3):
        write(path, number)
        rotate(path)
    write(path, 4)
    assert reader.read_to_the_end() == lines(0, 1, 2, 3, 4)


def test_a_writer_that_still_holds_the_old_file_is_read_before_the_new_one(path: Path) -> None:
    reader = Reader(path)
    with path.open("a") as writer:
        writer.write("line 0\n")
        writer.flush()
        reader.read_to_the_end()
        rename(path)
        assert reader.read_to_the_end() == lines(0)
        writer.write("line 1\n")
    write(path, 2)
    assert reader.read_to_the_end() == lines(0, 1, 2)


def test_an_unfinished_line_is_read_when_it_is_whole(path: Path) -> None:
    reader = Reader(path)
    write(path, 0)
    with path.open("a") as file:
        file.write("line")
        file.flush()
        assert reader.read_to_the_end() == lines(0)
        file.write(" 1\n")
    assert reader.read_to_the_end() == lines(0, 1)


def test_a_long_log_is_read_in_pieces(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_tail, "MAX_READ_BYTES", 30)
    reader = Reader(path)
    write(path, *range(9))
    assert not reader.read_on(), "there is more"
    assert reader.read_to_the_end() == lines(*range(9))


def test_a_line_without_end_does_not_stop_the_reading(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_tail, "MAX_READ_BYTES", 200_000)
    reader = Reader(path)
    write(path, 0)
    path.write_bytes(path.read_bytes() + b"x" * 400_000 + b"\nline 1\n")
    assert reader.read_to_the_end()[-1] == "line 1"


def test_a_file_lost_while_nobody_read_is_told(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    reader = Reader(path)
    write(path, 0)
    reader.read_to_the_end()
    path.unlink()
    write(path, 7)
    assert reader.read_to_the_end() == lines(0, 7)
    assert "lost" in caplog.text


def test_a_file_renamed_while_it_is_looked_for_is_not_taken_for_the_next(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(path)
    write(path, 0)
    reader.read_to_the_end()
    write(path, 1)
    listed = LogTail._files

    def listed_too_early(tail: LogTail, head: str) -> list[log_tail._File]:
        files = listed(tail, head)
        monkeypatch.setattr(LogTail, "_files", listed)
        rename(path)
        write(path, 2)
        return files

    monkeypatch.setattr(LogTail, "_files", listed_too_early)
    assert not reader.read_on()
    assert reader.read_to_the_end() == lines(0, 1, 2)

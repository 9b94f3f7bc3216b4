"""Incremental reading of an engine's log, which is renamed, copied or compressed meanwhile.

Beside `postfix.log` stand the files it was before: `postfix.log.1` is the latest, `postfix.log.2.gz` older.
A file is known by its first line, so that a reader which was away finds where it was, whatever its name is:
a log is renamed once a second at most, since two that begin in the same second may begin alike.
"""

import datetime as dt
import gzip
import hashlib
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple

from vaguemestre.post.trace.values import LogPiece, LogPosition, Silence, Step

log = logging.getLogger(__name__)

MAX_READ_BYTES = 1_000_000  # a long log is read in several pieces
_MAX_LINE_BYTES = 100_000
_FORMER = re.compile(r"\.(\d+)(?:\.gz)?")

type ParseLine = Callable[[str, dt.datetime], Iterator[Step]]
type FindSilence = Callable[
    [Sequence[str], dt.datetime, dt.datetime | None], tuple[Silence | None, dt.datetime | None]
]


def _no_silence(
    lines: Sequence[str], written_before: dt.datetime, after: dt.datetime | None
) -> tuple[None, None]:
    return None, None


class _File(NamedTuple):
    path: Path
    head: str  # digest of its first line


class LogTail:
    """Implements `trace.ports.ReadSteps` on a file and those it was before. One writer at a time.

    `find_silence`: from the next lines and the moment of the line before, the last silence that ended and the
    moment of the last line.
    """

    def __init__(self, path: Path, parse_line: ParseLine, find_silence: FindSilence = _no_silence) -> None:
        self._path, self._parse_line, self._find_silence = path, parse_line, find_silence

    def __call__(self, position: LogPosition) -> LogPiece:
        """What was written after that position, at most MAX_READ_BYTES of it. Raises OSError."""
        files = self._files(position.head)
        if not files:
            return LogPiece((), position, reached_end=True)
        index = next((i for i, file in enumerate(files) if file.head == position.head), None)
        if index is None:
            if position.head:
                log.error("%s: the file being read is gone; what it had gained is lost", self._path.name)
            index, position = 0, position._replace(head=files[0].head, offset=0)
        piece = _read(files[index].path, position)
        if piece is None:  # renamed since the files were listed
            return LogPiece((), position, reached_end=False)
        # The list of files is older than this reading: a writer that began the next file had left this one.
        has_next = index + 1 < len(files)
        silence, line_at = self._find_silence(piece.lines, piece.written_at, position.line_at)
        end = LogPosition(position.head, position.offset + piece.length, line_at)
        if not piece.length and has_next:
            end = LogPosition(files[index + 1].head, 0, line_at)
        steps = [step for line in piece.lines for step in self._parse_line(line, piece.written_at)]
        return LogPiece(steps, end, not has_next and piece.reached_end, silence)

    def _files(self, head: str) -> list[_File]:
        """The files with a first line, oldest first; only the present one if it has that first line.

        Of two with the same first line (a copy, before the original is emptied), the one still written.
        """
        if head and _head_of(self._path) == head:
            return [_File(self._path, head)]
        former = {}
        for path in self._path.parent.glob(f"{self._path.name}.*"):
            if match := _FORMER.fullmatch(path.name.removeprefix(self._path.name)):
                former[int(match[1])] = path
        paths = [former[number] for number in sorted(former, reverse=True)] + [self._path]
        by_head: dict[str, Path] = {}
        for path in paths:
            head = _head_of(path)
            by_head.pop(head, None)
            by_head[head] = path
        return [_File(path, head) for head, path in by_head.items() if head]


class _Piece(NamedTuple):
    """Whole lines. `length`: their bytes; `reached_end`: of the file, an unfinished line apart."""

    lines: list[str]
    length: int
    reached_end: bool
    written_at: dt.datetime


def _read(path: Path, position: LogPosition) -> _Piece | None:
    """The lines after that position; None if the file is another one by now."""
    try:
        with _open(path) as file:
            if _digest(file.readline(_MAX_LINE_BYTES)) != position.head:
                return None
            written_at = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
            file.seek(position.offset)
            content = file.read(MAX_READ_BYTES)
    except FileNotFoundError:
        return None
    length = content.rfind(b"\n") + 1
    reached_end = len(content) < MAX_READ_BYTES
    if not length and len(content) > _MAX_LINE_BYTES:
        return _Piece([], len(content), reached_end, written_at)  # no log has such a line: skipped
    return _Piece(content[:length].decode("utf-8", "replace").split("\n"), length, reached_end, written_at)


def _head_of(path: Path) -> str:
    """The digest of the first line; empty if there is none, or no file any more."""
    try:
        with _open(path) as file:
            return _digest(file.readline(_MAX_LINE_BYTES))
    except FileNotFoundError:
        return ""


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest() if line.endswith(b"\n") else ""


def _open(path: Path) -> IO[bytes]:
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]

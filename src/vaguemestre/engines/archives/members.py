"""What an archive is made of, and the messages of it one after the other."""

import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO

from vaguemestre.mailbox.portability.rules import mbox
from vaguemestre.mailbox.portability.rules.identity import has_oversized_header
from vaguemestre.mailbox.portability.values import Piece

LARGEST = 100_000_000  # bytes of one message; what a mailbox here may receive is far below
_CHUNK_OVER = 1  # one byte more than allowed tells that it is too large


@dataclass(frozen=True)
class Member:
    """A file of the archive: one message, or an mbox of many. `size`: in bytes, once unpacked."""

    name: str
    folder: str
    size: int
    opened: Callable[[], AbstractContextManager[IO[bytes]]]
    is_mbox: bool = False
    flags: frozenset[str] = frozenset()
    date: datetime | None = None


class Archive:
    """Implements `portability.ports.Source`. A cursor is `member:offset`; `total` and `reached` are bytes."""

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = members
        self.total = sum(one.size for one in members)

    def parts(self) -> Mapping[str, bytes]:
        return {}

    def pieces(self, after: str) -> Iterator[Piece]:
        number, offset = map(int, (after or "0:0").split(":"))
        before = sum(one.size for one in self._members[:number])
        for place in range(number, len(self._members)):
            member = self._members[place]
            for piece in _pieces(member, offset):
                done = int(piece.cursor)
                is_last = not member.is_mbox
                cursor = f"{place + 1}:0" if is_last else f"{place}:{done}"
                yield replace(piece, cursor=cursor, reached=min(self.total, before + done))
            before, offset = before + member.size, 0


def _pieces(member: Member, offset: int) -> Iterator[Piece]:
    """The cursor of each is an offset in the member."""
    try:
        with member.opened() as stream:
            if member.is_mbox:
                yield from _cut(member, stream, offset)
            else:
                yield _one(member, stream.read(LARGEST + _CHUNK_OVER))
    except (
        OSError,
        EOFError,
        ValueError,
        zlib.error,
        zipfile.BadZipFile,
    ):  # damaged: what was read of it is kept
        yield Piece(member.name, str(member.size), 0, problem="damaged")


def _one(member: Member, content: bytes) -> Piece:
    told = Piece(member.name, str(member.size), 0, member.folder)
    if len(content) > LARGEST or has_oversized_header(content):
        return replace(told, problem="too-large")
    flags = member.flags | mbox.flags_in(content)
    return replace(told, content=content, flags=flags, date=member.date)


def _cut(member: Member, stream: IO[bytes], offset: int) -> Iterator[Piece]:
    for cut in mbox.cut(stream, offset, LARGEST):
        told = Piece(f"{member.name}, octet {cut.end}", str(cut.end), 0, member.folder, date=cut.date)
        if cut.content is None or has_oversized_header(cut.content):
            yield replace(told, problem="too-large")
        else:
            yield replace(told, content=cut.content, flags=mbox.flags_in(cut.content))

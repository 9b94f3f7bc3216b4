"""The members of an archive, and their messages one after the other."""

import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO

from vaguemestre.mailbox.portability.rules import gmail, mbox
from vaguemestre.mailbox.portability.rules.identity import has_oversized_header
from vaguemestre.mailbox.portability.values import Piece

MAX_MESSAGE_BYTES = 100_000_000  # bytes of one message; far above what a mailbox here may receive


@dataclass(frozen=True)
class Member:
    """A file of the archive: one message, or an mbox of many. `size`: unpacked, in bytes."""

    name: str
    folder: str
    size: int
    opened: Callable[[], AbstractContextManager[IO[bytes]]]
    is_mbox: bool = False
    flags: frozenset[str] = frozenset()
    date: datetime | None = None


class Archive:
    """Implements `portability.ports.Source`. A cursor is `member:offset`, and `:inside` amid a message.

    `total` and `reached` are bytes.
    """

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = members
        self.total = sum(member.size for member in members)

    def parts(self) -> Mapping[str, bytes]:
        return {}

    def pieces(self, after: str) -> Iterator[Piece]:
        number, offset, inside = map(int, (*(after or "0:0").split(":"), "0")[:3])
        before = sum(member.size for member in self._members[:number])
        for place in range(number, len(self._members)):
            member = self._members[place]
            for piece in _pieces(member, offset, inside):
                done = int(piece.cursor.partition(":")[0])
                is_last = not member.is_mbox
                cursor = f"{place + 1}:0" if is_last else f"{place}:{piece.cursor}"
                yield replace(piece, cursor=cursor, reached=min(self.total, before + done))
            before, offset, inside = before + member.size, 0, 0


def _pieces(member: Member, offset: int, inside: int) -> Iterator[Piece]:
    """The messages of a member; each cursor is an offset in it, and what is known there."""
    try:
        with member.opened() as stream:
            if member.is_mbox:
                yield from _mbox_pieces(member, stream, offset, inside)
            else:
                yield _message_piece(member, stream.read(MAX_MESSAGE_BYTES + 1))
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, zipfile.BadZipFile):
        # damaged: the messages read before stay imported
        yield Piece(member.name, str(member.size), 0, problem="damaged")


def _message_piece(member: Member, content: bytes) -> Piece:
    piece = Piece(member.name, str(member.size), 0, member.folder)
    if len(content) > MAX_MESSAGE_BYTES or has_oversized_header(content):
        return replace(piece, problem="too-large")
    flags = member.flags | mbox.flags_in(content)
    return replace(piece, content=content, flags=flags, date=member.date)


def _mbox_pieces(member: Member, stream: IO[bytes], offset: int, inside: int) -> Iterator[Piece]:
    for entry in mbox.cut(stream, offset, MAX_MESSAGE_BYTES, inside=inside):
        cursor = f"{entry.end}:{entry.inside}" if entry.inside else str(entry.end)
        piece = Piece(f"{member.name}, octet {entry.end}", cursor, 0, member.folder, date=entry.date)
        if entry.is_place:
            yield replace(piece, is_place=True)
        elif entry.content is None or has_oversized_header(entry.content):
            yield replace(piece, problem="too-large")
        else:
            yield _labelled(replace(piece, content=entry.content, flags=mbox.flags_in(entry.content)))


def _labelled(piece: Piece) -> Piece:
    """The piece; in an export of Gmail, which is one mbox, with the folder and flags that its labels tell."""
    labels = gmail.labels_of(piece.content)
    return replace(piece, folder=labels.folder, flags=piece.flags | labels.flags) if labels else piece

"""Attachments of a folder or of all mail, by kind and size."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from vaguemestre.mailbox.webmail.rules.listing.rows import display_name
from vaguemestre.mailbox.webmail.rules.rendering import kinds, parts
from vaguemestre.mailbox.webmail.services.isolation.lru import WeightedLru
from vaguemestre.post.mailstore.ports import Lists, Mailbox, MessageGone, Reads
from vaguemestre.post.mailstore.values import MessageRef, Part, Row

MAX_MESSAGES = 600  # with attachments, examined in one request
_PAGE = 200
_MAX_PAGES = 60  # rows are cheap, structures are not

FAMILIES = {
    "images": (kinds.Viewer.PICTURE,),
    "documents": (kinds.Viewer.PDF, kinds.Viewer.OFFICE, kinds.Viewer.TEXT, kinds.Viewer.TABLE),
    "media": (kinds.Viewer.AUDIO, kinds.Viewer.VIDEO),
    "archives": (kinds.Viewer.ARCHIVE,),
    "courriels": (kinds.Viewer.MESSAGE,),
    "autres": (kinds.Viewer.NONE,),
}


@dataclass(frozen=True)
class AttachedFile:
    """A file attached to a message, and what the list says of the message."""

    ref: MessageRef
    number: str
    name: str
    kind: str
    size: int
    viewer: str
    subject: str
    people: str
    date: datetime


@dataclass(frozen=True)
class Inventory:
    """`files` in the order asked for; `weight`: octets of all; `is_whole`: every message was examined."""

    files: tuple[AttachedFile, ...]
    weight: int
    is_whole: bool


class _Leaf(NamedTuple):
    """A part that is a file. `size`: approximate octets once decoded."""

    number: str
    kind: str
    name: str
    size: int


_structures: WeightedLru[tuple[str, MessageRef], tuple[_Leaf, ...]] = WeightedLru(20_000)


def folder_inventory(
    mailbox: Mailbox, owner: str, folder: str, *, family: str = "", by_size: bool = True
) -> Inventory:
    """Attachments of one folder, largest or newest first. `family`: a key of FAMILIES; empty: all kinds.

    Message structures never change, so they are cached. Raises FolderGone.
    """
    rows, is_whole = _rows(mailbox, folder)
    viewers = FAMILIES.get(family)
    files = [
        file
        for row in rows
        for file in _files(mailbox, owner, row)
        if viewers is None or file.viewer in {viewer.value for viewer in viewers}
    ]
    files.sort(key=lambda file: (-file.size if by_size else 0, -file.date.timestamp()))
    return Inventory(tuple(files), sum(file.size for file in files), is_whole)


def _rows(mailbox: Lists, folder: str) -> tuple[Sequence[Row], bool]:
    rows: list[Row] = []
    for place in range(_MAX_PAGES):
        page = mailbox.page(folder, place * _PAGE, _PAGE)
        for row in page.rows:
            if not row.summary.has_attachment:
                continue
            if len(rows) == MAX_MESSAGES:
                return rows, False
            rows.append(row)
        if (place + 1) * _PAGE >= page.total:
            return rows, True
    return rows, False


def _files(mailbox: Reads, owner: str, row: Row) -> Iterator[AttachedFile]:
    key = (owner, row.ref)
    leaves = _structures.get(key)
    if leaves is None:
        try:
            opened = mailbox.open(row.ref)
        except MessageGone:
            return
        leaves = tuple(_leaves(parts.choose_parts(opened.root).beside))
        _structures.put(key, leaves)
    for leaf in leaves:
        yield AttachedFile(
            ref=row.ref,
            number=leaf.number,
            name=leaf.name,
            kind=leaf.kind,
            size=leaf.size,
            viewer=kinds.viewer_of(leaf.kind, leaf.name).value,
            subject=row.summary.subject,
            people=display_name(row.summary.sender),
            date=row.summary.date,
        )


def _leaves(attached: Iterable[Part]) -> Iterator[_Leaf]:
    for part in attached:
        yield _Leaf(part.number, part.kind, kinds.file_name(part.name, part.kind, part.number), part.octets)

"""Every file of a folder, or of all mail: found again by kind, and by weight."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from vaguemestre.mailbox.webmail.rules.listing.rows import said
from vaguemestre.mailbox.webmail.rules.rendering import kinds, parts
from vaguemestre.mailbox.webmail.services.kept import Kept
from vaguemestre.post.mailstore.ports import Lists, Mailbox, MessageGone, Reads
from vaguemestre.post.mailstore.values import MessageRef, Part, Row

MOST_READ = 600  # messages with attachments looked into at once
_PAGE = 200
_MOST_PAGES = 60  # rows are cheap, structures are not

FAMILIES = {
    "images": (kinds.Viewer.PICTURE,),
    "documents": (kinds.Viewer.PDF, kinds.Viewer.OFFICE, kinds.Viewer.TEXT, kinds.Viewer.TABLE),
    "media": (kinds.Viewer.AUDIO, kinds.Viewer.VIDEO),
    "archives": (kinds.Viewer.ARCHIVE,),
    "courriels": (kinds.Viewer.MESSAGE,),
    "autres": (kinds.Viewer.NONE,),
}


@dataclass(frozen=True)
class Found:
    """A file in a message: where it lies, and what the message is."""

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
    """`files` in the order asked; `weight` in octets, of all; `is_whole`: no mail was left out."""

    files: tuple[Found, ...]
    weight: int
    is_whole: bool


_structures: Kept[tuple[str, MessageRef], tuple[tuple[str, str, str, int], ...]] = Kept(20_000)


def inventory(
    mailbox: Mailbox, owner: str, folder: str, *, family: str = "", by_size: bool = True
) -> Inventory:
    """The files of one folder (the one that holds all mail, for everywhere), heaviest or newest first.

    `family`: a key of FAMILIES, or all. Structures never change: they are remembered. Raises FolderGone.
    """
    rows, is_whole = _rows(mailbox, folder)
    wanted = FAMILIES.get(family)
    files = [
        found
        for row in rows
        for found in _files(mailbox, owner, row)
        if wanted is None or found.viewer in {viewer.value for viewer in wanted}
    ]
    files.sort(key=lambda found: (-found.size if by_size else 0, -found.date.timestamp()))
    return Inventory(tuple(files), sum(found.size for found in files), is_whole)


def _rows(mailbox: Lists, folder: str) -> tuple[Sequence[Row], bool]:
    rows: list[Row] = []
    for place in range(_MOST_PAGES):
        page = mailbox.page(folder, place * _PAGE, _PAGE)
        for row in page.rows:
            if not row.summary.has_attachment:
                continue
            if len(rows) == MOST_READ:
                return rows, False
            rows.append(row)
        if (place + 1) * _PAGE >= page.total:
            return rows, True
    return rows, False


def _files(mailbox: Reads, owner: str, row: Row) -> Iterator[Found]:
    key = (owner, row.ref)
    known = _structures.get(key)
    if known is None:
        try:
            opened = mailbox.open(row.ref)
        except MessageGone:
            return
        known = tuple(_leaves(parts.chosen(opened.root).beside))
        _structures.put(key, known)
    for number, kind, name, size in known:
        yield Found(
            ref=row.ref,
            number=number,
            name=name,
            kind=kind,
            size=size,
            viewer=kinds.viewer_of(kind, name).value,
            subject=row.summary.subject,
            people=said(row.summary.sender),
            date=row.summary.date,
        )


def _leaves(found: Iterable[Part]) -> Iterator[tuple[str, str, str, int]]:
    for part in found:
        size = part.size * 3 // 4 if part.encoding == "base64" else part.size
        yield part.number, part.kind, kinds.file_name(part.name, part.kind, part.number), size

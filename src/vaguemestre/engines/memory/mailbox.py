"""A mail store in dicts: `mailstore.ports.Mailbox` for unit tests, under the same contract tests as IMAP."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from itertools import count

from vaguemestre.engines.memory import message
from vaguemestre.engines.memory.folder import MemoryFolder, StoredMessage
from vaguemestre.engines.memory.views import Placed, holds_all, thread_of, view_groups
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.post.mailstore.ports import FolderGone, FolderRefused, MessageGone
from vaguemestre.post.mailstore.values import (
    DELETED_MESSAGES,
    Flag,
    Folder,
    MailLogin,
    MessageRef,
    OpenedMessage,
    Page,
    Quota,
    Row,
    Use,
    View,
)

ALL = "Virtuel/All"
_NOT_LISTED = (DELETED_MESSAGES,)
_DELETED_AT_ONCE = ("Drafts", "Junk", DELETED_MESSAGES)
SPECIAL = {
    "INBOX": Use.INBOX,
    "Drafts": Use.DRAFTS,
    "Sent": Use.SENT,
    "Archive": Use.ARCHIVE,
    "Junk": Use.JUNK,
    "Trash": Use.TRASH,
}
# unique in the process, so that nothing cached for one folder fits another
_validities = count(1000)


class MemoryMailbox:
    """One mailbox, without any limit of room. `room`: the quota it shows, in octets."""

    def __init__(self) -> None:
        self._folders: dict[str, MemoryFolder] = {}
        self.unwanted: set[str] = set()
        self.room = 50_000_000
        for name in SPECIAL:
            self.make_folder(name)

    def make_folder(self, name: str) -> None:
        """Create a folder, or make it anew under another UIDVALIDITY."""
        self._folders[name] = MemoryFolder(next(_validities))

    # Lists

    def folders(self) -> tuple[Folder, ...]:
        special = [self._counted(name, use) for name, use in SPECIAL.items() if name in self._folders]
        own = [self._counted(name, Use.OTHER) for name in self._own_names()]
        everything = Folder(ALL, Use.ALL, len(self._in(ALL)), _unread(self._in(ALL)))
        return (*special, everything, *own)

    def page(self, folder: str, offset: int, size: int) -> Page:
        return self._page(folder, self._in(folder), offset, size)

    def search(self, folder: str, terms: Sequence[str], offset: int, size: int) -> Page:
        matches = [(ref, stored) for ref, stored in self._in(folder) if holds_all(stored.content, terms)]
        page = self._page(folder, matches, offset, size)
        return Page(folder, page.uid_validity, page.total, 0, offset, page.rows, page.validator)

    def look(self, folder: str, view: View, offset: int, size: int) -> Page:
        if view.is_plain:
            return self.page(folder, offset, size)
        groups = self._groups(folder, view)
        page = self._page(folder, [], 0, 0)
        rows = tuple(_grouped_row(group) for group in groups[offset : offset + size])
        unread = _unread(self._in(folder))
        return replace(page, total=len(groups), unread=unread, offset=offset, rows=rows)

    def refs(self, folder: str, view: View) -> tuple[MessageRef, ...]:
        return tuple(ref for group in self._groups(folder, view) for ref, _ in group)

    def place(self, folder: str, view: View, day: date) -> int:
        days = [paris_day(group[0][1].received) for group in self._groups(folder, view)]
        return sum(other < day if view.is_reversed else other > day for other in days)

    def conversation(self, ref: MessageRef) -> tuple[Row, ...]:
        first = self._get(ref)
        rows = [_row(*placed) for placed in thread_of(ref, first, self._in(ALL))]
        if all(row.ref != ref for row in rows):
            rows.append(_row(ref, first))
        return tuple(sorted(rows, key=lambda row: row.summary.date))

    def find_by_message_id(self, folder: str, message_id: str) -> tuple[MessageRef, ...]:
        return tuple(
            ref
            for ref, stored in self._in(folder)
            if message.header(message.parse_message(stored.content), "message-id") == message_id
        )

    # Folders

    def create_folder(self, name: str) -> None:
        if name in self._folders:
            raise FolderRefused("mailstore.folder-exists", folder=name)
        self.make_folder(name)

    def rename_folder(self, name: str, to: str) -> None:
        self._folder(name)
        if to in self._folders:
            raise FolderRefused("mailstore.folder-exists", folder=to)
        for path in [path for path in self._folders if path == name or path.startswith(f"{name}/")]:
            self._folders[to + path[len(name) :]] = self._folders.pop(path)
            if path in self.unwanted:
                self.unwanted.add(to + path[len(name) :])

    def delete_folder(self, name: str) -> None:
        self._set_aside(name, tuple(self._folder(name).messages.values()))
        del self._folders[name]

    def subscribe(self, name: str, *, wanted: bool) -> None:
        self._folder(name)
        if wanted:
            self.unwanted.discard(name)
        else:
            self.unwanted.add(name)

    def quota(self) -> Quota | None:
        used = sum(
            len(stored.content)
            for name, folder in self._folders.items()
            if name not in _NOT_LISTED
            for stored in folder.messages.values()
        )
        return Quota(used, self.room)

    # Reads

    def open(self, ref: MessageRef) -> OpenedMessage:
        stored = self._get(ref)
        return message.opened_message(ref, stored.content, stored.flags, stored.received)

    def part(self, ref: MessageRef, number: str, limit: int | None = None) -> bytes:
        return message.bytes_of_part(self._get(ref).content, number)[:limit]

    def part_contents(self, ref: MessageRef, numbers: Sequence[str]) -> Mapping[str, bytes]:
        return {number: self.part(ref, number) for number in numbers}

    def raw(self, ref: MessageRef) -> bytes:
        return self._get(ref).content

    # Marks

    def flag(self, refs: Sequence[MessageRef], add: Collection[str], remove: Collection[str]) -> None:
        for folder, uid in self._present(refs):
            stored = folder.messages[uid]
            stored.flags = (stored.flags | frozenset(add)) - frozenset(remove)
            folder.changes += 1

    def move(self, refs: Sequence[MessageRef], to: str) -> tuple[MessageRef, ...]:
        target = self._folder(to)
        moved = []
        for folder, uid in self._present(refs):
            moved.append(MessageRef(to, target.uid_validity, target.add(folder.messages.pop(uid))))
            folder.changes += 1
        return tuple(moved)

    def expunge(self, refs: Sequence[MessageRef]) -> None:
        for ref in refs:
            for folder, uid in self._present((ref,)):
                self._set_aside(ref.folder, (folder.messages.pop(uid),))
                folder.changes += 1

    def append(self, folder: str, content: bytes, flags: Collection[str], date: datetime) -> MessageRef:
        target, stored = self._folder(folder), StoredMessage(content, frozenset(flags), date)
        return MessageRef(folder, target.uid_validity, target.add(stored))

    # Inside

    def _own_names(self) -> list[str]:
        return [name for name in sorted(self._folders) if name not in SPECIAL and name not in _NOT_LISTED]

    def _set_aside(self, folder: str, messages: Sequence[StoredMessage]) -> None:
        """Keep deleted messages where their owner takes them back."""
        if not messages or folder in _DELETED_AT_ONCE:
            return
        if DELETED_MESSAGES not in self._folders:
            self.make_folder(DELETED_MESSAGES)
        for stored in messages:
            stored.flags -= {Flag.DELETED}
            self._folders[DELETED_MESSAGES].add(stored)

    def _folder(self, name: str) -> MemoryFolder:
        if name not in self._folders:
            raise FolderGone("mailstore.folder-gone", folder=name)
        return self._folders[name]

    def _in(self, name: str) -> list[Placed]:
        """Oldest first; all folders but trash and junk for ALL."""
        names = (
            [n for n in self._folders if n not in ("Trash", "Junk", *_NOT_LISTED)] if name == ALL else [name]
        )
        placed = [
            (MessageRef(name, self._folder(name).uid_validity, uid), stored)
            for name in names
            for uid, stored in self._folder(name).messages.items()
        ]
        return sorted(placed, key=lambda pair: pair[1].received)

    def _groups(self, folder: str, view: View) -> list[list[Placed]]:
        return view_groups(self._in(folder)[::-1], view)

    def _page(self, name: str, placed: list[Placed], offset: int, size: int) -> Page:
        validity = 1 if name == ALL else self._folder(name).uid_validity
        changes = sum(folder.changes for folder in self._folders.values())
        newest_first = placed[::-1]
        rows = tuple(_row(ref, stored) for ref, stored in newest_first[offset : offset + size])
        validator = f"{validity}.{changes}"
        return Page(name, validity, len(placed), _unread(placed), offset, rows, validator)

    def _counted(self, name: str, use: Use) -> Folder:
        placed = self._in(name)
        depth = 0 if use is not Use.OTHER else name.count("/")
        return Folder(name, use, len(placed), _unread(placed), depth, subscribed=name not in self.unwanted)

    def _get(self, ref: MessageRef) -> StoredMessage:
        folder = self._folders.get(ref.folder)
        if folder is None or folder.uid_validity != ref.uid_validity or ref.uid not in folder.messages:
            raise MessageGone("mailstore.message-gone")
        return folder.messages[ref.uid]

    def _present(self, refs: Sequence[MessageRef]) -> Iterator[tuple[MemoryFolder, int]]:
        for ref in refs:
            folder = self._folders.get(ref.folder)
            if folder is not None and folder.uid_validity == ref.uid_validity and ref.uid in folder.messages:
                yield folder, ref.uid


def _unread(placed: list[Placed]) -> int:
    return sum("\\Seen" not in stored.flags for _, stored in placed)


def _row(ref: MessageRef, stored: StoredMessage) -> Row:
    return Row(message.summary(ref.uid, stored.content, stored.received), stored.flags, ref)


def _grouped_row(group: list[Placed]) -> Row:
    row = _row(*group[0])
    flags = frozenset[str]().union(*(stored.flags for _, stored in group))
    if not all("\\Seen" in stored.flags for _, stored in group):
        flags -= {"\\Seen"}
    return replace(row, flags=flags, others=tuple(ref for ref, _ in group[1:]))


class MemoryMailboxes:
    """Implements `mailstore.ports.OpenMailbox`; mailboxes are created when first opened.

    `before_open` lets a test refuse or fail an opening.
    """

    def __init__(self, before_open: Callable[[MailLogin], None] | None = None) -> None:
        self._boxes: dict[str, MemoryMailbox] = {}
        self._before_open = before_open

    def box(self, mailbox: str) -> MemoryMailbox:
        return self._boxes.setdefault(mailbox, MemoryMailbox())

    @contextmanager
    def __call__(self, login: MailLogin) -> Iterator[MemoryMailbox]:
        if self._before_open is not None:
            self._before_open(login)
        yield self.box(login.mailbox)

"""A mail store in dicts: `mailstore.ports.Mailbox` for unit tests, under the same contract tests as IMAP."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import count

from vaguemestre.engines.memory import message
from vaguemestre.foundation.kernel.texts import says, spoken
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.post.mailstore.ports import FolderGone, FolderRefused, MessageGone
from vaguemestre.post.mailstore.values import (
    Clause,
    Flag,
    Folder,
    MailLogin,
    MessageRef,
    OpenedMessage,
    Order,
    Page,
    Quota,
    Row,
    Use,
    View,
    Where,
)

ALL = "Virtuel/All"
SPECIAL = {
    "INBOX": Use.INBOX,
    "Drafts": Use.DRAFTS,
    "Sent": Use.SENT,
    "Archive": Use.ARCHIVE,
    "Junk": Use.JUNK,
    "Trash": Use.TRASH,
}
# never twice the same in a process: whatever is remembered of a folder must not fit another
_validities = count(1000)


@dataclass
class Kept:
    content: bytes
    flags: frozenset[str]
    received: datetime


@dataclass
class MemoryFolder:
    uid_validity: int
    next_uid: int = 1
    changes: int = 0
    kept: dict[int, Kept] = field(default_factory=dict)

    def add(self, kept: Kept) -> int:
        uid, self.next_uid = self.next_uid, self.next_uid + 1
        self.kept[uid] = kept
        self.changes += 1
        return uid


class MemoryMailbox:
    """One mailbox; nothing is ever refused for want of room."""

    def __init__(self) -> None:
        self._folders: dict[str, MemoryFolder] = {}
        self.unwanted: set[str] = set()
        self.room = 50_000_000
        for name in SPECIAL:
            self.make_folder(name)

    def make_folder(self, name: str) -> None:
        """Create it, or create it anew (another UIDVALIDITY)."""
        self._folders[name] = MemoryFolder(next(_validities))

    def remove_folder(self, name: str) -> None:
        del self._folders[name]

    # Lists

    def folders(self) -> tuple[Folder, ...]:
        special = [self._counted(name, use) for name, use in SPECIAL.items() if name in self._folders]
        own = [self._counted(name, Use.OTHER) for name in sorted(self._folders) if name not in SPECIAL]
        everything = Folder(ALL, Use.ALL, len(self._in(ALL)), self._unread(self._in(ALL)))
        return (*special, everything, *own)

    def page(self, folder: str, offset: int, size: int) -> Page:
        return self._page(folder, self._in(folder), offset, size)

    def search(self, folder: str, terms: Sequence[str], offset: int, size: int) -> Page:
        found = [(ref, kept) for ref, kept in self._in(folder) if _holds(kept.content, terms)]
        page = self._page(folder, found, offset, size)
        return Page(folder, page.uid_validity, page.total, 0, offset, page.rows, page.validator)

    def look(self, folder: str, view: View, offset: int, size: int) -> Page:
        if view.is_plain:
            return self.page(folder, offset, size)
        groups = self._viewed(folder, view)
        page = self._page(folder, [], 0, 0)
        rows = tuple(_grouped_row(group) for group in groups[offset : offset + size])
        unread = self._unread(self._in(folder))
        return replace(page, total=len(groups), unread=unread, offset=offset, rows=rows)

    def refs(self, folder: str, view: View) -> tuple[MessageRef, ...]:
        return tuple(ref for group in self._viewed(folder, view) for ref, _ in group)

    def place(self, folder: str, view: View, day: date) -> int:
        days = [paris_day(group[0][1].received) for group in self._viewed(folder, view)]
        return sum(one < day if view.is_reversed else one > day for one in days)

    def conversation(self, ref: MessageRef) -> tuple[Row, ...]:
        first = self._get(ref)
        known = message.thread(first.content)
        everything = [(other, kept, message.thread(kept.content)) for other, kept in self._in(ALL)]
        while True:
            wider = known.union(*(ids for _, _, ids in everything if ids & known))
            if wider == known:
                break
            known = wider
        rows = [_row(other, kept) for other, kept, ids in everything if ids & known or other == ref]
        if all(row.ref != ref for row in rows):
            rows.append(_row(ref, first))
        return tuple(sorted(rows, key=lambda row: row.summary.date))

    def find_by_message_id(self, folder: str, message_id: str) -> tuple[MessageRef, ...]:
        return tuple(
            ref
            for ref, kept in self._in(folder)
            if message.header(message.read(kept.content), "message-id") == message_id
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
        for one in [n for n in self._folders if n == name or n.startswith(f"{name}/")]:
            self._folders[to + one[len(name) :]] = self._folders.pop(one)
            if one in self.unwanted:
                self.unwanted.add(to + one[len(name) :])

    def delete_folder(self, name: str) -> None:
        self._folder(name)
        del self._folders[name]

    def subscribe(self, name: str, *, wanted: bool) -> None:
        self._folder(name)
        if wanted:
            self.unwanted.discard(name)
        else:
            self.unwanted.add(name)

    def quota(self) -> Quota | None:
        used = sum(len(kept.content) for folder in self._folders.values() for kept in folder.kept.values())
        return Quota(used, self.room)

    # Reads

    def open(self, ref: MessageRef) -> OpenedMessage:
        kept = self._get(ref)
        return message.opened(ref, kept.content, kept.flags, kept.received)

    def part(self, ref: MessageRef, number: str, limit: int | None = None) -> bytes:
        return message.bytes_of_part(self._get(ref).content, number)[:limit]

    def part_contents(self, ref: MessageRef, numbers: Sequence[str]) -> Mapping[str, bytes]:
        return {number: self.part(ref, number) for number in numbers}

    def raw(self, ref: MessageRef) -> bytes:
        return self._get(ref).content

    # Marks

    def flag(self, refs: Sequence[MessageRef], add: Collection[str], remove: Collection[str]) -> None:
        for folder, uid in self._present(refs):
            kept = folder.kept[uid]
            kept.flags = (kept.flags | frozenset(add)) - frozenset(remove)
            folder.changes += 1

    def move(self, refs: Sequence[MessageRef], to: str) -> tuple[MessageRef, ...]:
        target = self._folder(to)
        moved = []
        for folder, uid in self._present(refs):
            moved.append(MessageRef(to, target.uid_validity, target.add(folder.kept.pop(uid))))
            folder.changes += 1
        return tuple(moved)

    def expunge(self, refs: Sequence[MessageRef]) -> None:
        for folder, uid in self._present(refs):
            del folder.kept[uid]
            folder.changes += 1

    def append(self, folder: str, content: bytes, flags: Collection[str], date: datetime) -> MessageRef:
        target = self._folder(folder)
        return MessageRef(folder, target.uid_validity, target.add(Kept(content, frozenset(flags), date)))

    # Inside

    def _folder(self, name: str) -> MemoryFolder:
        if name not in self._folders:
            raise FolderGone("mailstore.folder-gone", folder=name)
        return self._folders[name]

    def _in(self, name: str) -> list[tuple[MessageRef, Kept]]:
        """Oldest first; all folders but trash and junk for ALL."""
        names = [n for n in self._folders if n not in ("Trash", "Junk")] if name == ALL else [name]
        found = [
            (MessageRef(name, self._folder(name).uid_validity, uid), kept)
            for name in names
            for uid, kept in self._folder(name).kept.items()
        ]
        return sorted(found, key=lambda pair: pair[1].received)

    def _viewed(self, folder: str, view: View) -> list[list[tuple[MessageRef, Kept]]]:
        """Groups of messages in the order of a view: one message each, unless it is grouped."""
        newest_first = self._in(folder)[::-1]
        pairs = [pair for pair in newest_first if message.is_wanted(pair[1].content, pair[1].flags, view)]
        pairs = [pair for pair in pairs if _holds(pair[1].content, view.terms)]
        for clause in view.clauses:
            pairs = [pair for pair in pairs if _meets(clause, pair[1]) != clause.is_not]
        groups: list[list[tuple[MessageRef, Kept]]] = [[pair] for pair in pairs]
        if view.is_grouped:
            groups = message.gathered(pairs, lambda pair: message.thread(pair[1].content))
        keys = {
            Order.DATE: lambda group: group[0][1].received,
            Order.SENDER: lambda group: message.shown_sender(group[0][1].content),
            Order.SUBJECT: lambda group: message.bare_subject(group[0][1].content),
            Order.SIZE: lambda group: len(group[0][1].content),
            Order.RELEVANCE: lambda group: _score(group[0][1].content, view.terms),
        }
        backwards = (view.order in (Order.DATE, Order.SIZE, Order.RELEVANCE)) != view.is_reversed
        return sorted(groups, key=keys[view.order], reverse=backwards)

    def _page(self, name: str, found: list[tuple[MessageRef, Kept]], offset: int, size: int) -> Page:
        validity = 1 if name == ALL else self._folder(name).uid_validity
        changes = sum(folder.changes for folder in self._folders.values())
        newest_first = found[::-1]
        rows = tuple(_row(ref, kept) for ref, kept in newest_first[offset : offset + size])
        validator = f"{validity}.{changes}"
        return Page(name, validity, len(found), self._unread(found), offset, rows, validator)

    def _counted(self, name: str, use: Use) -> Folder:
        found = self._in(name)
        depth = 0 if use is not Use.OTHER else name.count("/")
        return Folder(name, use, len(found), self._unread(found), depth, subscribed=name not in self.unwanted)

    @staticmethod
    def _unread(found: list[tuple[MessageRef, Kept]]) -> int:
        return sum("\\Seen" not in kept.flags for _, kept in found)

    def _get(self, ref: MessageRef) -> Kept:
        folder = self._folders.get(ref.folder)
        if folder is None or folder.uid_validity != ref.uid_validity or ref.uid not in folder.kept:
            raise MessageGone("mailstore.message-gone")
        return folder.kept[ref.uid]

    def _present(self, refs: Sequence[MessageRef]) -> Iterator[tuple[MemoryFolder, int]]:
        for ref in refs:
            folder = self._folders.get(ref.folder)
            if folder is not None and folder.uid_validity == ref.uid_validity and ref.uid in folder.kept:
                yield folder, ref.uid


def _row(ref: MessageRef, kept: Kept) -> Row:
    return Row(message.summary(ref.uid, kept.content, kept.received), kept.flags, ref)


def _grouped_row(group: list[tuple[MessageRef, Kept]]) -> Row:
    row = _row(*group[0])
    flags = frozenset[str]().union(*(kept.flags for _, kept in group))
    if not all("\\Seen" in kept.flags for _, kept in group):
        flags -= {"\\Seen"}
    return replace(row, flags=flags, others=tuple(ref for ref, _ in group[1:]))


def _holds(content: bytes, terms: Sequence[str]) -> bool:
    parsed = message.read(content)
    pieces = [*(str(value) for value in parsed.values()), message.text(parsed)]
    everything, said = " ".join(pieces).casefold(), [spoken(piece) for piece in pieces]
    return all(
        any(says(one, spoken(term)) for one in said) if " " in term else term.casefold() in everything
        for term in terms
    )


def _score(content: bytes, terms: Sequence[str]) -> int:
    """All the words in the subject, one of them, in the author's name, elsewhere."""
    subject, sender = message.bare_subject(content), message.shown_sender(content)
    said = [term.casefold() for term in terms]
    if all(term in subject for term in said):
        return 3
    return 2 if any(term in subject for term in said) else int(any(term in sender for term in said))


def _meets(clause: Clause, kept: Kept) -> bool:
    one = message.summary(0, kept.content, kept.received)
    day, said = paris_day(kept.received).isoformat(), clause.value.casefold()
    held = {
        Where.FROM: f"{one.sender.name} {one.sender.address}",
        Where.TO: " ".join(f"{who.name} {who.address}" for who in one.to),
        Where.SUBJECT: one.subject,
        Where.LABEL: " ".join(kept.flags),
    }
    if clause.where in held:
        return said in held[clause.where].casefold()
    judged = {
        Where.TEXT: _holds(kept.content, [clause.value]),
        Where.BEFORE: day < clause.value,
        Where.SINCE: day >= clause.value,
        Where.ATTACHED: one.has_attachment,
        Where.READ: Flag.SEEN in kept.flags,
        Where.UNREAD: Flag.SEEN not in kept.flags,
        Where.FLAGGED: Flag.FLAGGED in kept.flags,
        Where.ANSWERED: Flag.ANSWERED in kept.flags,
    }
    return judged.get(clause.where, False)


class MemoryMailboxes:
    """`mailstore.ports.OpenMailbox` over mailboxes made when first opened.

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

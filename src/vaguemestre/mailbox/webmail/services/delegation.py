"""A mailbox lent to a colleague: its owner's private folders are not there, whatever is asked."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import NoReturn

from vaguemestre.mailbox.webmail.rules.listing.fences import Fence
from vaguemestre.post.mailstore.ports import FolderGone, FolderRefused, Mailbox, MessageGone, OpenMailbox
from vaguemestre.post.mailstore.values import (
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


class Fencing:
    """`mailstore.ports.OpenMailbox`: with a fence for those logins that have one."""

    def __init__(self, opened: OpenMailbox, fence_of: Callable[[MailLogin], Fence | None]) -> None:
        self._opened = opened
        self._fence_of = fence_of

    @contextmanager
    def __call__(self, login: MailLogin) -> Iterator[Mailbox]:
        fence = self._fence_of(login)
        with self._opened(login) as mailbox:
            yield mailbox if fence is None else FencedMailbox(mailbox, fence)


class FencedMailbox:
    """`mailstore.ports.Mailbox` without what the fence hides: as if it did not exist."""

    def __init__(self, mailbox: Mailbox, fence: Fence) -> None:
        self._mailbox = mailbox
        self._fence = fence
        self._uses: dict[str, Use] | None = None

    # Looking along folders

    def folders(self) -> tuple[Folder, ...]:
        found = self._mailbox.folders()
        self._uses = {folder.name: folder.use for folder in found}
        return tuple(folder for folder in found if self._fence.shows(folder.name, folder.use))

    def page(self, folder: str, offset: int, size: int) -> Page:
        return self._mailbox.page(self._seen(folder), offset, size)

    def search(self, folder: str, terms: Sequence[str], offset: int, size: int) -> Page:
        return self._mailbox.search(self._seen(folder), terms, offset, size)

    def look(self, folder: str, view: View, offset: int, size: int) -> Page:
        return self._mailbox.look(self._seen(folder), view, offset, size)

    def refs(self, folder: str, view: View) -> tuple[MessageRef, ...]:
        return self._mailbox.refs(self._seen(folder), view)

    def place(self, folder: str, view: View, day: date) -> int:
        return self._mailbox.place(self._seen(folder), view, day)

    def conversation(self, ref: MessageRef) -> tuple[Row, ...]:
        rows = self._mailbox.conversation(self._within(ref))
        return tuple(row for row in rows if self._is_seen(row.ref.folder))

    def find_by_message_id(self, folder: str, message_id: str) -> tuple[MessageRef, ...]:
        return self._mailbox.find_by_message_id(self._seen(folder), message_id)

    # Looking into one message

    def open(self, ref: MessageRef) -> OpenedMessage:
        return self._mailbox.open(self._within(ref))

    def part(self, ref: MessageRef, number: str, limit: int | None = None) -> bytes:
        return self._mailbox.part(self._within(ref), number, limit)

    def part_contents(self, ref: MessageRef, numbers: Sequence[str]) -> Mapping[str, bytes]:
        return self._mailbox.part_contents(self._within(ref), numbers)

    def raw(self, ref: MessageRef) -> bytes:
        return self._mailbox.raw(self._within(ref))

    # Changing messages

    def flag(self, refs: Sequence[MessageRef], add: Collection[str], remove: Collection[str]) -> None:
        self._mailbox.flag([self._within(ref) for ref in refs], add, remove)

    def move(self, refs: Sequence[MessageRef], to: str) -> tuple[MessageRef, ...]:
        return self._mailbox.move([self._within(ref) for ref in refs], self._reached(to))

    def expunge(self, refs: Sequence[MessageRef]) -> None:
        self._mailbox.expunge([self._within(ref) for ref in refs])

    def append(self, folder: str, content: bytes, flags: Collection[str], date: datetime) -> MessageRef:
        return self._mailbox.append(self._reached(folder), content, flags, date)

    # Folders are their owner's

    def create_folder(self, name: str) -> None:
        self._refuse(name)

    def rename_folder(self, name: str, to: str) -> None:
        self._refuse(name)

    def delete_folder(self, name: str) -> None:
        self._refuse(name)

    def subscribe(self, name: str, *, wanted: bool) -> None:
        self._refuse(name)

    def quota(self) -> Quota | None:
        return None

    def _refuse(self, name: str) -> NoReturn:
        raise FolderRefused("webmail.folder-lent", folder=name)

    def _use(self, folder: str) -> Use:
        if self._uses is None:
            self._uses = {one.name: one.use for one in self._mailbox.folders()}
        return self._uses.get(folder, Use.OTHER)

    def _is_seen(self, folder: str) -> bool:
        return self._fence.shows(folder, self._use(folder))

    def _seen(self, folder: str) -> str:
        if not self._is_seen(folder):
            raise FolderGone("mailstore.folder-gone", folder=folder)
        return folder

    def _reached(self, folder: str) -> str:
        if not self._fence.takes(folder, self._use(folder)):
            raise FolderGone("mailstore.folder-gone", folder=folder)
        return folder

    def _within(self, ref: MessageRef) -> MessageRef:
        if not self._is_seen(ref.folder):
            raise MessageGone("mailstore.message-gone", ref=ref)
        return ref

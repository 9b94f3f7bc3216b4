"""Delegated mailboxes: the owner's private folders and messages do not exist for the delegate."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import NoReturn

from vaguemestre.mailbox.webmail.rules.listing.private_mail import DelegatedScope, is_private_message
from vaguemestre.mailbox.webmail.services.private_mail_search import Everywhere, counted_everywhere
from vaguemestre.post.mailstore.ports import FolderGone, FolderRefused, Mailbox, MessageGone, OpenMailbox
from vaguemestre.post.mailstore.privacy import PRIVATE
from vaguemestre.post.mailstore.values import (
    Clause,
    Folder,
    MailLogin,
    MessageRef,
    Only,
    OpenedMessage,
    Page,
    Quota,
    Row,
    Use,
    View,
    Where,
)

_NOT_PRIVATE = Clause(Where.LABEL, PRIVATE, is_not=True)
_UNMARKED = View(clauses=(_NOT_PRIVATE, Clause(Where.SENSITIVITY)))


class DelegatedMailboxes:
    """`mailstore.ports.OpenMailbox` that limits delegates to their scope."""

    def __init__(
        self, open_mailbox: OpenMailbox, scope_of: Callable[[MailLogin], DelegatedScope | None]
    ) -> None:
        self._open_mailbox = open_mailbox
        self._scope_of = scope_of

    @contextmanager
    def __call__(self, login: MailLogin) -> Iterator[Mailbox]:
        scope = self._scope_of(login)
        with self._open_mailbox(login) as mailbox:
            yield mailbox if scope is None else DelegatedMailbox(mailbox, scope)


class _LentFolders:
    """`mailstore.ports.Folders`: only the owner may change them."""

    def create_folder(self, name: str) -> None:
        _refuse_change(name)

    def rename_folder(self, name: str, to: str) -> None:
        _refuse_change(name)

    def delete_folder(self, name: str) -> None:
        _refuse_change(name)

    def subscribe(self, name: str, *, wanted: bool) -> None:
        _refuse_change(name)

    def quota(self) -> Quota | None:
        return None


def _refuse_change(name: str) -> NoReturn:
    raise FolderRefused("webmail.folder-lent", folder=name)


class DelegatedMailbox(_LentFolders):
    """`mailstore.ports.Mailbox` without what is outside the scope: it seems not to exist.

    Where only the delegate's own messages are seen, a list is a search of their mark.
    """

    def __init__(self, mailbox: Mailbox, scope: DelegatedScope) -> None:
        self._mailbox = mailbox
        self._scope = scope
        self._uses: dict[str, Use] | None = None
        self._own: dict[str, set[MessageRef]] = {}
        self._private: dict[str, frozenset[MessageRef]] = {}
        self._marks = (PRIVATE, *scope.private_labels)
        self._not_private = tuple(Clause(Where.LABEL, mark, is_not=True) for mark in self._marks)
        self._checked: set[MessageRef] = set()
        self._scanned: set[str] = set()

    # Listing

    def folders(self) -> tuple[Folder, ...]:
        folders = self._mailbox.folders()
        self._uses = {folder.name: folder.use for folder in folders}
        seen = {one.name: self._counted(one) for one in folders if self._scope.can_see(one.name, one.use)}
        everywhere = [folder for folder in folders if self._is_everywhere(folder.name)]
        shown = seen | {one.name: counted_everywhere(one, seen.values()) for one in everywhere}
        return tuple(shown[folder.name] for folder in folders if folder.name in shown)

    def page(self, folder: str, offset: int, size: int) -> Page:
        if self._is_everywhere(folder) or self._sees_own_only(self._visible(folder)):
            return self.look(folder, View(), offset, size)
        if self._private_refs(folder):
            return self.look(folder, View(), offset, size)
        return self._without_private(self._mailbox.page(folder, offset, size))

    def search(self, folder: str, terms: Sequence[str], offset: int, size: int) -> Page:
        return self.look(folder, View(terms=tuple(terms)), offset, size)

    def look(self, folder: str, view: View, offset: int, size: int) -> Page:
        if self._is_everywhere(folder):
            return self._everywhere(folder).page(self._view(folder, view), offset, size)
        page = self._mailbox.look(self._visible(folder), self._view(folder, view), offset, size)
        page = self._without_private(page)
        if page.unread and self._private_refs(folder):
            page = replace(page, unread=len(self._unread_refs(folder)))
        if not self._sees_own_only(folder):
            return page
        # another delegate reads another list of that folder
        return replace(page, validator=f"{page.validator}.{self._scope.draft_mark}")

    def refs(self, folder: str, view: View) -> tuple[MessageRef, ...]:
        if self._is_everywhere(folder):
            return self._everywhere(folder).refs(self._view(folder, view))
        return self._mailbox.refs(self._visible(folder), self._view(folder, view))

    def place(self, folder: str, view: View, day: date) -> int:
        if self._is_everywhere(folder):
            return self._everywhere(folder).place(self._view(folder, view), day)
        return self._mailbox.place(self._visible(folder), self._view(folder, view), day)

    def conversation(self, ref: MessageRef) -> tuple[Row, ...]:
        rows = self._mailbox.conversation(self._readable(ref))
        return tuple(row for row in rows if self._is_readable(row.ref) and not self._is_private_row(row))

    def find_by_message_id(self, folder: str, message_id: str) -> tuple[MessageRef, ...]:
        listed = folder if self._is_everywhere(folder) else self._visible(folder)
        refs = self._mailbox.find_by_message_id(listed, message_id)
        return tuple(ref for ref in refs if self._is_readable(ref))

    # Reading one message

    def open(self, ref: MessageRef) -> OpenedMessage:
        message = self._mailbox.open(self._readable(ref))
        if is_private_message(message.subject, message.flags, self._marks):
            raise MessageGone("mailstore.message-gone", ref=ref)
        self._checked.add(ref)
        return message

    def part(self, ref: MessageRef, number: str, limit: int | None = None) -> bytes:
        return self._mailbox.part(self._opened(ref), number, limit)

    def part_contents(self, ref: MessageRef, numbers: Sequence[str]) -> Mapping[str, bytes]:
        return self._mailbox.part_contents(self._opened(ref), numbers)

    def raw(self, ref: MessageRef) -> bytes:
        return self._mailbox.raw(self._opened(ref))

    def _opened(self, ref: MessageRef) -> MessageRef:
        """The reference, once its message was seen not to be private."""
        return ref if ref in self._checked else self.open(ref).ref

    # Changing messages

    def flag(self, refs: Sequence[MessageRef], add: Collection[str], remove: Collection[str]) -> None:
        self._mailbox.flag([self._readable(ref) for ref in refs], add, remove)

    def move(self, refs: Sequence[MessageRef], to: str) -> tuple[MessageRef, ...]:
        return self._mailbox.move([self._readable(ref) for ref in refs], self._target(to))

    def expunge(self, refs: Sequence[MessageRef]) -> None:
        self._mailbox.expunge([self._readable(ref) for ref in refs])

    def append(self, folder: str, content: bytes, flags: Collection[str], date: datetime) -> MessageRef:
        mark = self._scope.draft_mark if self._use(folder) is Use.DRAFTS else ""
        marked = (*flags, mark) if mark else flags
        ref = self._mailbox.append(self._target(folder), content, marked, date)
        if folder in self._own:
            self._own[folder].add(ref)
        return ref

    def _listed_uses(self) -> Mapping[str, Use]:
        if self._uses is None:
            self._uses = {folder.name: folder.use for folder in self._mailbox.folders()}
        return self._uses

    def _use(self, folder: str) -> Use:
        return self._listed_uses().get(folder, Use.OTHER)

    def _is_everywhere(self, folder: str) -> bool:
        """Whether it is the folder of all mail, for who sees more than the inbox."""
        return self._use(folder) is Use.ALL and not self._scope.only_reception

    def _everywhere(self, folder: str) -> Everywhere:
        return Everywhere(self._mailbox, folder, self._is_visible, self._is_private_row)

    def _is_visible(self, folder: str) -> bool:
        """Whether the folder is within the scope; one that no list shows is not, whatever its name."""
        return folder in self._listed_uses() and self._scope.can_see(folder, self._use(folder))

    def _visible(self, folder: str) -> str:
        if not self._is_visible(folder):
            raise FolderGone("mailstore.folder-gone", folder=folder)
        return folder

    def _target(self, folder: str) -> str:
        if not self._scope.can_receive(folder, self._use(folder)):
            raise FolderGone("mailstore.folder-gone", folder=folder)
        return folder

    def _sees_own_only(self, folder: str) -> bool:
        return self._scope.sees_own_only(self._use(folder))

    def _counted(self, folder: Folder) -> Folder:
        """The folder with the counts of what is seen there; of private messages, in the inbox alone."""
        if self._scope.sees_own_only(folder.use):
            return replace(folder, total=len(self._own_refs(folder.name)), unread=0)
        if folder.use is Use.INBOX and (hidden := len(self._private_refs(folder.name))):
            unread = len(self._unread_refs(folder.name))
            return replace(folder, total=max(folder.total - hidden, 0), unread=unread)
        return folder

    def _view(self, folder: str, view: View) -> View:
        """The view without private messages, and of the delegate's own where only these are seen."""
        self._mark_private(folder)
        clauses = (*view.clauses, *self._not_private)
        if self._sees_own_only(folder):
            clauses += (Clause(Where.LABEL, self._scope.draft_mark),)
        return replace(view, clauses=clauses)

    def _mark_private(self, folder: str) -> None:
        """Mark the private messages that no delivery script did: a program or an import put them there."""
        if folder not in self._scanned:
            self._scanned.add(folder)
            if unmarked := self._mailbox.refs(folder, _UNMARKED):
                self._mailbox.flag(unmarked, (PRIVATE,), ())

    def _private_refs(self, folder: str) -> frozenset[MessageRef]:
        if folder not in self._private:
            self._mark_private(folder)
            views = [View(clauses=(Clause(Where.LABEL, mark),)) for mark in self._marks]
            refs = (ref for view in views for ref in self._mailbox.refs(folder, view))
            self._private[folder] = frozenset(refs)
        return self._private[folder]

    def _unread_refs(self, folder: str) -> tuple[MessageRef, ...]:
        return self._mailbox.refs(folder, View(only=frozenset({Only.UNREAD}), clauses=self._not_private))

    def _is_private_row(self, row: Row) -> bool:
        return is_private_message(row.summary.subject, row.flags, self._marks)

    def _without_private(self, page: Page) -> Page:
        """The page without what came before private messages were marked at delivery."""
        rows = tuple(row for row in page.rows if not self._is_private_row(row))
        hidden = len(page.rows) - len(rows)
        return replace(page, rows=rows, total=page.total - hidden) if hidden else page

    def _own_refs(self, folder: str) -> set[MessageRef]:
        if folder not in self._own:
            own = View(clauses=(Clause(Where.LABEL, self._scope.draft_mark),))
            self._own[folder] = set(self._mailbox.refs(folder, own))
        return self._own[folder]

    def _is_readable(self, ref: MessageRef) -> bool:
        if not self._is_visible(ref.folder) or ref in self._private_refs(ref.folder):
            return False
        return not self._sees_own_only(ref.folder) or ref in self._own_refs(ref.folder)

    def _readable(self, ref: MessageRef) -> MessageRef:
        if not self._is_readable(ref):
            raise MessageGone("mailstore.message-gone", ref=ref)
        return ref

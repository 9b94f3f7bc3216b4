"""A borrowed connection and its selected folder: what every command to a mailbox is built on."""

import ssl
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from vaguemestre.engines.imap.protocol import answers, headers, mailbox_names, response_tree
from vaguemestre.engines.imap.protocol.arguments import Argument, encoded
from vaguemestre.engines.imap.protocol.connection import PATIENCE_SECONDS, CommandRefused, Connection
from vaguemestre.engines.imap.protocol.line_stream import ConnectionDead, Line
from vaguemestre.engines.imap.store.creation_race import retry_untrue_refusal
from vaguemestre.engines.imap.store.pool import Lease
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.post.mailstore.ports import FolderGone, MessageGone, QuotaReached
from vaguemestre.post.mailstore.values import FIELDS, MailLogin, MessageRef

MESSAGE_ITEMS = (
    b"(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS (REFERENCES %b)])"
    % " ".join(FIELDS).upper().encode("ascii")
)
STATUS_ITEMS = b"(MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ)"
CONTENT_PATIENCE_SECONDS = 30.0  # for whole messages, which may be 20 MB
_UNSELECT = b"UNSELECT"
# Response codes of RFC 5530 and RFC 9208
_OVER_QUOTA = frozenset({"OVERQUOTA", "TOOBIG"})
_TEMPORARY = frozenset({"UNAVAILABLE", "INUSE", "SERVERBUG", "CONTACTADMIN", "EXPUNGEISSUED"})
_NO_FOLDER = frozenset({"NONEXISTENT", "TRYCREATE", "CANNOT", "NOPERM"})


class SelectedFolder(NamedTuple):
    name: str
    uid_validity: int
    exists: int


class FolderAnswer(NamedTuple):
    """What a folder answered, and which folder it proved to be."""

    uid_validity: int
    exists: int
    lines: list[Line]


class StatusAndAnswer(NamedTuple):
    """The answer to a first command, and a folder's answer to the next one."""

    first: list[Line]
    answer: FolderAnswer


class _Selection(NamedTuple):
    before: list[Line]
    then: list[Line]


@contextmanager
def translated_refusals(*, folder: str = "") -> Iterator[None]:
    """Translate the response code of a refusal into the port's refusals."""
    try:
        yield
    except CommandRefused as refusal:
        if refusal.code in _OVER_QUOTA:
            raise QuotaReached("mailstore.quota-reached") from refusal
        if folder and refusal.code in _NO_FOLDER:
            raise FolderGone("mailstore.folder-gone", folder=folder) from refusal
        if refusal.code in _TEMPORARY:
            raise EngineDown(str(refusal)) from refusal
        raise


class Session:
    """One mailbox on one connection, for the time of a `with`.

    Begins with nothing selected; a folder stays selected for the commands that follow, until `leave`.
    """

    def __init__(self, login: MailLogin, lease: Lease) -> None:
        self.mailbox = login.mailbox
        self.lease = lease
        self._selected: SelectedFolder | None = None

    def leave(self) -> None:
        """Make the connection fit for the next borrower; one that fails here is closed by the pool."""
        try:
            self.unselect()
        except (EngineDown, EngineRefused):
            self._selected = None

    def run(self, *arguments: Argument, patience: float = PATIENCE_SECONDS) -> list[Line]:
        """Run a command, as `Connection.run`, its refusals translated."""
        with translated_refusals():
            return self.lease.connection.run(*arguments, patience=patience)

    def retry_if_dead[T](self, query: Callable[[], T], dead: type[ConnectionDead] = ConnectionDead) -> T:
        """Run a query that has changed nothing when `dead` is raised, once more if a kept connection was."""
        try:
            return query()
        except dead:
            self._selected = None
            if not self.lease.renew():
                raise
            return query()

    def fetch_one(
        self, ref: MessageRef, items: bytes, patience: float = PATIENCE_SECONDS, *, is_last: bool = False
    ) -> response_tree.Items:
        """FETCH items of one message; `is_last` as for `query_folder`. Raises MessageGone."""
        question = b"UID FETCH %d %b" % (ref.uid, items)
        try:
            answer = self.query_folder(ref.folder, question, patience, is_last=is_last)
        except FolderGone as gone:
            raise MessageGone("mailstore.message-gone") from gone
        # a UID means nothing in a folder that was made anew
        if answer.uid_validity == ref.uid_validity:
            for fetched in response_tree.fetched_items(answer.lines):
                if uid_of(fetched) == ref.uid and len(fetched) > 1:
                    return fetched
        raise MessageGone("mailstore.message-gone")

    def query_folder(
        self, folder: str, question: bytes, patience: float = PATIENCE_SECONDS, *, is_last: bool = False
    ) -> FolderAnswer:
        """A folder's answer to a command, SELECT included, in one round trip. Raises FolderGone.

        `is_last`: no other command follows, so the folder is unselected in the same write.
        """
        if self.has_selected(folder):
            lines = self.run(question, patience=patience)
            selected = self.current_folder()
            return FolderAnswer(selected.uid_validity, selected.exists, lines)
        lines = self.select(folder, then=question, patience=patience, is_last=is_last)
        selected = self.current_folder()
        if is_last:
            self._selected = None
        return FolderAnswer(selected.uid_validity, selected.exists, lines)

    def query_after(self, first: bytes, folder: str, question: bytes) -> StatusAndAnswer:
        """The answer to `first`, nothing selected, then as `query_folder` for a last question, together.

        Raises FolderGone; CommandRefused when the question is refused.
        """
        self.unselect()
        selection = self._select(folder, before=first, then=question, is_last=True)
        selected = self.current_folder()
        self._selected = None
        answer = FolderAnswer(selected.uid_validity, selected.exists, selection.then)
        return StatusAndAnswer(selection.before, answer)

    def status(self, folder: str) -> bytes:
        """The folder's STATUS line: while it stays the same, nothing has changed. Raises FolderGone."""
        self.unselect()
        with translated_refusals(folder=folder):
            return answers.status_line(self.run(b"STATUS", mailbox_names.to_wire(folder), STATUS_ITEMS))

    def enter(self, ref: MessageRef) -> None:
        """Select the folder of a message. Raises MessageGone when it is not the same folder any more."""
        try:
            self.enter_folder(ref.folder)
        except FolderGone as gone:
            raise MessageGone("mailstore.message-gone") from gone
        if self.current_folder().uid_validity != ref.uid_validity:
            raise MessageGone("mailstore.message-gone")

    def enter_folder(self, folder: str) -> SelectedFolder:
        """Select the folder unless it is selected. Raises FolderGone."""
        if self._selected is None or self._selected.name != folder:
            self.retry_if_dead(lambda: self.select(folder))
        return self.current_folder()

    def select(
        self, folder: str, then: bytes = b"", patience: float = PATIENCE_SECONDS, *, is_last: bool = False
    ) -> list[Line]:
        """SELECT a folder; the answer to `then`, sent in the same write. Raises FolderGone.

        `is_last`: UNSELECT is sent in that write too.
        """
        return self._select(folder, then=then, patience=patience, is_last=is_last).then

    def _select(
        self,
        folder: str,
        *,
        before: bytes = b"",
        then: bytes = b"",
        patience: float = PATIENCE_SECONDS,
        is_last: bool = False,
    ) -> _Selection:
        check_name(folder)
        self._selected = None
        connection = self.lease.connection
        connection.selected = folder
        # CONDSTORE: without it HIGHESTMODSEQ may not be kept for this folder
        select = encoded(b"SELECT", mailbox_names.to_wire(folder), b"(CONDSTORE)")
        commands = [command for command in (before, select, then) if command]
        unawaited = _UNSELECT if is_last else b""
        try:
            with translated_refusals(folder=folder):
                lines = retry_untrue_refusal(
                    lambda: connection.run_pipelined(*commands, patience=patience, unawaited=unawaited),
                    "ALREADYEXISTS",
                )
        except FolderGone:
            connection.selected = None
            raise
        selected = lines[1 if before else 0]
        validity = int(answers.response_code(selected, b"UIDVALIDITY") or 0)
        self._selected = SelectedFolder(folder, validity, answers.exists(selected))
        if is_last:
            connection.selected = None
        return _Selection(lines[0] if before else [], lines[-1] if then else [])

    def has_selected(self, folder: str) -> bool:
        return self._selected is not None and self._selected.name == folder

    def current_folder(self) -> SelectedFolder:
        if self._selected is None:
            raise EngineDown("imap: aucun dossier n’est ouvert")
        return self._selected

    def unselect(self) -> None:
        """UNSELECT: a selected folder's STATUS would be the session's own old view."""
        if self._selected is not None:
            self._selected = None
            self.lease.connection.run_unawaited(_UNSELECT)  # commands run in order: no need to wait
            self.lease.connection.selected = None

    def validity_of(self, folder: str) -> int:
        """A folder's UIDVALIDITY, 0 when it is gone."""
        try:
            lines = self.run(b"STATUS", mailbox_names.to_wire(folder), b"(UIDVALIDITY)")
        except CommandRefused:
            return 0
        return next((answers.status_figures(line.text).get("UIDVALIDITY", 0) for line in lines), 0)

    def check_exists(self, folder: str) -> None:
        """Raises FolderGone."""
        if not self.validity_of(folder):
            raise FolderGone("mailstore.folder-gone", folder=folder)


def check_name(folder: str) -> None:
    """Raises FolderGone for a name that no folder can have."""
    if not mailbox_names.is_possible(folder):
        raise FolderGone("mailstore.folder-gone", folder=headers.clean(folder)[:100])


def uid_of(items: response_tree.Items) -> int:
    return response_tree.number_of(items.get("UID"))


def sequence_set(uids: Collection[int]) -> bytes:
    """UIDs as a sequence-set with runs folded: moving 50,000 messages is one short line."""
    pieces: list[str] = []
    ordered = sorted(set(uids))
    start = 0
    for place, uid in enumerate(ordered):
        if place + 1 == len(ordered) or ordered[place + 1] != uid + 1:
            first = ordered[start]
            pieces.append(str(uid) if first == uid else f"{first}:{uid}")
            start = place + 1
    return ",".join(pieces).encode("ascii")


def connector(
    address: tuple[str, int], token_for: Callable[[MailLogin], str], tls: ssl.SSLContext | None = None
) -> Callable[[MailLogin], Connection]:
    """The function by which the pool opens a connection; it asks for a token only then."""
    return pod_connector(lambda _mailbox: address, token_for, tls)


def pod_connector(
    address_of: Callable[[str], tuple[str, int]],
    token_for: Callable[[MailLogin], str],
    tls: ssl.SSLContext | None,
) -> Callable[[MailLogin], Connection]:
    """The same where mailboxes live on several pods: `address_of` says where one lives now."""

    def connect(login: MailLogin) -> Connection:
        with translated_refusals():
            return Connection.open(address_of(login.mailbox), login.mailbox, token_for(login), tls)

    return connect

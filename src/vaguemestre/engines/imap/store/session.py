"""A borrowed connection and what is selected on it: the ground under every question to a mailbox."""

import ssl
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from vaguemestre.engines.imap.protocol import headers, mailbox_names, parse, response_tree
from vaguemestre.engines.imap.protocol.wire import (
    PATIENCE,
    Answered,
    Argument,
    Connection,
    ConnectionDead,
    Line,
    encoded,
)
from vaguemestre.engines.imap.store.creation_race import begun
from vaguemestre.engines.imap.store.pool import Lease
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.post.mailstore.ports import FolderGone, MessageGone, QuotaReached
from vaguemestre.post.mailstore.values import FIELDS, MailLogin, MessageRef

OPENED = (
    b"(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS (REFERENCES %b)])"
    % " ".join(FIELDS).upper().encode("ascii")
)
_LEAVE = b"UNSELECT"
PATIENCE_BYTES = 30.0  # for whole messages, which may be 20 MB
_AWAY = frozenset({"UNAVAILABLE", "INUSE", "SERVERBUG", "LIMIT", "CONTACTADMIN", "EXPUNGEISSUED"})
_NO_FOLDER = frozenset({"NONEXISTENT", "TRYCREATE", "CANNOT", "NOPERM"})


@contextmanager
def meant(*, folder: str = "") -> Iterator[None]:
    """Turn a refusal's code into the port's own words. Codes of RFC 5530 and RFC 9208."""
    try:
        yield
    except Answered as answer:
        if answer.code in ("OVERQUOTA", "TOOBIG"):
            raise QuotaReached("mailstore.quota-reached") from answer
        if folder and answer.code in _NO_FOLDER:
            raise FolderGone("mailstore.folder-gone", folder=folder) from answer
        if answer.code in _AWAY:
            raise EngineDown(str(answer)) from answer
        raise


class Session:
    """One mailbox on one connection, for the time of a `with`.

    Begins with nothing selected; a folder stays selected for the questions that follow, until `leave`.
    """

    def __init__(self, login: MailLogin, lease: Lease) -> None:
        self.mailbox = login.mailbox
        self.lease = lease
        self._selected: tuple[str, int, int] | None = None  # folder, UIDVALIDITY, EXISTS

    def leave(self) -> None:
        """Make the connection fit for the next borrower. What fails here fails for nobody: it is closed."""
        try:
            self.unselect()
        except (EngineDown, EngineRefused):
            self._selected = None

    def one(
        self, ref: MessageRef, items: bytes, patience: float = PATIENCE, *, is_last: bool = False
    ) -> response_tree.Items:
        """What is asked of one message; `is_last` as for `ask_of`. Raises MessageGone."""
        question = b"UID FETCH %d %b" % (ref.uid, items)
        try:
            # a UID means nothing if the folder proves to be another one
            validity, _, lines = self.ask_of(ref.folder, question, patience, is_last=is_last)
        except FolderGone as gone:
            raise MessageGone("mailstore.message-gone") from gone
        if validity == ref.uid_validity:
            for found in response_tree.fetched(lines):
                if uid_of(found) == ref.uid and len(found) > 1:
                    return found
        raise MessageGone("mailstore.message-gone")

    def ask_of(
        self, folder: str, question: bytes, patience: float = PATIENCE, *, is_last: bool = False
    ) -> tuple[int, int, list[Line]]:
        """A folder's UIDVALIDITY and count, and what it answers, all in one breath. Raises FolderGone.

        `is_last`: nothing more is to be asked of it, so that it is left in that breath as well.
        """
        if self.has_selected(folder):
            lines = self.run(question, patience=patience)
            return *self.now_selected()[1:], lines
        lines = self.select(folder, then=question, patience=patience, is_left=is_last)
        _, validity, count = self.now_selected()
        if is_last:
            self._selected = None
        return validity, count, lines

    def enter(self, ref: MessageRef) -> None:
        """Select the folder of a message. Raises MessageGone when it is not the same folder any more."""
        try:
            self.enter_folder(ref.folder)
        except FolderGone as gone:
            raise MessageGone("mailstore.message-gone") from gone
        if self.now_selected()[1] != ref.uid_validity:
            raise MessageGone("mailstore.message-gone")

    def enter_folder(self, folder: str) -> tuple[str, int, int]:
        """Name, UIDVALIDITY and count of the folder, selected. Raises FolderGone."""
        if self._selected is None or self._selected[0] != folder:
            self.select(folder)
        return self.now_selected()

    def ask_after(
        self, first: bytes, folder: str, question: bytes
    ) -> tuple[list[Line], int, int, list[Line]]:
        """What `first` answers with nothing selected, then as `ask_of` for a last question, in one breath.

        Raises FolderGone; Answered when it refuses the question.
        """
        self.unselect()
        told, lines = self._select(folder, before=first, then=question, is_left=True)
        _, validity, count = self.now_selected()
        self._selected = None
        return told, validity, count, lines

    def select(
        self, folder: str, then: bytes = b"", patience: float = PATIENCE, *, is_left: bool = False
    ) -> list[Line]:
        """SELECT, and what `then` answers when it is asked in the same breath. Raises FolderGone.

        `is_left`: UNSELECT is told in that breath too.
        """
        return self._select(folder, then=then, patience=patience, is_left=is_left)[1]

    def _select(
        self,
        folder: str,
        *,
        before: bytes = b"",
        then: bytes = b"",
        patience: float = PATIENCE,
        is_left: bool = False,
    ) -> tuple[list[Line], list[Line]]:
        check_name(folder)
        self._selected = None
        connection = self.lease.connection
        connection.selected = folder
        # CONDSTORE: without it HIGHESTMODSEQ may not be kept for this folder
        select = encoded(b"SELECT", mailbox_names.to_wire(folder), b"(CONDSTORE)")
        asked = [command for command in (before, select, then) if command]
        tell = _LEAVE if is_left else b""
        try:
            with meant(folder=folder):
                answers = begun(
                    lambda: connection.run_together(*asked, patience=patience, tell=tell), "ALREADYEXISTS"
                )
        except FolderGone:
            connection.selected = None
            raise
        told = answers[1 if before else 0]
        self._selected = folder, int(parse.code(told, b"UIDVALIDITY") or 0), parse.exists(told)
        if is_left:
            connection.selected = None
        return (answers[0] if before else []), (answers[-1] if then else [])

    def has_selected(self, folder: str) -> bool:
        return self._selected is not None and self._selected[0] == folder

    def now_selected(self) -> tuple[str, int, int]:
        if self._selected is None:
            raise EngineDown("imap: nothing is selected")
        return self._selected

    def unselect(self) -> None:
        """UNSELECT: a selected folder's STATUS would be the session's own old view."""
        if self._selected is not None:
            self._selected = None
            self.lease.connection.tell(_LEAVE)  # commands are obeyed in their order: no need to wait
            self.lease.connection.selected = None

    def validity_of(self, folder: str) -> int:
        """A folder's UIDVALIDITY, 0 when it is gone."""
        try:
            lines = self.run(b"STATUS", mailbox_names.to_wire(folder), b"(UIDVALIDITY)")
        except Answered:
            return 0
        return next(
            (parse.numbers(line.text[line.text.rfind(b"(") :]).get("UIDVALIDITY", 0) for line in lines), 0
        )

    def must_exist(self, folder: str) -> None:
        """Raises FolderGone."""
        if not self.validity_of(folder):
            raise FolderGone("mailstore.folder-gone", folder=folder)

    def run(self, *arguments: Argument, patience: float = PATIENCE) -> list[Line]:
        with meant():
            return self.lease.connection.run(*arguments, patience=patience)

    def again[T](self, ask: Callable[[], T]) -> T:
        """A question may be asked once more when a kept connection proves dead."""
        try:
            return ask()
        except ConnectionDead:
            self._selected = None
            if not self.lease.renew():
                raise
            return ask()


def check_name(folder: str) -> None:
    if not mailbox_names.is_possible(folder):
        raise FolderGone("mailstore.folder-gone", folder=headers.clean(folder)[:100])


def uid_of(items: response_tree.Items) -> int:
    return response_tree.number_of(items.get("UID"))


def folded(uids: Collection[int]) -> bytes:
    """UIDs as a sequence-set, runs folded: moving 50,000 messages is one short line."""
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
    """How the pool opens a connection: a token is asked for only then."""

    def connect(login: MailLogin) -> Connection:
        with meant():
            return Connection.open(address, login.mailbox, token_for(login), tls)

    return connect

"""The webmail's port over IMAP: what is asked, in the order that costs least.

Every method starts with nothing selected, or with the folder it left selected in the same `with`.
"""

import re
import ssl
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from vaguemestre.engines.imap import names, parse
from vaguemestre.engines.imap.pages import Pages, Summaries
from vaguemestre.engines.imap.pool import Lease, Pool
from vaguemestre.engines.imap.wire import (
    PATIENCE,
    Answered,
    Argument,
    Connection,
    ConnectionDead,
    Line,
    encoded,
)
from vaguemestre.kernel.errors import EngineDown, EngineRefused
from vaguemestre.webmail.ports import FolderGone, MessageGone, QuotaReached
from vaguemestre.webmail.values import (
    Folder,
    MailLogin,
    MessageRef,
    OpenedMessage,
    Page,
    Part,
    Row,
    Summary,
    Use,
)

SUMMARY = b"(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE PREVIEW)"
_SUMMARY_WHERE = b"(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE PREVIEW X-MAILBOX X-REAL-UID)"
_OPENED = b"(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS (REFERENCES)])"
_STATUS = b"(MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ)"
_PATIENCE_BYTES = 30.0  # for whole messages, which may be 20 MB
MOST_IN_CONVERSATION = 500
_FLAG = re.compile(r"\\?[A-Za-z0-9$_.-]{1,60}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6}){0,100}", re.ASCII)
_USES = {
    b"\\Drafts": Use.DRAFTS,
    b"\\Sent": Use.SENT,
    b"\\Archive": Use.ARCHIVE,
    b"\\Junk": Use.JUNK,
    b"\\Trash": Use.TRASH,
}
_ORDER = [Use.INBOX, Use.DRAFTS, Use.SENT, Use.ARCHIVE, Use.JUNK, Use.TRASH]
_AWAY = frozenset({"UNAVAILABLE", "INUSE", "SERVERBUG", "LIMIT", "CONTACTADMIN", "EXPUNGEISSUED"})
_NO_FOLDER = frozenset({"NONEXISTENT", "TRYCREATE", "CANNOT", "NOPERM"})


@contextmanager
def meant(*, folder: str = "") -> Iterator[None]:
    """Turn a refusal's code into the port's own words. Codes of RFC 5530 and RFC 9208."""
    try:
        yield
    except Answered as answer:
        if answer.code in ("OVERQUOTA", "TOOBIG"):
            raise QuotaReached("webmail.quota-reached") from answer
        if folder and answer.code in _NO_FOLDER:
            raise FolderGone("webmail.folder-gone", folder=folder) from answer
        if answer.code in _AWAY:
            raise EngineDown(str(answer)) from answer
        raise


class ImapMailbox:
    """Implements `webmail.ports.Mailbox` on a borrowed connection."""

    def __init__(
        self,
        login: MailLogin,
        lease: Lease,
        pages: Pages,
        summaries: Summaries,
        everything: str,
        search_patience: float,
    ) -> None:
        self._patience = search_patience
        self._mailbox = login.mailbox
        self._lease = lease
        self._pages = pages
        self._summaries = summaries
        self._everything = everything
        self._selected: tuple[str, int, int] | None = None  # folder, UIDVALIDITY, EXISTS
        self._opened: tuple[MessageRef, Part] | None = None

    # Lists

    def folders(self) -> tuple[Folder, ...]:
        def ask() -> list[Line]:
            self._leave()
            return self._run(b'LIST "" "*" RETURN (SPECIAL-USE STATUS (MESSAGES UNSEEN))')

        return _folders(self._again(ask), self._everything)

    def page(self, folder: str, offset: int, size: int) -> Page:
        _check_name(folder)
        return self._again(lambda: self._page(folder, max(0, offset), size))

    def search(self, folder: str, terms: Sequence[str], offset: int, size: int) -> Page:
        _check_name(folder)
        criteria: list[Argument] = []
        for term in terms:
            if words := parse.clean(term).strip():
                criteria += [b"TEXT", words]
        return self._again(lambda: self._search(folder, criteria or [b"ALL"], max(0, offset), size))

    def conversation(self, ref: MessageRef) -> tuple[Row, ...]:
        return self._again(lambda: self._conversation(ref))

    def find_by_message_id(self, folder: str, message_id: str) -> tuple[MessageRef, ...]:
        _check_name(folder)

        def ask() -> tuple[MessageRef, ...]:
            validity = self._enter_folder(folder)[1]
            # the header index answers with what resembles: the envelope decides
            _, uids = self._found([b"HEADER", b"Message-ID", message_id])
            if not uids:
                return ()
            lines = self._run(b"UID FETCH", uids, b"(UID ENVELOPE)")
            return tuple(
                MessageRef(folder, validity, uid)
                for items in parse.fetched(lines)
                if (uid := _uid(items)) and parse.summary(items, uid).message_id == message_id
            )

        return self._again(ask)

    # Reads

    def open(self, ref: MessageRef) -> OpenedMessage:
        def ask() -> OpenedMessage:
            items = self._one(ref, _OPENED)
            message = parse.opened(ref, items)
            self._opened = ref, message.root
            return message

        return self._again(ask)

    def part(self, ref: MessageRef, number: str, limit: int | None = None) -> bytes:
        if not _NUMBER.fullmatch(number):
            return b""
        return self._again(lambda: self._bytes_of_part(ref, number, limit))[:limit]

    def raw(self, ref: MessageRef) -> bytes:
        def ask() -> bytes:
            items = self._one(ref, b"(UID BODY.PEEK[])", _PATIENCE_BYTES)
            return parse.section(items, "BODY[]") or b""

        return self._again(ask)

    # Marks: never tried twice, since a first try may have been heard

    def flag(self, refs: Sequence[MessageRef], add: Collection[str], remove: Collection[str]) -> None:
        for flag in (*add, *remove):
            if not _FLAG.fullmatch(flag):
                raise EngineRefused("imap: not a flag")
        for uids in self._each_box(refs):
            for sign, flags in ((b"+", add), (b"-", remove)):
                if flags:
                    listed = " ".join(sorted(flags)).encode("ascii")
                    self._run(b"UID STORE", _set(uids), b"%bFLAGS.SILENT (%b)" % (sign, listed))

    def move(self, refs: Sequence[MessageRef], to: str) -> tuple[MessageRef, ...]:
        _check_name(to)
        moved: dict[MessageRef, MessageRef] = {}
        for uids in self._each_box(refs):
            folder, validity, _ = self._now_selected()
            with meant(folder=to):
                lines = self._run(b"UID MOVE", _set(uids), names.to_wire(to), patience=_PATIENCE_BYTES)
            if (copied := parse.code(lines, b"COPYUID")) is not None:
                there, before, after = copied.split(b" ", 2)
                for old, new in zip(parse.uid_set(before), parse.uid_set(after), strict=False):
                    moved[MessageRef(folder, validity, old)] = MessageRef(to, int(there), new)
        if not moved:
            self._must_exist(to)
        return tuple(moved[ref] for ref in dict.fromkeys(refs) if ref in moved)

    def expunge(self, refs: Sequence[MessageRef]) -> None:
        for uids in self._each_box(refs):
            self._run(b"UID STORE", _set(uids), b"+FLAGS.SILENT (\\Deleted)", patience=_PATIENCE_BYTES)
            self._run(b"UID EXPUNGE", _set(uids), patience=_PATIENCE_BYTES)

    def append(self, folder: str, content: bytes, flags: Collection[str], date: datetime) -> MessageRef:
        _check_name(folder)
        for flag in flags:
            if not _FLAG.fullmatch(flag):
                raise EngineRefused("imap: not a flag")
        self._leave()
        with meant(folder=folder):
            lines = self._lease.connection.send_message(
                b"APPEND",
                names.to_wire(folder),
                b"(%b)" % " ".join(sorted(flags)).encode("ascii"),
                date.strftime(f"%d-{parse.MONTHS[date.month - 1]}-%Y %H:%M:%S %z")
                .encode("ascii")
                .join((b'"', b'"')),
                content=content,
                patience=_PATIENCE_BYTES,
            )
        validity, _, uid = (parse.code(lines, b"APPENDUID") or b"").partition(b" ")
        if not (validity.isdigit() and uid.isdigit()):
            raise EngineRefused("imap APPEND: no APPENDUID")
        return MessageRef(folder, int(validity), int(uid))

    def leave(self) -> None:
        """Make the connection fit for the next borrower. What fails here fails for nobody: it is closed."""
        try:
            self._leave()
        except (EngineDown, EngineRefused):
            self._selected = None

    # Inside: lists

    def _page(self, folder: str, offset: int, size: int) -> Page:
        self._leave()
        with meant(folder=folder):
            lines = self._run(b"STATUS", names.to_wire(folder), _STATUS)
        status = next((line.text for line in lines if line.text.startswith(b"STATUS")), b"")
        key = folder, offset, size
        if (kept := self._pages.get(self._mailbox, key, status)) is not None:
            return kept
        figures = parse.numbers(status[status.rfind(b"(") :])
        validator = ".".join(str(figures.get(name, 0)) for name in _VALIDATOR)
        unread = figures.get("UNSEEN", 0)
        if folder == self._everything:
            total, rows = self._sorted_rows([b"ALL"], offset, size)
            page = Page(folder, figures.get("UIDVALIDITY", 0), total, unread, offset, rows, validator)
        else:
            validity, total, rows = self._rows(folder, offset, size)
            page = Page(folder, validity, total, unread, offset, rows, validator)
        self._pages.keep(self._mailbox, key, status, page)
        return page

    def _rows(self, folder: str, offset: int, size: int) -> tuple[int, int, tuple[Row, ...]]:
        _, validity, exists = self._enter_folder(folder)
        high = exists - offset
        if high < 1 or size < 1:
            return validity, exists, ()
        box = self._mailbox, folder, validity
        # flags alone when most summaries are known already; else everything in one round trip
        items = b"(UID FLAGS)" if self._summaries.has(box) else SUMMARY
        lines = self._run(b"FETCH %d:%d %b" % (max(1, high - size + 1), high, items))
        if items is SUMMARY:
            self._summaries.keep(box, _summaries(lines))
        pairs = parse.flags_by_uid(lines)[::-1]
        return validity, exists, self._with_summaries(folder, validity, pairs)

    def _with_summaries(
        self, folder: str, validity: int, pairs: list[tuple[int, frozenset[str]]]
    ) -> tuple[Row, ...]:
        """Rows in the order of `pairs`; a message expunged meanwhile has none."""
        box = self._mailbox, folder, validity
        known = self._summaries.known(box, (uid for uid, _ in pairs))
        if missing := [uid for uid, _ in pairs if uid not in known]:
            lines = self._run(b"UID FETCH", _set(missing), SUMMARY)
            found = _summaries(lines)
            self._summaries.keep(box, found)
            known |= found
        return tuple(
            Row(known[uid], flags, MessageRef(folder, validity, uid)) for uid, flags in pairs if uid in known
        )

    def _search(self, folder: str, criteria: list[Argument], offset: int, size: int) -> Page:
        _, validity, _ = self._enter_folder(folder)
        if folder == self._everything:
            total, rows = self._sorted_rows(criteria, offset, size)
        else:
            total, written = self._found(criteria)
            wanted = parse.last_uids(written, offset + size)[offset:]
            flags = self._run(b"UID FETCH", _set(wanted), b"(UID FLAGS)") if wanted else []
            by_uid = dict(parse.flags_by_uid(flags))
            pairs = [(uid, by_uid[uid]) for uid in wanted if uid in by_uid]
            rows = self._with_summaries(folder, validity, pairs)
        return Page(folder, validity, total, 0, offset, rows, f"{validity}.{total}")

    def _found(self, criteria: list[Argument]) -> tuple[int, bytes]:
        """How many messages, and their UIDs as a set in ascending order."""
        question = b"UID SEARCH RETURN (COUNT ALL) CHARSET UTF-8"
        for line in self._run(question, *criteria, patience=self._patience):
            if line.text.startswith(b"ESEARCH") and (found := _ALL_FOUND.search(line.text)):
                count = _COUNT_FOUND.search(line.text)
                return int(count[1]) if count else 0, found[1]
        return 0, b""

    def _sorted_rows(self, criteria: list[Argument], offset: int, size: int) -> tuple[int, tuple[Row, ...]]:
        """Newest first over all folders: that box's own order is the one in which folders were looked at."""
        self._enter_folder(self._everything)
        partial = b"UID SORT RETURN (COUNT PARTIAL %d:%d) (REVERSE ARRIVAL) UTF-8" % (
            offset + 1,
            offset + max(1, size),
        )
        lines = self._run(partial, *criteria, patience=self._patience)
        answer = next((line.text for line in lines if line.text.startswith(b"ESEARCH")), b"")
        found = _PARTIAL_FOUND.search(answer)
        uids = parse.uid_set(found[1]) if found else []
        return parse.numbers(answer).get("COUNT", 0), self._rows_of_everything(uids)

    def _rows_of_everything(self, uids: list[int]) -> tuple[Row, ...]:
        """Rows of the box of all folders, in the order given, each under its real folder's name and UID."""
        if not uids:
            return ()
        lines = self._run(b"UID FETCH", _set(uids), _SUMMARY_WHERE)
        validities: dict[str, int] = {}
        rows: dict[int, Row] = {}
        for items in parse.fetched(lines):
            folder = names.from_wire(parse.octets(items.get("X-MAILBOX")).decode("latin-1"))
            real = parse.octets(items.get("X-REAL-UID"))
            if folder not in validities:
                validities[folder] = self._validity(folder)
            if real.isdigit() and validities[folder]:
                summary = parse.summary(items, int(real))
                flags = parse.flags(items)
                rows[_uid(items)] = Row(summary, flags, MessageRef(folder, validities[folder], int(real)))
        return tuple(rows[uid] for uid in uids if uid in rows)

    def _validity(self, folder: str) -> int:
        """A folder's UIDVALIDITY, 0 when it is gone."""
        try:
            lines = self._run(b"STATUS", names.to_wire(folder), b"(UIDVALIDITY)")
        except Answered:
            return 0
        return next(
            (parse.numbers(line.text[line.text.rfind(b"(") :]).get("UIDVALIDITY", 0) for line in lines), 0
        )

    def _conversation(self, ref: MessageRef) -> tuple[Row, ...]:
        message = parse.opened(ref, self._one(ref, _OPENED))
        parents = parse.message_ids(message.in_reply_to)
        ids = {i for i in (message.message_id, *message.references[:1], *parents[:1]) if i}
        own = self._with_summaries(ref.folder, ref.uid_validity, [(ref.uid, message.flags)])
        if not ids:
            return own
        criteria: list[Argument] = []
        for one in sorted(ids):
            for name in (b"References", b"In-Reply-To", b"Message-ID"):
                criteria += [b"HEADER", name, one]
        keys = len(criteria) // 3
        self._enter_folder(self._everything)
        _, written = self._found([b"OR"] * (keys - 1) + criteria)
        found = self._rows_of_everything(parse.last_uids(written, MOST_IN_CONVERSATION))
        rows = {row.ref: row for row in (*found, *own)}
        return tuple(sorted(rows.values(), key=lambda row: (row.summary.date, row.ref.uid)))

    # Inside: messages

    def _one(self, ref: MessageRef, items: bytes, patience: float = PATIENCE) -> parse.Items:
        """What is asked of one message. Raises MessageGone."""
        for found in parse.fetched(self._asked_of(ref, items, patience)):
            if _uid(found) == ref.uid and len(found) > 1:
                return found
        raise MessageGone("webmail.message-gone")

    def _asked_of(self, ref: MessageRef, items: bytes, patience: float) -> list[Line]:
        question = b"UID FETCH %d %b" % (ref.uid, items)
        if self._selected is not None and self._selected[0] == ref.folder:
            self._check(ref)
            return self._run(question, patience=patience)
        # both at once: a UID means nothing else if the folder proves to be another one
        try:
            lines = self._select(ref.folder, then=question, patience=patience)
        except FolderGone as gone:
            raise MessageGone("webmail.message-gone") from gone
        self._check(ref)
        return lines

    def _bytes_of_part(self, ref: MessageRef, number: str, limit: int | None) -> bytes:
        if self._opened is None or self._opened[0] != ref:
            self._opened = ref, parse.structure(self._one(ref, b"(UID BODYSTRUCTURE)").get("BODYSTRUCTURE"))
        part = next((p for p in _walked(self._opened[1]) if p.number == number), None)
        if part is None:
            return b""
        # base64 grows by 4/3 and its line ends, quoted-printable by 3 at worst
        asked = (
            b""
            if limit is None
            else b"<0.%d>" % (limit * (3 if part.encoding == "quoted-printable" else 2) + 100)
        )
        wanted = b"(UID BODY.PEEK[%b]%b)" % (number.encode("ascii"), asked)
        items = self._one(ref, wanted, _PATIENCE_BYTES)
        return parse.undone(parse.section(items, "BODY[") or b"", part.encoding)

    def _each_box(self, refs: Sequence[MessageRef]) -> Iterator[list[int]]:
        """For each folder that is still the one meant: select it, give the UIDs."""
        boxes: dict[tuple[str, int], set[int]] = defaultdict(set)
        for ref in refs:
            boxes[ref.folder, ref.uid_validity].add(ref.uid)
        for (folder, validity), uids in boxes.items():
            try:
                self._enter(MessageRef(folder, validity, 0))
            except MessageGone:
                continue
            yield sorted(uids)

    # Inside: the connection

    def _enter(self, ref: MessageRef) -> None:
        """Select the folder of a message. Raises MessageGone when it is not the same folder any more."""
        try:
            self._enter_folder(ref.folder)
        except FolderGone as gone:
            raise MessageGone("webmail.message-gone") from gone
        self._check(ref)

    def _check(self, ref: MessageRef) -> None:
        if self._now_selected()[1] != ref.uid_validity:
            raise MessageGone("webmail.message-gone")

    def _enter_folder(self, folder: str) -> tuple[str, int, int]:
        """Name, UIDVALIDITY and count of the folder, selected. Raises FolderGone."""
        if self._selected is None or self._selected[0] != folder:
            self._select(folder)
        return self._now_selected()

    def _select(self, folder: str, then: bytes = b"", patience: float = PATIENCE) -> list[Line]:
        """SELECT, and what `then` answers when it is asked in the same breath. Raises FolderGone."""
        _check_name(folder)
        self._selected = None
        connection = self._lease.connection
        connection.selected = folder
        # CONDSTORE: without it HIGHESTMODSEQ may not be kept for this folder
        select = encoded(b"SELECT", names.to_wire(folder), b"(CONDSTORE)")
        lines: list[Line] = []
        try:
            with meant(folder=folder):
                if then:
                    told, lines = connection.run_both(select, then, patience)
                else:
                    told = connection.run(select)
        except FolderGone:
            connection.selected = None
            raise
        self._selected = folder, int(parse.code(told, b"UIDVALIDITY") or 0), parse.exists(told)
        return lines

    def _now_selected(self) -> tuple[str, int, int]:
        if self._selected is None:
            raise EngineDown("imap: nothing is selected")
        return self._selected

    def _leave(self) -> None:
        """UNSELECT: a selected folder's STATUS would be the session's own old view."""
        if self._selected is not None:
            self._selected = None
            self._run(b"UNSELECT")
            self._lease.connection.selected = None

    def _must_exist(self, folder: str) -> None:
        if not self._validity(folder):
            raise FolderGone("webmail.folder-gone", folder=folder)

    def _run(self, *arguments: Argument, patience: float = PATIENCE) -> list[Line]:
        with meant():
            return self._lease.connection.run(*arguments, patience=patience)

    def _again[T](self, ask: Callable[[], T]) -> T:
        """A question may be asked once more when a kept connection proves dead."""
        try:
            return ask()
        except ConnectionDead:
            self._selected = None
            if not self._lease.renew():
                raise
            return ask()


_VALIDATOR = ("UIDVALIDITY", "UIDNEXT", "MESSAGES", "UNSEEN", "HIGHESTMODSEQ")
_ALL_FOUND = re.compile(rb" ALL ([0-9:,]+)")
_COUNT_FOUND = re.compile(rb" COUNT ([0-9]+)")
_PARTIAL_FOUND = re.compile(rb" PARTIAL \([0-9:]+ ([0-9:,]+)\)")
_LISTED = re.compile(rb"LIST \(([^)]*)\) (?:NIL|\"[^\"]*\") ")


def _folders(lines: list[Line], everything: str) -> tuple[Folder, ...]:
    listed: list[tuple[str, Use, bool]] = []
    counts: dict[str, dict[str, int]] = {}
    for line in lines:
        nodes = parse.tree(line)
        if len(nodes) < 3:
            continue
        if nodes[0] == "LIST":
            name = _name(nodes[-1])
            flags = nodes[1] if isinstance(nodes[1], list) else []
            listed.append(
                (name, _use(name, flags), not {"\\Noselect", "\\NonExistent"} & {str(f) for f in flags})
            )
        elif nodes[0] == "STATUS":
            counts[_name(nodes[1])] = parse.numbers(line.text[line.text.rfind(b"(") :])
    uses = {name: use for name, use, _ in listed}
    everywhere = [n for n in counts if uses.get(n.split("/", 1)[0]) not in (Use.JUNK, Use.TRASH)]
    counts[everything] = {
        what: sum(counts[name].get(what, 0) for name in everywhere) for what in ("MESSAGES", "UNSEEN")
    }
    listed = [one for one in listed if one[0] != everything and not everything.startswith(f"{one[0]}/")]
    listed.append((everything, Use.ALL, True))
    return tuple(
        Folder(
            name=name,
            use=use,
            total=counts.get(name, {}).get("MESSAGES", 0),
            unread=counts.get(name, {}).get("UNSEEN", 0),
            depth=name.count("/") if use is Use.OTHER else 0,
            selectable=selectable,
        )
        for name, use, selectable in sorted(listed, key=lambda one: _rank(one[0], uses, everything))
    )


def _rank(name: str, uses: dict[str, Use], everything: str) -> tuple[int, list[str]]:
    """Special folders first, each followed by what it holds; then the person's own, by name."""
    use = Use.ALL if name == everything else uses.get(name.split("/", 1)[0], Use.OTHER)
    order = list(Use).index(use)
    return order, [step.casefold() for step in name.split("/")]


def _use(name: str, flags: list[parse.Node]) -> Use:
    if name.upper() == "INBOX":
        return Use.INBOX
    return next((use for flag, use in _USES.items() if flag.decode("ascii") in flags), Use.OTHER)


def _name(node: parse.Node) -> str:
    return names.from_wire(parse.octets(node).decode("utf-8", "replace"))


def _check_name(folder: str) -> None:
    if not names.is_possible(folder):
        raise FolderGone("webmail.folder-gone", folder=parse.clean(folder)[:100])


def _uid(items: parse.Items) -> int:
    return parse.number(items.get("UID"))


def _summaries(lines: list[Line]) -> dict[int, Summary]:
    return {uid: parse.summary(items, uid) for items in parse.fetched(lines) if (uid := _uid(items))}


def _set(uids: Collection[int]) -> bytes:
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


def _walked(part: Part) -> Iterator[Part]:
    yield part
    for child in part.children:
        yield from _walked(child)


class ImapMailboxes:
    """Implements `webmail.ports.OpenMailbox`: one for each process.

    `everything` is the virtual box of all folders. `search_patience`: seconds a search may take; without a
    full-text index a big box needs more than a person should wait for anything else.
    """

    def __init__(
        self,
        pool: Pool,
        pages: Pages,
        summaries: Summaries,
        *,
        everything: str = "Virtuel/All",
        search_patience: float = PATIENCE,
    ) -> None:
        self.pool = pool
        self._patience = search_patience
        self._pages = pages
        self._summaries = summaries
        self._everything = everything

    @contextmanager
    def __call__(self, login: MailLogin) -> Iterator[ImapMailbox]:
        with self.pool.lend(login) as lease:
            mailbox = ImapMailbox(
                login, lease, self._pages, self._summaries, self._everything, self._patience
            )
            try:
                yield mailbox
            finally:
                mailbox.leave()


def connector(
    address: tuple[str, int], token_for: Callable[[MailLogin], str], tls: ssl.SSLContext | None = None
) -> Callable[[MailLogin], Connection]:
    """How the pool opens a connection: a token is asked for only then."""

    def connect(login: MailLogin) -> Connection:
        with meant():
            return Connection.open(address, login.mailbox, token_for(login), tls)

    return connect

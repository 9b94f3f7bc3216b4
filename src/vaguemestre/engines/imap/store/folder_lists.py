"""Looking along folders: `mailstore.ports.Lists`."""

import re
import time
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple
from zlib import crc32

from vaguemestre.engines.imap.cache.page_cache import Made, PageKey, Pages, Summaries
from vaguemestre.engines.imap.cache.sort_cache import Arrival, Orders, unpacked
from vaguemestre.engines.imap.protocol import (
    folder_list,
    headers,
    list_fetch,
    mailbox_names,
    parse,
    response_tree,
)
from vaguemestre.engines.imap.protocol.headers import moment
from vaguemestre.engines.imap.protocol.wire import Answered, Argument, Line, TooSlow, encoded
from vaguemestre.engines.imap.store.pool import Lease
from vaguemestre.engines.imap.store.session import OPENED, Session, check_name, folded, meant, uid_of
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.post.mailstore.values import Folder, MailLogin, MessageRef, Page, Row, Summary, View

# What is asked of a page never seen before; of another one, whose summaries are nearly all known, the marks.
SUMMARY = b"(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE PREVIEW)"
_SUMMARY_WHERE = b"(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE PREVIEW X-MAILBOX X-REAL-UID)"
_MARKS = b"(UID FLAGS)"
# Of a message whose envelope or structure is beyond reading.
_SIMPLE = b"(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (SUBJECT)]<0.2000>)"
_SIMPLE_WHERE = _SIMPLE.replace(b"UID ", b"UID X-MAILBOX X-REAL-UID ", 1)
_PATIENCE_EACH = 1.5  # seconds for one message, where a page of them took too long
_PATIENCE_CAREFUL = 12.0  # for all of them; what was learnt is kept
_STATUS = b"(MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ)"
VALIDATOR = ("UIDVALIDITY", "UIDNEXT", "MESSAGES", "UNSEEN", "HIGHESTMODSEQ")
_SAME_MESSAGES = ("UIDVALIDITY", "UIDNEXT", "MESSAGES")
_COUNT_FOUND = re.compile(rb" COUNT ([0-9]+)")
_PARTIAL_FOUND = re.compile(rb" PARTIAL \([0-9:]+ ([0-9:,]+)\)")
MOST_IN_CONVERSATION = 500
PLAIN = View()


class _Ahead(NamedTuple):
    """What was asked before it was known to be the right question, and of which folder it proved to be.

    `kept`: the page whose changes it asks for, if any.
    """

    question: bytes
    kept: Made | None
    uid_validity: int
    total: int
    lines: list[Line]


class Listing(Session):
    def __init__(
        self,
        login: MailLogin,
        lease: Lease,
        pages: Pages,
        summaries: Summaries,
        orders: Orders,
        everything: str,
        search_patience: float,
    ) -> None:
        super().__init__(login, lease)
        self._pages = pages
        self._summaries = summaries
        self._orders = orders
        self._everything = everything
        self._search_patience = search_patience
        self._careful_until = 0.0  # monotonic; 0: messages are asked for together

    def carefully[T](self, ask: Callable[[], T]) -> T:
        """As `again`; where the store is there but does not end its answer, message by message."""
        try:
            return self.again(ask)
        except TooSlow:
            if not self.lease.has_heard:
                raise
        self._selected = None
        self.lease.replace()
        self._careful_until = time.monotonic() + _PATIENCE_CAREFUL
        try:
            return self.again(ask)
        finally:
            self._careful_until = 0.0

    def folders(self) -> tuple[Folder, ...]:
        def ask() -> list[Line]:
            self.unselect()
            return self.run(b'LIST "" "*" RETURN (SUBSCRIBED SPECIAL-USE STATUS (MESSAGES UNSEEN))')

        return folder_list.listed(self.again(ask), self._everything)

    def page(self, folder: str, offset: int, size: int) -> Page:
        check_name(folder)
        return self.carefully(lambda: self._page(folder, max(0, offset), size))

    def search(self, folder: str, terms: Sequence[str], offset: int, size: int) -> Page:
        check_name(folder)
        criteria: list[Argument] = []
        for term in terms:
            if said := headers.clean(term).strip():
                criteria += [b"TEXT", said]
        return self.carefully(lambda: self._search(folder, criteria or [b"ALL"], max(0, offset), size))

    def conversation(self, ref: MessageRef) -> tuple[Row, ...]:
        return self.carefully(lambda: self._conversation(ref))

    def find_by_message_id(self, folder: str, message_id: str) -> tuple[MessageRef, ...]:
        check_name(folder)

        def ask() -> tuple[MessageRef, ...]:
            validity = self.enter_folder(folder)[1]
            # the header index answers with what resembles: the envelope decides
            _, uids = self._found([b"HEADER", b"Message-ID", message_id])
            if not uids:
                return ()
            lines = self.run(b"UID FETCH", uids, b"(UID ENVELOPE)")
            return tuple(
                MessageRef(folder, validity, uid)
                for items in response_tree.fetched(lines)
                if (uid := uid_of(items)) and parse.summary(items, uid).message_id == message_id
            )

        return self.again(ask)

    def _status(self, folder: str) -> bytes:
        """The folder's STATUS, as answered: what proves that nothing changed."""
        self.unselect()
        with meant(folder=folder):
            return _said(self.run(b"STATUS", mailbox_names.to_wire(folder), _STATUS))

    def _status_and_more(self, folder: str, offset: int, size: int) -> tuple[bytes, _Ahead | None]:
        """The folder's STATUS; in the same breath, what will most likely have to be asked after it."""
        if self._careful_until:
            return self._status(folder), None
        kept = self._pages.last(self.mailbox, (folder, offset, size, PLAIN))
        question = self._likely_rows(folder, offset, size) if kept is None else b""
        if kept is not None and kept.has_changed and folder != self._everything:
            question = _changed_since(kept)  # what is on a screen is asked for because something moves
        if not question:
            return self._status(folder), None
        status = encoded(b"STATUS", mailbox_names.to_wire(folder), _STATUS)
        try:
            told, validity, total, lines = self.ask_after(status, folder, question)
        except Answered:
            return self._status(folder), None  # fewer messages than a moment ago
        return _said(told), _Ahead(question, kept, validity, total, lines)

    def _likely_rows(self, folder: str, offset: int, size: int) -> bytes:
        """The question for rows never listed, where they lay a moment ago; empty when that is not known."""
        arrival = self._orders.arrival(self.mailbox, folder)
        if arrival is None:
            return b""
        if arrival.is_natural:
            return _fetch(self._pages.total(self.mailbox, folder), offset, size, SUMMARY)
        order = self._orders.last((self.mailbox, folder, PLAIN))
        return _fetch_these(order[offset : offset + size], SUMMARY) if isinstance(order, array) else b""

    def _page(self, folder: str, offset: int, size: int) -> Page:
        status, ahead = self._status_and_more(folder, offset, size)
        key = folder, offset, size, PLAIN
        if (kept := self._pages.get(self.mailbox, key, status)) is not None:
            return kept
        figures = _figures(status)
        validator = ".".join(str(figures.get(name, 0)) for name in VALIDATOR)
        unread = figures.get("UNSEEN", 0)
        if folder == self._everything:
            total, rows = self._sorted_rows([b"ALL"], offset, size)
            page = Page(folder, figures.get("UIDVALIDITY", 0), total, unread, offset, rows, validator)
        elif (reflagged := self._reflagged(folder, key, figures, ahead)) is not None:
            page = replace(reflagged, unread=unread, validator=validator)
        else:
            validity, total, rows = self._rows(folder, offset, size, figures, ahead)
            page = Page(folder, validity, total, unread, offset, rows, validator)
        self._pages.keep(self.mailbox, key, status, page)
        return page

    def _reflagged(
        self, folder: str, key: PageKey, told: dict[str, int], ahead: _Ahead | None
    ) -> Page | None:
        """The page made before, its marks as they are now; None when more than marks may have changed.

        `told`: the figures of STATUS now. Only what changed since is asked.
        """
        kept = ahead.kept if ahead else self._pages.last(self.mailbox, key)
        if kept is None:
            return None
        before = _figures(kept.status)
        if any(before.get(name) != told.get(name) for name in _SAME_MESSAGES):
            return None
        if ahead:
            validity, count, lines = ahead.uid_validity, ahead.total, ahead.lines
        elif question := _changed_since(kept):
            validity, count, lines = self.ask_of(folder, question, is_last=True)
        else:
            return None
        page = kept.page
        if (validity, count) != (page.uid_validity, page.total):
            return None  # it changed again between the two questions
        marks = dict(parse.flags_by_uid(lines))
        rows = tuple(
            replace(row, flags=marks[row.ref.uid]) if row.ref.uid in marks else row for row in page.rows
        )
        return replace(page, rows=rows)

    def _rows(
        self, folder: str, offset: int, size: int, told: dict[str, int], ahead: _Ahead | None
    ) -> tuple[int, int, tuple[Row, ...]]:
        """UIDVALIDITY, count, rows. `told`: the figures of STATUS, so that one round trip does.

        Messages nearly always lie in the order in which they came; then a page is a run of them. Where that
        is not so (an old one was moved in, by an undo for instance) the server sorts.
        """
        known = self._orders.arrival(self.mailbox, folder)
        if known is None or known.uid_validity != told.get("UIDVALIDITY"):
            known = self._first_look(folder, told)
        if known.is_natural:
            validity, exists, rows = self._run_of_rows(folder, offset, size, told.get("MESSAGES", 0), ahead)
            if self._still_natural(folder, known, told.get("UIDNEXT", 0), rows):
                return validity, exists, rows
        uids = self._by_arrival(folder, told)
        validity = told.get("UIDVALIDITY", 0)
        seen = bool(self._careful_until) or self._pages.has(self.mailbox, (folder, offset, size, PLAIN))
        rows = self._rows_in_order(folder, validity, uids[offset : offset + size], ahead, seen=seen)
        return validity, len(uids), rows

    def _rows_in_order(
        self, folder: str, validity: int, uids: Sequence[int], ahead: _Ahead | None, *, seen: bool
    ) -> tuple[Row, ...]:
        """Rows of these UIDs; none when the folder proves to be another one than that of `validity`."""
        if not uids:
            return ()
        items = _MARKS if seen else SUMMARY
        question = _fetch_these(uids, items)
        if ahead and ahead.question == question:
            here, lines = ahead.uid_validity, ahead.lines
        else:
            here, _, lines = self.ask_of(folder, question, is_last=not seen)
        if here != validity:
            return ()
        marks, told = _read(lines, items)
        by_uid = dict(marks)
        pairs = [(uid, by_uid[uid]) for uid in uids if uid in by_uid]
        return self._with_summaries(folder, validity, pairs, told)

    def _first_look(self, folder: str, told: dict[str, int]) -> Arrival:
        _, validity, exists = self.enter_folder(folder)
        known = Arrival(validity, 1, is_natural=True, newest=None)
        if exists:
            known = self._looked_over(folder, validity, told.get("UIDNEXT", 0))
        else:
            self._orders.keep_arrival(self.mailbox, folder, known)
        return known

    def _looked_over(self, folder: str, validity: int, next_uid: int) -> Arrival:
        uids = self._sorted_by_arrival()
        natural = all(a < b for a, b in pairwise(reversed(uids)))
        newest = None
        if uids:
            lines = self.run(b"UID FETCH", uids[0], b"(UID INTERNALDATE)")
            newest = next((_came(items) for items in response_tree.fetched(lines)), None)
        known = Arrival(validity, next_uid, natural, newest)
        self._orders.keep_arrival(self.mailbox, folder, known)
        return known

    def _still_natural(self, folder: str, known: Arrival, next_uid: int, rows: tuple[Row, ...]) -> bool:
        """Whether what came since fits at the end. `rows`: a page just read, which often says it already."""
        if known.next_uid == next_uid:
            return True
        fresh = {row.ref.uid: row.summary.date for row in rows if row.ref.uid >= known.next_uid}
        if len(fresh) == len(rows) or not fresh:
            self.enter_folder(folder)
            lines = self.run(b"UID FETCH", b"%d:*" % known.next_uid, b"(UID INTERNALDATE)")
            found = {uid_of(items): _came(items) for items in response_tree.fetched(lines)}
            fresh = {uid: came for uid, came in found.items() if uid >= known.next_uid}
        dates = [fresh[uid] for uid in sorted(fresh)]
        before = [known.newest] if known.newest else []
        natural = all(a <= b for a, b in pairwise(before + dates))
        newest = max(before + dates) if before or dates else None
        after = Arrival(known.uid_validity, next_uid, natural, newest)
        self._orders.keep_arrival(self.mailbox, folder, after)
        return natural

    def _by_arrival(self, folder: str, told: dict[str, int]) -> "array[int]":
        stamp = told.get("UIDVALIDITY", 0), told.get("UIDNEXT", 0), told.get("MESSAGES", 0)
        kept = self._orders.get((self.mailbox, folder, PLAIN), stamp)
        if isinstance(kept, array):
            return kept
        self.enter_folder(folder)
        uids = self._sorted_by_arrival()
        self._orders.keep((self.mailbox, folder, PLAIN), stamp, uids)
        if all(a < b for a, b in pairwise(reversed(uids))):
            self._looked_over(folder, stamp[0], stamp[1])  # what stood out has left
        return uids

    def _sorted_by_arrival(self) -> "array[int]":
        """UIDs of the selected folder, the last to come first."""
        # asked upwards: of messages of one second the later stands above, here as in a run of rows
        lines = self.run(b"UID SORT RETURN (ALL) (ARRIVAL) UTF-8 ALL", patience=self._search_patience)
        answer = next((line.text for line in lines if line.text.startswith(b"ESEARCH")), b"")
        uids = unpacked(parse.all_found(answer))
        uids.reverse()
        return uids

    def _run_of_rows(
        self, folder: str, offset: int, size: int, expected: int, ahead: _Ahead | None
    ) -> tuple[int, int, tuple[Row, ...]]:
        """UIDVALIDITY, count, rows in the folder's own order. `expected`: the count just told."""
        if ahead and ahead.total == expected and ahead.question == _fetch(expected, offset, size, SUMMARY):
            marks, told = list_fetch.read(ahead.lines)
            rows = self._with_summaries(folder, ahead.uid_validity, marks[::-1], told)
            return ahead.uid_validity, expected, rows
        seen = bool(self._careful_until) or self._pages.has(self.mailbox, (folder, offset, size, PLAIN))
        items = _MARKS if seen else SUMMARY
        lines: list[Line] = []
        is_asked = False
        if (question := _fetch(expected, offset, size, items)) and not self.has_selected(folder):
            is_asked = True
            try:
                lines = self.select(folder, then=question)
            except Answered:
                expected = -1  # fewer messages than a moment ago: those numbers mean nothing any more
        _, validity, exists = self.enter_folder(folder)
        if exists != expected or not is_asked:
            question = _fetch(exists, offset, size, items)
            lines = self.run(question) if question else []
        marks, told = _read(lines, items)
        return validity, exists, self._with_summaries(folder, validity, marks[::-1], told)

    def _with_summaries(
        self,
        folder: str,
        validity: int,
        pairs: list[tuple[int, frozenset[str]]],
        told: Mapping[int, Summary] = MappingProxyType({}),
    ) -> tuple[Row, ...]:
        """Rows in the order of `pairs`, none for what was expunged meanwhile. `told`: summaries just read."""
        box = self.mailbox, folder, validity
        known = {**self._summaries.known(box, (uid for uid, _ in pairs if uid not in told)), **told}
        if told:
            self._summaries.keep(box, told)
        if missing := [uid for uid, _ in pairs if uid not in known]:
            self.enter_folder(folder)
            found = {} if told else self._summaries_of(folder, missing)
            if unread := [uid for uid in missing if uid not in found]:
                found |= self._simplified(unread)
            self._summaries.keep(box, found)
            known |= found
        return tuple(
            Row(known[uid], flags, MessageRef(folder, validity, uid)) for uid, flags in pairs if uid in known
        )

    def _summaries_of(self, folder: str, uids: Sequence[int]) -> dict[int, Summary]:
        """Those that can be read."""
        if not self._careful_until:
            return list_fetch.read(self.run(b"UID FETCH", folded(uids), SUMMARY))[1]
        found: dict[int, Summary] = {}
        for uid in uids:
            found |= list_fetch.read(self._each(folder, uid, SUMMARY))[1]
        return found

    def _each(self, folder: str, uid: int, items: bytes) -> list[Line]:
        """What is said of one message; nothing where that takes too long."""
        if time.monotonic() > self._careful_until:
            raise EngineDown("imap: too many messages take too long")
        try:
            self.enter_folder(folder)
            return self.run(b"UID FETCH %d %b" % (uid, items), patience=_PATIENCE_EACH)
        except TooSlow:
            self._selected = None
            self.lease.replace()
            self.enter_folder(folder)
            return []

    def _simplified(self, uids: Sequence[int]) -> dict[int, Summary]:
        """Rows of those that are there, of messages whose envelope or structure is beyond reading."""
        lines = self.run(b"UID FETCH", folded(uids), _SIMPLE)
        return {
            uid: parse.simplified(items, uid)
            for items in response_tree.fetched(lines)
            if (uid := uid_of(items))
        }

    def _search(self, folder: str, criteria: list[Argument], offset: int, size: int) -> Page:
        if folder == self._everything:
            _, validity, _ = self.enter_folder(folder)
            total, rows = self._sorted_rows(criteria, offset, size)
        else:
            validity, _, lines = self.ask_of(folder, _search(criteria), self._search_patience)
            total, written = _found(lines)
            wanted = parse.last_uids(written, offset + size)[offset:]
            flags = self.run(b"UID FETCH", folded(wanted), b"(UID FLAGS)") if wanted else []
            by_uid = dict(parse.flags_by_uid(flags))
            pairs = [(uid, by_uid[uid]) for uid in wanted if uid in by_uid]
            rows = self._with_summaries(folder, validity, pairs)
        shown = ";".join(f"{row.ref.folder}/{row.ref.uid}/{sorted(row.flags)}" for row in rows)
        return Page(folder, validity, total, 0, offset, rows, f"{validity}.{total}.{crc32(shown.encode()):x}")

    def _found(self, criteria: list[Argument]) -> tuple[int, bytes]:
        """How many messages of the selected folder, and their UIDs as a set in ascending order."""
        return _found(self.run(_search(criteria), patience=self._search_patience))

    def _sorted_rows(self, criteria: list[Argument], offset: int, size: int) -> tuple[int, tuple[Row, ...]]:
        """Newest first over all folders: that box's own order is the one in which folders were looked at."""
        self.enter_folder(self._everything)
        partial = b"UID SORT RETURN (COUNT PARTIAL %d:%d) (REVERSE ARRIVAL) UTF-8" % (
            offset + 1,
            offset + max(1, size),
        )
        lines = self.run(partial, *criteria, patience=self._search_patience)
        answer = next((line.text for line in lines if line.text.startswith(b"ESEARCH")), b"")
        found = _PARTIAL_FOUND.search(answer)
        uids = parse.uid_set(found[1]) if found else []
        return parse.numbers(answer).get("COUNT", 0), self._rows_of_everything(uids)

    def _rows_of_everything(self, uids: list[int]) -> tuple[Row, ...]:
        """Rows of the box of all folders, in the order given, each under its real folder's name and UID."""
        rows = self._by_uid_of_everything(uids) if uids else {}
        return tuple(rows[uid] for uid in uids if uid in rows)

    def _by_uid_of_everything(self, uids: Sequence[int]) -> dict[int, Row]:
        if self._careful_until:
            lines = [line for uid in uids for line in self._each(self._everything, uid, _SUMMARY_WHERE)]
        else:
            lines = self.run(b"UID FETCH", folded(uids), _SUMMARY_WHERE)
        validities: dict[str, int] = {}
        rows: dict[int, Row] = {}
        for items in response_tree.fetched(lines):
            self._take_row(rows, items, validities, parse.summary)
        if unread := [uid for uid in uids if uid not in rows]:
            for items in response_tree.fetched(self.run(b"UID FETCH", folded(unread), _SIMPLE_WHERE)):
                self._take_row(rows, items, validities, parse.simplified)
        return rows

    def _take_row(
        self,
        rows: dict[int, Row],
        items: response_tree.Items,
        validities: dict[str, int],
        summary_of: Callable[[response_tree.Items, int], Summary],
    ) -> None:
        folder = mailbox_names.from_wire(response_tree.octets_of(items.get("X-MAILBOX")).decode("latin-1"))
        real = response_tree.octets_of(items.get("X-REAL-UID"))
        if folder not in validities:
            validities[folder] = self.validity_of(folder)
        if real.isdigit() and validities[folder]:
            ref = MessageRef(folder, validities[folder], int(real))
            rows[uid_of(items)] = Row(summary_of(items, ref.uid), parse.flags(items), ref)

    def _conversation(self, ref: MessageRef) -> tuple[Row, ...]:
        message = parse.opened(ref, self.one(ref, OPENED))
        parents = headers.message_ids(message.in_reply_to)
        ids = {i for i in (message.message_id, *message.references[:1], *parents[:1]) if i}
        own = self._with_summaries(ref.folder, ref.uid_validity, [(ref.uid, message.flags)])
        if not ids:
            return own
        criteria: list[Argument] = []
        for one in sorted(ids):
            for name in (b"References", b"In-Reply-To", b"Message-ID"):
                criteria += [b"HEADER", name, one]
        keys = len(criteria) // 3
        self.enter_folder(self._everything)
        _, written = self._found([b"OR"] * (keys - 1) + criteria)
        found = self._rows_of_everything(parse.last_uids(written, MOST_IN_CONVERSATION))
        rows = {row.ref: row for row in (*found, *own)}
        return tuple(sorted(rows.values(), key=lambda row: (row.summary.date, row.ref.uid)))


def _fetch(count: int, offset: int, size: int, items: bytes) -> bytes:
    """The question for `size` messages from the `offset` newest of `count`; empty when there are none."""
    high = count - offset
    return b"FETCH %d:%d %b" % (max(1, high - size + 1), high, items) if high >= 1 and size >= 1 else b""


def _fetch_these(uids: Sequence[int], items: bytes) -> bytes:
    return b"UID FETCH %b %b" % (folded(uids), items) if uids else b""


def _changed_since(kept: Made) -> bytes:
    """The question for a page's marks changed since its STATUS (CHANGEDSINCE, RFC 7162 §3.1.4.1)."""
    since = _figures(kept.status).get("HIGHESTMODSEQ", 0)
    uids = folded([row.ref.uid for row in kept.page.rows])
    return b"UID FETCH %b (FLAGS) (CHANGEDSINCE %d)" % (uids, since) if since and uids else b""


def _said(lines: Sequence[Line]) -> bytes:
    """A STATUS answer."""
    return next((line.text for line in lines if line.text.startswith(b"STATUS")), b"")


def _figures(status: bytes) -> dict[str, int]:
    """What a STATUS answer counts; the folder's name before it may look like anything."""
    return parse.numbers(status[status.rfind(b"(") :])


def _read(lines: list[Line], items: bytes) -> tuple[list_fetch.Marks, dict[int, Summary]]:
    """Marks in the order of the lines, and summaries when they were asked for."""
    return list_fetch.read(lines) if items is SUMMARY else (parse.flags_by_uid(lines), {})


def _search(criteria: Sequence[Argument]) -> bytes:
    return encoded(b"UID SEARCH RETURN (COUNT ALL) CHARSET UTF-8", *criteria)


def _found(lines: Sequence[Line]) -> tuple[int, bytes]:
    """What that search answers: how many messages, and their UIDs as a set in ascending order."""
    for line in lines:
        if line.text.startswith(b"ESEARCH") and (found := parse.all_found(line.text)):
            count = _COUNT_FOUND.search(line.text)
            return int(count[1]) if count else 0, found
    return 0, b""


def _came(items: response_tree.Items) -> datetime:
    return moment(response_tree.text_of(items.get("INTERNALDATE")))

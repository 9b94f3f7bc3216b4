"""A page of a folder in its own order, newest first, in as few round trips as its history allows."""

import re
from array import array
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from vaguemestre.engines.imap.cache.page_cache import CachedPage, PageKey
from vaguemestre.engines.imap.cache.sort_cache import OrderKey
from vaguemestre.engines.imap.protocol import answers, list_fetch, mailbox_names
from vaguemestre.engines.imap.protocol.arguments import Argument, encoded
from vaguemestre.engines.imap.protocol.connection import CommandRefused
from vaguemestre.engines.imap.protocol.line_stream import Line
from vaguemestre.engines.imap.protocol.list_fetch import FetchedList
from vaguemestre.engines.imap.store.arrival_order import PLAIN_VIEW, ArrivalOrders
from vaguemestre.engines.imap.store.row_fetch import FLAG_ITEMS, SUMMARY_ITEMS
from vaguemestre.engines.imap.store.session import STATUS_ITEMS, FolderAnswer, check_name, sequence_set
from vaguemestre.post.mailstore.values import Page, Row

_VALIDATOR = ("UIDVALIDITY", "UIDNEXT", "MESSAGES", "UNSEEN", "HIGHESTMODSEQ")
_SAME_MESSAGES = ("UIDVALIDITY", "UIDNEXT", "MESSAGES")
_PARTIAL = re.compile(rb" PARTIAL \([0-9:]+ ([0-9:,]+)\)")


class GuessedFetch(NamedTuple):
    """A FETCH sent with STATUS, before its answer could tell that it was the right one.

    `cached`: the page whose changes it asks for, if any.
    """

    question: bytes
    cached: CachedPage | None
    answer: FolderAnswer


class StatusAndGuess(NamedTuple):
    status: bytes
    guess: GuessedFetch | None


class FolderRows(NamedTuple):
    uid_validity: int
    total: int
    rows: tuple[Row, ...]


class FolderPages(ArrivalOrders):
    def page(self, folder: str, offset: int, size: int) -> Page:
        check_name(folder)
        return self.retry_one_by_one(lambda: self._page(folder, max(0, offset), size))

    def _page(self, folder: str, offset: int, size: int) -> Page:
        status, guess = self._status_and_guess(folder, offset, size)
        key = folder, offset, size, PLAIN_VIEW
        if (cached := self._pages.get(self.mailbox, key, status)) is not None:
            return cached
        figures = answers.status_figures(status)
        validator = validator_of(figures)
        unread = figures.get("UNSEEN", 0)
        if folder == self._everything:
            _, total, rows = self._everything_rows([b"ALL"], offset, size)
            page = Page(folder, figures.get("UIDVALIDITY", 0), total, unread, offset, rows, validator)
        elif (reflagged := self._reflagged_page(folder, key, figures, guess)) is not None:
            page = replace(reflagged, unread=unread, validator=validator)
        else:
            validity, total, rows = self._rows(folder, offset, size, figures, guess)
            page = Page(folder, validity, total, unread, offset, rows, validator)
        self._pages.keep(self.mailbox, key, status, page)
        return page

    def _status_and_guess(self, folder: str, offset: int, size: int) -> StatusAndGuess:
        """The folder's STATUS and, in the same round trip, the FETCH that most likely follows it."""
        if self._one_by_one_until:
            return StatusAndGuess(self.status(folder), None)
        cached = self._pages.last(self.mailbox, (folder, offset, size, PLAIN_VIEW))
        question = self._likely_fetch(folder, offset, size) if cached is None else b""
        if cached is not None and cached.has_changed and folder != self._everything:
            question = _changes_since(cached)  # a page on a screen is asked for because something moves
        if not question:
            return StatusAndGuess(self.status(folder), None)
        status = encoded(b"STATUS", mailbox_names.to_wire(folder), STATUS_ITEMS)
        try:
            first, answer = self.query_after(status, folder, question)
        except CommandRefused:
            return StatusAndGuess(self.status(folder), None)  # fewer messages than a moment ago
        return StatusAndGuess(answers.status_line(first), GuessedFetch(question, cached, answer))

    def _likely_fetch(self, folder: str, offset: int, size: int) -> bytes:
        """FETCH of rows never listed, where they lay a moment ago; empty when that is not known."""
        arrival = self._orders.arrival(self.mailbox, folder)
        if arrival is None:
            return b""
        if arrival.is_natural:
            return fetch_run(self._pages.total(self.mailbox, folder), offset, size, SUMMARY_ITEMS)
        order = self._orders.last(OrderKey(self.mailbox, folder, PLAIN_VIEW))
        return _fetch_uids(order[offset : offset + size], SUMMARY_ITEMS) if isinstance(order, array) else b""

    def _reflagged_page(
        self, folder: str, key: PageKey, figures: dict[str, int], guess: GuessedFetch | None
    ) -> Page | None:
        """The cached page with its flags as they are now; None when more than flags may have changed.

        `figures`: of STATUS now. Only what changed since is fetched.
        """
        cached = guess.cached if guess else self._pages.last(self.mailbox, key)
        if cached is None:
            return None
        before = answers.status_figures(cached.status)
        if any(before.get(name) != figures.get(name) for name in _SAME_MESSAGES):
            return None
        if guess:
            answer = guess.answer
        elif question := _changes_since(cached):
            answer = self.query_folder(folder, question, is_last=True)
        else:
            return None
        page = cached.page
        if (answer.uid_validity, answer.exists) != (page.uid_validity, page.total):
            return None  # it changed again between the two commands
        flags = dict(answers.flags_by_uid(answer.lines))
        rows = tuple(
            replace(row, flags=flags[row.ref.uid]) if row.ref.uid in flags else row for row in page.rows
        )
        return replace(page, rows=rows)

    def _rows(
        self, folder: str, offset: int, size: int, figures: dict[str, int], guess: GuessedFetch | None
    ) -> FolderRows:
        """Rows of a page. `figures`: of STATUS, so that one round trip does.

        Messages nearly always lie in the order of arrival; then a page is a run of them. If not (an old one
        was moved in, by an undo for instance) the server sorts.
        """
        arrival = self._arrival_order(folder, figures)
        if arrival.is_natural:
            run = self._run_of_rows(folder, offset, size, figures.get("MESSAGES", 0), guess)
            if self._is_still_natural(folder, arrival, figures.get("UIDNEXT", 0), run.rows):
                return run
        uids = self._uids_by_arrival(folder, figures)
        validity = figures.get("UIDVALIDITY", 0)
        items = self._items_for(folder, offset, size)
        rows = self._rows_of_uids(folder, validity, uids[offset : offset + size], guess, items)
        return FolderRows(validity, len(uids), rows)

    def _items_for(self, folder: str, offset: int, size: int) -> bytes:
        """Flags for a page seen before, whose summaries are cached; flags and summaries for another."""
        is_seen = self._pages.has(self.mailbox, (folder, offset, size, PLAIN_VIEW))
        return FLAG_ITEMS if self._one_by_one_until or is_seen else SUMMARY_ITEMS

    def _rows_of_uids(
        self, folder: str, validity: int, uids: Sequence[int], guess: GuessedFetch | None, items: bytes
    ) -> tuple[Row, ...]:
        """Rows of these UIDs; none when the folder was made anew since `validity` was read."""
        if not uids:
            return ()
        question = _fetch_uids(uids, items)
        if guess and guess.question == question:
            answer = guess.answer
        else:
            answer = self.query_folder(folder, question, is_last=items is SUMMARY_ITEMS)
        if answer.uid_validity != validity:
            return ()
        fetched = _read_list(answer.lines, items)
        flags = dict(fetched.flags)
        flagged = [(uid, flags[uid]) for uid in uids if uid in flags]
        return self._rows_with_summaries(folder, validity, flagged, fetched.summaries)

    def _run_of_rows(
        self, folder: str, offset: int, size: int, expected: int, guess: GuessedFetch | None
    ) -> FolderRows:
        """Rows in the folder's own order. `expected`: the count that STATUS gave."""
        run = fetch_run(expected, offset, size, SUMMARY_ITEMS)
        if guess and guess.answer.exists == expected and guess.question == run:
            validity, exists, lines = guess.answer
            items = SUMMARY_ITEMS
        else:
            items = self._items_for(folder, offset, size)
            validity, exists, lines = self._fetch_expected_run(folder, offset, size, expected, items)
        fetched = _read_list(lines, items)
        rows = self._rows_with_summaries(folder, validity, fetched.flags[::-1], fetched.summaries)
        return FolderRows(validity, exists, rows)

    def _fetch_expected_run(
        self, folder: str, offset: int, size: int, expected: int, items: bytes
    ) -> FolderAnswer:
        """FETCH of a run of messages, sent with SELECT; once more if the folder's count was another one."""
        lines: list[Line] = []
        is_fetched = False
        if (question := fetch_run(expected, offset, size, items)) and not self.has_selected(folder):
            try:
                lines = self.select(folder, then=question)
                is_fetched = True
            except CommandRefused:
                pass  # fewer messages than a moment ago: those numbers mean nothing any more
        selected = self.enter_folder(folder)
        if selected.exists != expected or not is_fetched:
            question = fetch_run(selected.exists, offset, size, items)
            lines = self.run(question) if question else []
        return FolderAnswer(selected.uid_validity, selected.exists, lines)

    def _everything_rows(self, criteria: list[Argument], offset: int, size: int) -> FolderRows:
        """Rows over all folders, newest first: the virtual folder's own order is that of its making."""
        selected = self.enter_folder(self._everything)
        partial = b"UID SORT RETURN (COUNT PARTIAL %d:%d) (REVERSE ARRIVAL) UTF-8" % (
            offset + 1,
            offset + max(1, size),
        )
        answer = answers.esearch(self.run(partial, *criteria, patience=self._search_patience))
        match = _PARTIAL.search(answer)
        rows = self._rows_of_everything(answers.uid_set(match[1]) if match else [])
        return FolderRows(selected.uid_validity, answers.numbers(answer).get("COUNT", 0), rows)


def validator_of(figures: dict[str, int]) -> str:
    """What changes whenever anything in the folder does (`Page.validator`), from the figures of STATUS."""
    return ".".join(str(figures.get(name, 0)) for name in _VALIDATOR)


def fetch_run(count: int, offset: int, size: int, items: bytes) -> bytes:
    """FETCH of `size` messages from the `offset` newest of `count`; empty when there are none."""
    high = count - offset
    return b"FETCH %d:%d %b" % (max(1, high - size + 1), high, items) if high >= 1 and size >= 1 else b""


def _fetch_uids(uids: Sequence[int], items: bytes) -> bytes:
    return b"UID FETCH %b %b" % (sequence_set(uids), items) if uids else b""


def _changes_since(cached: CachedPage) -> bytes:
    """FETCH of the flags that changed since a page's STATUS (CHANGEDSINCE, RFC 7162 §3.1.4.1)."""
    since = answers.status_figures(cached.status).get("HIGHESTMODSEQ", 0)
    uids = sequence_set([row.ref.uid for row in cached.page.rows])
    return b"UID FETCH %b (FLAGS) (CHANGEDSINCE %d)" % (uids, since) if since and uids else b""


def _read_list(lines: list[Line], items: bytes) -> FetchedList:
    """Flags in the order of the lines, and summaries when they were fetched."""
    if items is SUMMARY_ITEMS:
        return list_fetch.read_list(lines)
    return FetchedList(answers.flags_by_uid(lines), {})

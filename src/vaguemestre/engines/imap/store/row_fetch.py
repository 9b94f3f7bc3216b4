"""Rows of lists: summaries, cached or fetched, put together with flags and references."""

import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from vaguemestre.engines.imap.cache.page_cache import PageCache, SummaryCache
from vaguemestre.engines.imap.cache.sort_cache import SortCache
from vaguemestre.engines.imap.protocol import answers, list_fetch, mailbox_names, messages, response_tree
from vaguemestre.engines.imap.protocol.line_stream import Line, TooSlow
from vaguemestre.engines.imap.store.pool import Lease
from vaguemestre.engines.imap.store.session import Session, sequence_set, uid_of
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.post.mailstore.values import MailLogin, MessageRef, Row, Summary

# Fetched for a page never seen before; for another one, whose summaries are mostly cached, flags alone.
SUMMARY_ITEMS = b"(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE PREVIEW)"
FLAG_ITEMS = b"(UID FLAGS)"
_PLACED_SUMMARY_ITEMS = SUMMARY_ITEMS.replace(b")", b" X-MAILBOX X-REAL-UID)")
# For a message whose envelope or structure cannot be read.
_SIMPLE_ITEMS = b"(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (SUBJECT)]<0.2000>)"
_PLACED_SIMPLE_ITEMS = _SIMPLE_ITEMS.replace(b"UID ", b"UID X-MAILBOX X-REAL-UID ", 1)
_ONE_MESSAGE_SECONDS = 1.5  # for each message, when a page of them took too long
_ONE_BY_ONE_SECONDS = 12.0  # for all of them; the summaries read by then stay cached
# A search waits until the last arrivals are indexed: 2.7 s for 100,000 addresses, more on a busy machine.
_INDEXING_SECONDS = 8.0


class RowFetch(Session):
    def __init__(
        self,
        login: MailLogin,
        lease: Lease,
        pages: PageCache,
        summaries: SummaryCache,
        orders: SortCache,
        everything: str,
        search_patience: float,
    ) -> None:
        super().__init__(login, lease)
        self._pages = pages
        self._summaries = summaries
        self._orders = orders
        self._everything = everything
        self._usual_search_patience = search_patience
        self._one_by_one_until = 0.0  # monotonic; 0: messages are fetched together

    @property
    def _search_patience(self) -> float:
        """Seconds a search may take; more for a retry, while the store indexes a long message."""
        return _INDEXING_SECONDS if self._one_by_one_until else self._usual_search_patience

    def retry_one_by_one[T](self, query: Callable[[], T]) -> T:
        """As `retry_if_dead`; if the store answers but does not finish, message by message."""
        try:
            return self.retry_if_dead(query)
        except TooSlow:
            if not self.lease.has_heard:
                raise
        self._selected = None
        self.lease.replace()
        self._one_by_one_until = time.monotonic() + _ONE_BY_ONE_SECONDS
        try:
            return self.retry_if_dead(query)
        finally:
            self._one_by_one_until = 0.0

    def _flags_of(self, uids: Sequence[int]) -> dict[int, frozenset[str]]:
        """Flags by UID, in the selected folder."""
        lines = self.run(b"UID FETCH", sequence_set(uids), FLAG_ITEMS) if uids else []
        return dict(answers.flags_by_uid(lines))

    def _rows_with_summaries(
        self,
        folder: str,
        validity: int,
        flagged: list[tuple[int, frozenset[str]]],
        fetched: Mapping[int, Summary] = MappingProxyType({}),
    ) -> tuple[Row, ...]:
        """Rows in the order of `flagged` (UID, flags), without those expunged meanwhile.

        `fetched`: summaries that came with the flags.
        """
        box = self.mailbox, folder, validity
        known = {**self._summaries.known(box, (uid for uid, _ in flagged if uid not in fetched)), **fetched}
        if fetched:
            self._summaries.keep(box, fetched)
        if missing := [uid for uid, _ in flagged if uid not in known]:
            self.enter_folder(folder)
            more = {} if fetched else self._fetch_summaries(folder, missing)
            if unread := [uid for uid in missing if uid not in more]:
                more |= self._fetch_simplified(unread)
            self._summaries.keep(box, more)
            known |= more
        return tuple(
            Row(known[uid], flags, MessageRef(folder, validity, uid))
            for uid, flags in flagged
            if uid in known
        )

    def _fetch_summaries(self, folder: str, uids: Sequence[int]) -> dict[int, Summary]:
        """The summaries that can be read, by UID."""
        if not self._one_by_one_until:
            return list_fetch.read_list(self.run(b"UID FETCH", sequence_set(uids), SUMMARY_ITEMS)).summaries
        summaries: dict[int, Summary] = {}
        for uid in uids:
            summaries |= list_fetch.read_list(self._fetch_alone(folder, uid, SUMMARY_ITEMS)).summaries
        return summaries

    def _fetch_alone(self, folder: str, uid: int, items: bytes) -> list[Line]:
        """FETCH of one message; no line when that takes too long."""
        if time.monotonic() > self._one_by_one_until:
            raise EngineDown("imap: trop de messages demandent trop de temps")
        try:
            self.enter_folder(folder)
            return self.run(b"UID FETCH %d %b" % (uid, items), patience=_ONE_MESSAGE_SECONDS)
        except TooSlow:
            self._selected = None
            self.lease.replace()
            self.enter_folder(folder)
            return []

    def _fetch_simplified(self, uids: Sequence[int]) -> dict[int, Summary]:
        """Summaries of messages whose envelope or structure cannot be read."""
        lines = self.run(b"UID FETCH", sequence_set(uids), _SIMPLE_ITEMS)
        return {
            uid: messages.simplified_summary(items, uid)
            for items in response_tree.fetched_items(lines)
            if (uid := uid_of(items))
        }

    # The virtual folder of all folders

    def _rows_of_everything(self, uids: list[int]) -> tuple[Row, ...]:
        """Rows of the selected virtual folder in the order of `uids`, each under its real folder and UID."""
        rows = self._everything_by_uid(uids) if uids else {}
        return tuple(rows[uid] for uid in uids if uid in rows)

    def _everything_by_uid(self, uids: Sequence[int]) -> dict[int, Row]:
        if self._one_by_one_until:
            fetched = (self._fetch_alone(self._everything, uid, _PLACED_SUMMARY_ITEMS) for uid in uids)
            lines = [line for some in fetched for line in some]
        else:
            lines = self.run(b"UID FETCH", sequence_set(uids), _PLACED_SUMMARY_ITEMS)
        validities: dict[str, int] = {}
        rows: dict[int, Row] = {}
        for items in response_tree.fetched_items(lines):
            self._add_placed_row(rows, items, validities, messages.summary)
        if unread := [uid for uid in uids if uid not in rows]:
            lines = self.run(b"UID FETCH", sequence_set(unread), _PLACED_SIMPLE_ITEMS)
            for items in response_tree.fetched_items(lines):
                self._add_placed_row(rows, items, validities, messages.simplified_summary)
        return rows

    def _add_placed_row(
        self,
        rows: dict[int, Row],
        items: response_tree.Items,
        validities: dict[str, int],
        summary_of: Callable[[response_tree.Items, int], Summary],
    ) -> None:
        folder = mailbox_names.from_wire(response_tree.octets_of(items.get("X-MAILBOX")).decode("latin-1"))
        uid = response_tree.octets_of(items.get("X-REAL-UID"))
        if folder not in validities:
            validities[folder] = self.validity_of(folder)
        if uid.isdigit() and validities[folder]:
            ref = MessageRef(folder, validities[folder], int(uid))
            rows[uid_of(items)] = Row(summary_of(items, ref.uid), answers.flags(items), ref)

"""A folder in another order, narrowed, or grouped by conversation (`View`)."""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import batched
from typing import NamedTuple

from vaguemestre.engines.imap.cache import sort_cache
from vaguemestre.engines.imap.protocol import answers, mailbox_names, response_tree, view_criteria
from vaguemestre.engines.imap.protocol.headers import MONTHS
from vaguemestre.engines.imap.protocol.line_stream import ConnectionDead, TooSlow
from vaguemestre.engines.imap.store.folder_pages import validator_of
from vaguemestre.engines.imap.store.phrase_search import CheckedUids, PhraseSearch
from vaguemestre.engines.imap.store.session import (
    CONTENT_PATIENCE_SECONDS,
    check_name,
    sequence_set,
    uid_of,
)
from vaguemestre.post.mailstore.values import Flag, MessageRef, Order, Page, Row, View

_MAX_ENVELOPES = 5_000  # read for what SEARCH cannot express
_MAX_GROUP = 60  # messages of one conversation that a list shows
_BATCH = 2_000


class _SortedUids(NamedTuple):
    uids: "array[int]"
    unchecked: int


class _SortedThreads(NamedTuple):
    threads: sort_cache.Threads
    unchecked: int


class ViewQuery(PhraseSearch):
    def look(self, folder: str, view: View, offset: int, size: int) -> Page:
        if view.is_plain:
            return self.page(folder, offset, size)
        check_name(folder)
        return self.retry_one_by_one(lambda: self._view_page(folder, view, max(0, offset), size))

    def refs(self, folder: str, view: View) -> tuple[MessageRef, ...]:
        check_name(folder)
        return self.retry_one_by_one(lambda: self._view_refs(folder, view))

    def place(self, folder: str, view: View, day: date) -> int:
        check_name(folder)
        after = day + timedelta(days=1)
        # SINCE counts in days of the server's own zone: near midnight a message may stand on the other side
        since = b"SINCE %d-%b-%d" % (after.day, MONTHS[after.month - 1].encode("ascii"), after.year)
        before = b"BEFORE %d-%b-%d" % (day.day, MONTHS[day.month - 1].encode("ascii"), day.year)

        def query() -> int:
            self.unselect()
            self.enter_folder(folder)
            lines = self.run(
                b"UID SEARCH RETURN (COUNT) CHARSET UTF-8",
                before if view.is_reversed else since,
                *view_criteria.search_criteria(view),
                patience=self._search_patience,
            )
            return answers.numbers(answers.esearch(lines)).get("COUNT", 0)

        return self.retry_one_by_one(query)

    def _view_page(self, folder: str, view: View, offset: int, size: int) -> Page:
        status = self.status(folder)
        key = folder, offset, size, view
        if (cached := self._pages.get(self.mailbox, key, status)) is not None:
            return cached
        figures, order = answers.status_figures(status), self._order_of(folder, view, status)
        validity = self.enter_folder(folder).uid_validity
        part = order[offset : offset + size]
        if isinstance(part, array):
            rows = self._rows_at(folder, validity, list(part))
        else:
            rows = self._conversation_rows(folder, validity, part)
        page = Page(
            folder,
            validity,
            len(order),
            figures.get("UNSEEN", 0),
            offset,
            rows,
            validator_of(figures),
            self._orders.unchecked(sort_cache.OrderKey(self.mailbox, folder, view)),
        )
        self._pages.keep(self.mailbox, key, status, page)
        return page

    def _view_refs(self, folder: str, view: View) -> tuple[MessageRef, ...]:
        order = self._order_of(folder, view, self.status(folder))
        validity = self.enter_folder(folder).uid_validity
        uids = list(order) if isinstance(order, array) else [uid for group in order for uid in group]
        if folder != self._everything:
            return tuple(MessageRef(folder, validity, uid) for uid in uids)
        return self._real_refs(uids)

    def _real_refs(self, uids: list[int]) -> tuple[MessageRef, ...]:
        """The real folders and UIDs of messages of the virtual folder."""
        places: dict[int, tuple[str, int]] = {}
        for batch in batched(uids, _BATCH, strict=False):
            lines = self.run(
                b"UID FETCH",
                sequence_set(batch),
                b"(UID X-MAILBOX X-REAL-UID)",
                patience=CONTENT_PATIENCE_SECONDS,
            )
            for items in response_tree.fetched_items(lines):
                uid = response_tree.octets_of(items.get("X-REAL-UID"))
                name = response_tree.octets_of(items.get("X-MAILBOX")).decode("latin-1")
                places[uid_of(items)] = mailbox_names.from_wire(name), int(uid) if uid.isdigit() else 0
        validities = {name: self.validity_of(name) for name in {name for name, _ in places.values()}}
        return tuple(
            MessageRef(places[uid][0], validities[places[uid][0]], places[uid][1])
            for uid in uids
            if uid in places and validities[places[uid][0]] and places[uid][1]
        )

    # Orders

    def _order_of(self, folder: str, view: View, status: bytes) -> "array[int] | sort_cache.Threads":
        """UIDs or conversations of a view, cached for as long as its STATUS allows."""
        figures = answers.status_figures(status)
        stamp: sort_cache.Stamp = (
            status
            if view_criteria.depends_on_flags(view) or folder == self._everything
            else (figures.get("UIDVALIDITY", 0), figures.get("UIDNEXT", 0), figures.get("MESSAGES", 0))
        )
        key = sort_cache.OrderKey(self.mailbox, folder, view)
        if (cached := self._orders.get(key, stamp)) is not None:
            return cached
        self.enter_folder(folder)
        order, unchecked = self._group(folder, view, figures) if view.is_grouped else self._sort(view)
        self._orders.keep(key, stamp, order, unchecked)
        return order

    def _sort(self, view: View) -> _SortedUids:
        lines = self.run(
            b"UID SORT RETURN (ALL)",
            view_criteria.sort_keys(view),
            b"UTF-8",
            *view_criteria.search_criteria(view),
            patience=self._search_patience,
        )
        uids = sort_cache.parse_sorted_uids(answers.esearch_all(answers.esearch(lines)))
        if view.order is Order.RELEVANCE:
            better = [set(self._search_uids(keys)) for keys in view_criteria.relevance_searches(view)]
            uids = sort_cache.pack_uids(
                view_criteria.sort_by_relevance(uids, better, is_reversed=view.is_reversed)
            )
        matching, unchecked = self._check(list(uids), view)
        return _SortedUids(uids if len(matching) == len(uids) else sort_cache.pack_uids(matching), unchecked)

    def _check(self, uids: list[int], view: View) -> CheckedUids:
        """The UIDs that match what SEARCH can only approach, and how many there was no time to check."""
        if view_criteria.needs_envelopes(view):
            matching = self._check_envelopes(uids, view)
            uids = [uid for uid in uids if uid in matching]
        if view.phrases or view.excluded_phrases:
            return self._check_phrases(uids, view)
        return CheckedUids(uids, 0)

    def _check_envelopes(self, uids: list[int], view: View) -> set[int]:
        newest = sorted(uids, reverse=True)[:_MAX_ENVELOPES]
        if not newest:
            return set()
        command = b"UID FETCH", sequence_set(newest), b"(UID ENVELOPE)"
        return view_criteria.matching_uids(self.run(*command, patience=CONTENT_PATIENCE_SECONDS), view)

    def _group(self, folder: str, view: View, figures: dict[str, int]) -> _SortedThreads:
        """Conversations; one for each message if the store cannot group them.

        A message with very many references ends the process that sorts.
        """
        try:
            threads, unchecked = self._threads(view)
            threads = self._by_arrival(folder, threads, figures, is_reversed=view.is_reversed)
            return _SortedThreads(threads, unchecked)
        except (TooSlow, ConnectionDead):
            self._selected = None
            self.lease.replace()
        self.enter_folder(folder)
        uids, unchecked = self._sort(replace(view, is_grouped=False))
        return _SortedThreads(tuple((uid,) for uid in uids), unchecked)

    def _threads(self, view: View) -> _SortedThreads:
        lines = self.run(
            b"UID THREAD REFS UTF-8", *view_criteria.search_criteria(view), patience=self._search_patience
        )
        answer = next((line.text for line in lines if line.text.startswith(b"THREAD")), b"")
        threads = sort_cache.parse_threads(answer, oldest_first=view.is_reversed)
        uids = [uid for thread in threads for uid in thread]
        matching, unchecked = self._check(uids, view)
        is_narrowed = len(matching) < len(uids)
        return _SortedThreads(_narrowed(threads, set(matching)) if is_narrowed else threads, unchecked)

    # Rows

    def _rows_at(self, folder: str, validity: int, uids: list[int]) -> tuple[Row, ...]:
        if folder == self._everything:
            return self._rows_of_everything(uids)
        flags = self._flags_of(uids)
        return self._rows_with_summaries(
            folder, validity, [(uid, flags[uid]) for uid in uids if uid in flags]
        )

    def _conversation_rows(
        self, folder: str, validity: int, groups: Sequence[tuple[int, ...]]
    ) -> tuple[Row, ...]:
        """A row for each conversation: its latest message, with flags that speak for all of them."""
        groups = [group[:_MAX_GROUP] for group in groups]
        uids = [uid for group in groups for uid in group]
        if not uids:
            return ()
        if folder == self._everything:
            by_uid = self._everything_by_uid(uids)
            members = [[by_uid[uid] for uid in group if uid in by_uid] for group in groups]
            return tuple(
                _conversation_row(rows[0], [(row.ref, row.flags) for row in rows]) for rows in members if rows
            )
        flags = self._flags_of(uids)
        present = [[uid for uid in group if uid in flags] for group in groups]
        heads = self._rows_with_summaries(
            folder, validity, [(group[0], flags[group[0]]) for group in present if group]
        )
        by_uid = {row.ref.uid: row for row in heads}
        return tuple(
            _conversation_row(
                by_uid[group[0]], [(MessageRef(folder, validity, uid), flags[uid]) for uid in group]
            )
            for group in present
            if group and group[0] in by_uid
        )


def _narrowed(threads: sort_cache.Threads, uids: set[int]) -> sort_cache.Threads:
    narrowed = (tuple(uid for uid in thread if uid in uids) for thread in threads)
    return tuple(thread for thread in narrowed if thread)


def _conversation_row(head: Row, group: list[tuple[MessageRef, frozenset[str]]]) -> Row:
    """The head's row for the whole group: unread if one is, flagged if one is."""
    flags = frozenset().union(*(some for _, some in group))
    if not all(Flag.SEEN in some for _, some in group):
        flags -= {Flag.SEEN.value}
    return Row(head.summary, flags, head.ref, tuple(ref for ref, _ in group if ref != head.ref))

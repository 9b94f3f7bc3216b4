"""Looking along a folder in another order, or at part of it."""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import batched

from vaguemestre.engines.imap.cache import sort_cache
from vaguemestre.engines.imap.protocol import mailbox_names, parse, response_tree
from vaguemestre.engines.imap.protocol.headers import MONTHS
from vaguemestre.engines.imap.protocol.wire import ConnectionDead, TooSlow
from vaguemestre.engines.imap.store.folder_lists import VALIDATOR
from vaguemestre.engines.imap.store.phrase_search import Saying, esearch
from vaguemestre.engines.imap.store.session import PATIENCE_BYTES, check_name, folded, uid_of
from vaguemestre.post.mailstore.values import Flag, MessageRef, Order, Page, Row, View

_MOST_JUDGED = 5_000  # envelopes read for what SEARCH cannot say
_MOST_TOGETHER = 60  # messages of one conversation of which a list speaks


class Looking(Saying):
    def look(self, folder: str, view: View, offset: int, size: int) -> Page:
        if view.is_plain:
            return self.page(folder, offset, size)
        check_name(folder)
        return self.carefully(lambda: self._look(folder, view, max(0, offset), size))

    def refs(self, folder: str, view: View) -> tuple[MessageRef, ...]:
        check_name(folder)
        return self.again(lambda: self._refs(folder, view))

    def place(self, folder: str, view: View, day: date) -> int:
        check_name(folder)
        after = day + timedelta(days=1)
        # SINCE counts in days of the server's own zone: near midnight a message may stand on the other side
        since = b"SINCE %d-%b-%d" % (after.day, MONTHS[after.month - 1].encode("ascii"), after.year)
        before = b"BEFORE %d-%b-%d" % (day.day, MONTHS[day.month - 1].encode("ascii"), day.year)

        def ask() -> int:
            self.unselect()
            self.enter_folder(folder)
            wanted = before if view.is_reversed else since
            lines = self.run(
                b"UID SEARCH RETURN (COUNT) CHARSET UTF-8",
                wanted,
                *sort_cache.criteria(view),
                patience=self._search_patience,
            )
            return parse.numbers(esearch(lines)).get("COUNT", 0)

        return self.again(ask)

    def _look(self, folder: str, view: View, offset: int, size: int) -> Page:
        status = self._status(folder)
        key = folder, offset, size, view
        if (kept := self._pages.get(self.mailbox, key, status)) is not None:
            return kept
        figures = parse.numbers(status[status.rfind(b"(") :])
        order = self._ordered(folder, view, status)
        _, validity, _ = self.enter_folder(folder)
        part = order[offset : offset + size]
        if isinstance(part, array):
            rows = self._rows_at(folder, validity, list(part))
        else:
            rows = self._grouped(folder, validity, part)
        validator = ".".join(str(figures.get(name, 0)) for name in VALIDATOR)
        unchecked = self._orders.unchecked((self.mailbox, folder, view))
        page = Page(
            folder, validity, len(order), figures.get("UNSEEN", 0), offset, rows, validator, unchecked
        )
        self._pages.keep(self.mailbox, key, status, page)
        return page

    def _refs(self, folder: str, view: View) -> tuple[MessageRef, ...]:
        order = self._ordered(folder, view, self._status(folder))
        _, validity, _ = self.enter_folder(folder)
        uids = list(order) if isinstance(order, array) else [uid for group in order for uid in group]
        if folder != self._everything:
            return tuple(MessageRef(folder, validity, uid) for uid in uids)
        return self._real_refs(uids)

    def _real_refs(self, uids: list[int]) -> tuple[MessageRef, ...]:
        """Where messages of the box of all folders really are."""
        places: dict[int, tuple[str, int]] = {}
        for some in batched(uids, 2_000, strict=False):
            lines = self.run(
                b"UID FETCH", folded(some), b"(UID X-MAILBOX X-REAL-UID)", patience=PATIENCE_BYTES
            )
            for items in response_tree.fetched(lines):
                real = response_tree.octets_of(items.get("X-REAL-UID"))
                name = mailbox_names.from_wire(
                    response_tree.octets_of(items.get("X-MAILBOX")).decode("latin-1")
                )
                places[uid_of(items)] = name, int(real) if real.isdigit() else 0
        validities = {name: self.validity_of(name) for name in {name for name, _ in places.values()}}
        return tuple(
            MessageRef(places[uid][0], validities[places[uid][0]], places[uid][1])
            for uid in uids
            if uid in places and validities[places[uid][0]] and places[uid][1]
        )

    def _ordered(self, folder: str, view: View, status: bytes) -> "array[int] | sort_cache.Threads":
        figures = parse.numbers(status[status.rfind(b"(") :])
        stamp: sort_cache.Stamp = (
            status
            if sort_cache.follows_marks(view) or folder == self._everything
            else (figures.get("UIDVALIDITY", 0), figures.get("UIDNEXT", 0), figures.get("MESSAGES", 0))
        )
        key = self.mailbox, folder, view
        if (kept := self._orders.get(key, stamp)) is not None:
            return kept
        self.enter_folder(folder)
        order, unchecked = self._grouped_order(folder, view) if view.is_grouped else self._sorted(view)
        self._orders.keep(key, stamp, order, unchecked)
        return order

    def _sorted(self, view: View) -> "tuple[array[int], int]":
        lines = self.run(
            b"UID SORT RETURN (ALL)",
            sort_cache.sort_keys(view),
            b"UTF-8",
            *sort_cache.criteria(view),
            patience=self._search_patience,
        )
        uids = sort_cache.unpacked(parse.all_found(esearch(lines)))
        if view.order is Order.RELEVANCE:
            better = [set(self._which(keys)) for keys in sort_cache.ranks(view)]
            uids = sort_cache.packed(sort_cache.ranked(uids, better, is_reversed=view.is_reversed))
        wanted, unchecked = self._wanted(list(uids), view)
        if len(wanted) == len(uids):
            return uids, unchecked
        return sort_cache.packed(wanted), unchecked

    def _wanted(self, uids: list[int], view: View) -> tuple[list[int], int]:
        """What SEARCH only came near to is looked at; how many it would have taken too long to."""
        if sort_cache.by_envelope(view):
            wanted = self._judged(uids, view)
            uids = [uid for uid in uids if uid in wanted]
        if view.phrases or view.excluded_phrases:
            return self._saying(uids, view)
        return uids, 0

    def _judged(self, uids: list[int], view: View) -> set[int]:
        newest = sorted(uids, reverse=True)[:_MOST_JUDGED]
        if not newest:
            return set()
        lines = self.run(b"UID FETCH", folded(newest), b"(UID ENVELOPE)", patience=PATIENCE_BYTES)
        return sort_cache.of_envelopes(lines, view)

    def _grouped_order(self, folder: str, view: View) -> tuple[sort_cache.Threads, int]:
        """By conversations; each message by itself where the store cannot tell them (a message of very many
        references ends the process that sorts)."""
        try:
            return self._threads(view)
        except (TooSlow, ConnectionDead):
            self._selected = None
            self.lease.replace()
        self.enter_folder(folder)
        order, unchecked = self._sorted(replace(view, is_grouped=False))
        return tuple((uid,) for uid in order), unchecked

    def _threads(self, view: View) -> tuple[sort_cache.Threads, int]:
        lines = self.run(b"UID THREAD REFS UTF-8", *sort_cache.criteria(view), patience=self._search_patience)
        answer = next((line.text for line in lines if line.text.startswith(b"THREAD")), b"")
        found = sort_cache.threads(answer, oldest_first=view.is_reversed)
        every = [uid for group in found for uid in group]
        some, unchecked = self._wanted(every, view)
        if len(some) == len(every):
            return found, unchecked
        wanted = set(some)
        kept = (tuple(uid for uid in group if uid in wanted) for group in found)
        return tuple(group for group in kept if group), unchecked

    def _rows_at(self, folder: str, validity: int, uids: list[int]) -> tuple[Row, ...]:
        if folder == self._everything:
            return self._rows_of_everything(uids)
        lines = self.run(b"UID FETCH", folded(uids), b"(UID FLAGS)") if uids else []
        by_uid = dict(parse.flags_by_uid(lines))
        return self._with_summaries(folder, validity, [(uid, by_uid[uid]) for uid in uids if uid in by_uid])

    def _grouped(self, folder: str, validity: int, groups: Sequence[tuple[int, ...]]) -> tuple[Row, ...]:
        """A row for each conversation: its latest message, marked for all of them."""
        groups = [group[:_MOST_TOGETHER] for group in groups]
        uids = [uid for group in groups for uid in group]
        if not uids:
            return ()
        if folder == self._everything:
            found = self._by_uid_of_everything(uids)
            members = [[found[uid] for uid in group if uid in found] for group in groups]
            return tuple(
                _spoken_for(rows[0], [(row.ref, row.flags) for row in rows]) for rows in members if rows
            )
        marks = dict(parse.flags_by_uid(self.run(b"UID FETCH", folded(uids), b"(UID FLAGS)")))
        present = [[uid for uid in group if uid in marks] for group in groups]
        heads = self._with_summaries(
            folder, validity, [(group[0], marks[group[0]]) for group in present if group]
        )
        by_uid = {row.ref.uid: row for row in heads}
        return tuple(
            _spoken_for(by_uid[group[0]], [(MessageRef(folder, validity, uid), marks[uid]) for uid in group])
            for group in present
            if group and group[0] in by_uid
        )


def _spoken_for(head: Row, group: list[tuple[MessageRef, frozenset[str]]]) -> Row:
    """The head's row for the whole group: unread if one is, followed if one is."""
    flags = frozenset().union(*(marks for _, marks in group))
    if not all(Flag.SEEN in marks for _, marks in group):
        flags -= {Flag.SEEN.value}
    return Row(head.summary, flags, head.ref, tuple(ref for ref, _ in group if ref != head.ref))

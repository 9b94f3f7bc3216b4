"""The order of arrival in a folder: nearly always that of UIDs, which spares a SORT for each page."""

from array import array
from datetime import datetime
from itertools import pairwise

from vaguemestre.engines.imap.cache.sort_cache import ArrivalOrder, OrderKey, Threads, parse_sorted_uids
from vaguemestre.engines.imap.protocol import answers, response_tree
from vaguemestre.engines.imap.protocol.headers import moment
from vaguemestre.engines.imap.store.row_fetch import RowFetch
from vaguemestre.engines.imap.store.session import uid_of
from vaguemestre.post.mailstore.values import Row, View

PLAIN_VIEW = View()


class ArrivalOrders(RowFetch):
    def _arrival_order(self, folder: str, figures: dict[str, int]) -> ArrivalOrder:
        """What is known of the folder's order, worked out at the first look. `figures`: of its STATUS."""
        arrival = self._orders.arrival(self.mailbox, folder)
        if arrival is not None and arrival.uid_validity == figures.get("UIDVALIDITY"):
            return arrival
        selected = self.enter_folder(folder)
        if selected.exists:
            return self._examine_order(folder, selected.uid_validity, figures.get("UIDNEXT", 0))
        arrival = ArrivalOrder(selected.uid_validity, 1, is_natural=True, newest=None)
        self._orders.keep_arrival(self.mailbox, folder, arrival)
        return arrival

    def _examine_order(self, folder: str, validity: int, next_uid: int) -> ArrivalOrder:
        """Compare UIDs with arrival over the whole selected folder, and cache the outcome."""
        uids = self._sort_by_arrival()
        is_natural = all(a < b for a, b in pairwise(reversed(uids)))
        newest = None
        if uids:
            lines = self.run(b"UID FETCH", uids[0], b"(UID INTERNALDATE)")
            newest = next((_arrival_of(items) for items in response_tree.fetched_items(lines)), None)
        arrival = ArrivalOrder(validity, next_uid, is_natural, newest)
        self._orders.keep_arrival(self.mailbox, folder, arrival)
        return arrival

    def _is_still_natural(
        self, folder: str, arrival: ArrivalOrder, next_uid: int, rows: tuple[Row, ...]
    ) -> bool:
        """Whether messages that came since arrived last. `rows`: a page just read, which often tells."""
        if arrival.next_uid == next_uid:
            return True
        fresh = {row.ref.uid: row.summary.date for row in rows if row.ref.uid >= arrival.next_uid}
        if len(fresh) == len(rows) or not fresh:
            self.enter_folder(folder)
            lines = self.run(b"UID FETCH", b"%d:*" % arrival.next_uid, b"(UID INTERNALDATE)")
            dates_by_uid = {uid_of(items): _arrival_of(items) for items in response_tree.fetched_items(lines)}
            fresh = {uid: date for uid, date in dates_by_uid.items() if uid >= arrival.next_uid}
        dates = [*([arrival.newest] if arrival.newest else []), *(fresh[uid] for uid in sorted(fresh))]
        is_natural = all(a <= b for a, b in pairwise(dates))
        newest = max(dates) if dates else None
        self._orders.keep_arrival(
            self.mailbox, folder, ArrivalOrder(arrival.uid_validity, next_uid, is_natural, newest)
        )
        return is_natural

    def _uids_by_arrival(self, folder: str, figures: dict[str, int]) -> "array[int]":
        """UIDs of the folder, the last to arrive first, cached for as long as its `figures` stay the same."""
        stamp = figures.get("UIDVALIDITY", 0), figures.get("UIDNEXT", 0), figures.get("MESSAGES", 0)
        key = OrderKey(self.mailbox, folder, PLAIN_VIEW)
        cached = self._orders.get(key, stamp)
        if isinstance(cached, array):
            return cached
        self.enter_folder(folder)
        uids = self._sort_by_arrival()
        self._orders.keep(key, stamp, uids)
        if all(a < b for a, b in pairwise(reversed(uids))):
            self._examine_order(folder, stamp[0], stamp[1])  # the message out of order has left
        return uids

    def _by_arrival(
        self, folder: str, threads: Threads, figures: dict[str, int], *, is_reversed: bool
    ) -> Threads:
        """Conversations sorted by UID, in order of arrival: another one once an old message was moved in."""
        arrival = self._arrival_order(folder, figures)
        if arrival.is_natural and self._is_still_natural(folder, arrival, figures.get("UIDNEXT", 0), ()):
            return threads
        rank = {uid: place for place, uid in enumerate(self._uids_by_arrival(folder, figures))}
        last = len(rank)
        threads = tuple(tuple(sorted(thread, key=lambda uid: rank.get(uid, last))) for thread in threads)
        return tuple(sorted(threads, key=lambda thread: rank.get(thread[0], last), reverse=is_reversed))

    def _sort_by_arrival(self) -> "array[int]":
        """UIDs of the selected folder, the last to arrive first."""
        # ascending, then reversed: of messages of one second the later stands above, as in a run of rows
        lines = self.run(b"UID SORT RETURN (ALL) (ARRIVAL) UTF-8 ALL", patience=self._search_patience)
        uids = parse_sorted_uids(answers.esearch_all(answers.esearch(lines)))
        uids.reverse()
        return uids


def _arrival_of(items: response_tree.Items) -> datetime:
    return moment(response_tree.text_of(items.get("INTERNALDATE")))

"""Orders of a folder: answers to SORT and THREAD (RFC 5256), cached.

An order is cached with the figures of STATUS it was computed under: those that change when messages come or
go; the whole STATUS line where flags decide (unread, flagged).
"""

import re
import threading
from array import array
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from vaguemestre.post.mailstore.values import View

MAX_CACHED_UIDS = 3_000_000  # per process: about 12 MB
_TOKEN = re.compile(rb"[()]|\d+")

type Stamp = tuple[int, int, int] | bytes
type Threads = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class ArrivalOrder:
    """Whether the order of UIDs below `next_uid` is that of arrival.

    `newest`: when the last message arrived; None while the folder is empty.
    """

    uid_validity: int
    next_uid: int
    is_natural: bool
    newest: datetime | None


def parse_threads(answer: bytes, *, oldest_first: bool = False) -> Threads:
    """The conversations of a THREAD answer, latest first, each latest first, by UID."""
    conversations: list[tuple[int, ...]] = []
    depth = 0
    current: list[int] = []
    for token in _TOKEN.findall(answer):
        if token == b"(":
            depth += 1
        elif token == b")":
            depth -= 1
            if depth == 0 and current:
                conversations.append(tuple(sorted(current, reverse=True)))
                current = []
        else:
            current.append(int(token))
    return tuple(sorted(conversations, reverse=not oldest_first))


def pack_uids(uids: list[int]) -> "array[int]":
    return array("I", uids)


def parse_sorted_uids(sequence: bytes) -> "array[int]":
    """A set in its own order, which after SORT is the order asked for (RFC 5267)."""
    uids: array[int] = array("I")
    for piece in sequence.split(b","):
        first, colon, last = piece.partition(b":")
        if first.isdigit():
            low, high = int(first), int(last) if colon and last.isdigit() else int(first)
            uids.extend(range(low, high + 1) if high >= low else range(low, high - 1, -1))
    return uids


class _CachedOrder(NamedTuple):
    stamp: Stamp
    order: "array[int] | Threads"
    weight: int


class OrderKey(NamedTuple):
    """What a cached order is of."""

    mailbox: str
    folder: str
    view: View


class SortCache:
    """Orders by mailbox, folder and view, and arrival orders by folder; least recently used evicted first."""

    def __init__(self, most: int = MAX_CACHED_UIDS, most_folders: int = 20_000) -> None:
        self._most, self._most_folders = most, most_folders
        self._lock = threading.Lock()
        self._orders: OrderedDict[OrderKey, _CachedOrder] = OrderedDict()
        self._unchecked: dict[OrderKey, int] = {}
        self._arrivals: OrderedDict[tuple[str, str], ArrivalOrder] = OrderedDict()
        self._weight = 0

    def get(self, key: OrderKey, stamp: Stamp) -> "array[int] | Threads | None":
        with self._lock:
            cached = self._orders.get(key)
            if cached is None or cached.stamp != stamp:
                return None
            self._orders.move_to_end(key)
            return cached.order

    def last(self, key: OrderKey) -> "array[int] | Threads | None":
        """The order cached last, under whatever stamp."""
        with self._lock:
            cached = self._orders.get(key)
            return cached.order if cached is not None else None

    def unchecked(self, key: OrderKey) -> int:
        """How many messages of a cached order were not checked."""
        with self._lock:
            return self._unchecked.get(key, 0)

    def keep(self, key: OrderKey, stamp: Stamp, order: "array[int] | Threads", unchecked: int = 0) -> None:
        weight = len(order) if isinstance(order, array) else sum(20 + len(thread) for thread in order)
        with self._lock:
            self._drop(key)
            self._orders[key] = _CachedOrder(stamp, order, weight)
            if unchecked:
                self._unchecked[key] = unchecked
            self._weight += weight
            while self._weight > self._most and len(self._orders) > 1:
                self._drop(next(iter(self._orders)))

    def arrival(self, mailbox: str, folder: str) -> ArrivalOrder | None:
        with self._lock:
            return self._arrivals.get((mailbox, folder))

    def keep_arrival(self, mailbox: str, folder: str, order: ArrivalOrder) -> None:
        with self._lock:
            self._arrivals[mailbox, folder] = order
            self._arrivals.move_to_end((mailbox, folder))
            if len(self._arrivals) > self._most_folders:
                self._arrivals.popitem(last=False)

    def forget(self, mailbox: str) -> None:
        with self._lock:
            for key in [key for key in self._orders if key[0] == mailbox]:
                self._drop(key)
            for place in [place for place in self._arrivals if place[0] == mailbox]:
                del self._arrivals[place]

    def _drop(self, key: OrderKey) -> None:
        dropped = self._orders.pop(key, None)
        self._unchecked.pop(key, None)
        if dropped is not None:
            self._weight -= dropped.weight

"""Things worth keeping for a while in a worker: bounded in number and in weight, the oldest used go first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock


class Kept[K: Hashable, V]:
    """A bounded dictionary for several threads. `weigh` gives octets or any other measure, about."""

    def __init__(self, most: int, heaviest: int = 0, weigh: Callable[[V], int] = lambda _: 0) -> None:
        self._most, self._heaviest, self._weigh = most, heaviest, weigh
        self._lock = Lock()
        self._weight = 0
        self._held: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def put(self, key: K, value: V) -> None:
        with self._lock:
            self._forget(key)
            self._held[key] = value
            self._weight += self._weigh(value)
            while len(self._held) > self._most or (self._heaviest and self._weight > self._heaviest):
                _, gone = self._held.popitem(last=False)
                self._weight -= self._weigh(gone)

    def drop(self, key: K) -> None:
        with self._lock:
            self._forget(key)

    def clear(self) -> None:
        with self._lock:
            self._held.clear()
            self._weight = 0

    def _forget(self, key: K) -> None:
        known = self._held.pop(key, None)
        if known is not None:
            self._weight -= self._weigh(known)

"""An in-process cache with a limit of entries and of weight."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock


class WeightedLru[K: Hashable, V]:
    """A thread-safe least-recently-used cache. `weigh`: octets of a value, or another measure."""

    def __init__(
        self, max_entries: int, max_weight: int = 0, weigh: Callable[[V], int] = lambda _: 0
    ) -> None:
        self._max_entries, self._max_weight, self._weigh = max_entries, max_weight, weigh
        self._lock = Lock()
        self._weight = 0
        self._entries: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        with self._lock:
            value = self._entries.get(key)
            if value is not None:
                self._entries.move_to_end(key)
            return value

    def put(self, key: K, value: V) -> None:
        with self._lock:
            self._remove(key)
            self._entries[key] = value
            self._weight += self._weigh(value)
            while len(self._entries) > self._max_entries or (
                self._max_weight and self._weight > self._max_weight
            ):
                _, evicted = self._entries.popitem(last=False)
                self._weight -= self._weigh(evicted)

    def drop(self, key: K) -> None:
        with self._lock:
            self._remove(key)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self._weight = 0

    def _remove(self, key: K) -> None:
        value = self._entries.pop(key, None)
        if value is not None:
            self._weight -= self._weigh(value)

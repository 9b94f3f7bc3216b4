"""Who is on the way: what must come back with them is remembered, once and for half an hour."""

import secrets
import time
from threading import Lock

from accolad.provider import Departure

_ON_THE_WAY = 1800
_MOST = 5000


class Departures:
    def __init__(self) -> None:
        self._lock = Lock()
        self._on_the_way: dict[str, Departure] = {}

    def leave(self, departure: Departure) -> str:
        """Remember a departure; the key that the browser keeps."""
        key = secrets.token_urlsafe(24)
        with self._lock:
            now = time.time()
            fresh = {k: d for k, d in self._on_the_way.items() if now - d.left_at < _ON_THE_WAY}
            self._on_the_way = dict(list(fresh.items())[-_MOST:])
            self._on_the_way[key] = departure
        return key

    def back(self, key: str) -> Departure | None:
        """The departure of that key, once."""
        with self._lock:
            found = self._on_the_way.pop(key, None)
        return found if found and time.time() - found.left_at < _ON_THE_WAY else None

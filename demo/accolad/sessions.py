"""Who is inside, and who is on the way; in memory, with an end."""

import secrets
import time
from dataclasses import dataclass
from threading import Lock

from accolad.provider import Arrival, Departure

_LONGEST = 8 * 3600
_ON_THE_WAY = 1800
_MOST = 5000


@dataclass(frozen=True)
class Inside:
    arrival: Arrival
    since: float
    stamp: str  # proves that a form is one of ours


class Sessions:
    def __init__(self) -> None:
        self._lock = Lock()
        self._inside: dict[str, Inside] = {}
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

    def let_in(self, arrival: Arrival) -> str:
        key = secrets.token_urlsafe(32)
        with self._lock:
            now = time.time()
            self._inside = {k: i for k, i in self._inside.items() if now - i.since < _LONGEST}
            self._inside[key] = Inside(arrival, now, secrets.token_urlsafe(16))
        return key

    def inside(self, key: str) -> Inside | None:
        with self._lock:
            found = self._inside.get(key)
        return found if found and time.time() - found.since < _LONGEST else None

    def let_out(self, key: str) -> None:
        with self._lock:
            self._inside.pop(key, None)

    def let_out_named(self, sub: str, sid: str) -> None:
        """All of that session at the provider; all of that person when no session is named."""
        with self._lock:
            self._inside = {
                key: one
                for key, one in self._inside.items()
                if one.arrival.sub != sub or (sid and one.arrival.sid != sid)
            }

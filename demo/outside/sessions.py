"""Who is inside an application, in memory, with an end: after a restart one comes back in unasked."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

_LONGEST = 8 * 3600


@dataclass(frozen=True)
class Inside[Arrival]:
    """`stamp` proves that a form is one of ours."""

    arrival: Arrival
    since: float
    stamp: str


class Sessions[Arrival]:
    """`Arrival`: what a protocol told of somebody."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside: dict[str, Inside[Arrival]] = {}

    def let_in(self, arrival: Arrival) -> str:
        """The key that the browser keeps."""
        key = secrets.token_urlsafe(32)
        with self._lock:
            now = time.time()
            self._inside = {k: one for k, one in self._inside.items() if now - one.since < _LONGEST}
            self._inside[key] = Inside(arrival, now, secrets.token_urlsafe(16))
        return key

    def inside(self, key: str) -> Inside[Arrival] | None:
        with self._lock:
            found = self._inside.get(key)
        return found if found and time.time() - found.since < _LONGEST else None

    def let_out(self, key: str) -> None:
        with self._lock:
            self._inside.pop(key, None)

    def let_out_all(self, is_gone: Callable[[Arrival], bool]) -> None:
        """Everybody whom the server said to be gone."""
        with self._lock:
            self._inside = {key: one for key, one in self._inside.items() if not is_gone(one.arrival)}

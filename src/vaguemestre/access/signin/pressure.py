"""Tries in vain of this process: a storm makes every strange browser work before its hash is computed."""

from datetime import datetime
from threading import Lock

from vaguemestre.access.signin.rules.tolls import VainTries


class VainCounter:
    """Shared by the threads of a process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tries = VainTries()

    def note(self, now: datetime) -> None:
        with self._lock:
            self._tries = self._tries.with_one_more(now)

    def level(self, now: datetime) -> int:
        return self._tries.level(now)

    def reset(self) -> None:
        with self._lock:
            self._tries = VainTries()


vain = VainCounter()

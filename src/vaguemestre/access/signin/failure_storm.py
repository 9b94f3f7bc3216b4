"""The pressure of failed attempts on this process: in a storm, unknown browsers must work before a hash."""

from datetime import datetime
from threading import Lock

from vaguemestre.access.signin.rules.proof_of_work import RecentFailures


class FailureCounter:
    """Recent failures, shared by the threads of a process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tries = RecentFailures()

    def record(self, now: datetime) -> None:
        with self._lock:
            self._tries = self._tries.plus_one(now)

    def level(self, now: datetime) -> int:
        return self._tries.level(now)

    def reset(self) -> None:
        with self._lock:
            self._tries = RecentFailures()


failed_attempts = FailureCounter()

"""Heavy readings of one person at once: nobody takes every place at the sandboxed reader."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

from vaguemestre.mailbox.webmail.ports import ReaderBusy, RunLimited
from vaguemestre.mailbox.webmail.values import Task

_MAX_AT_ONCE = 2  # for each account in each process

_readings: Counter[int] = Counter()
_changing = Lock()


@contextmanager
def reading_share(account_id: int) -> Iterator[None]:
    """Count one more reading of that account until the block ends. Raises ReaderBusy, never waits."""
    with _changing:
        if _readings[account_id] >= _MAX_AT_ONCE:
            raise ReaderBusy("ce compte fait déjà lire assez de fichiers à la fois")
        _readings[account_id] += 1
    try:
        yield
    finally:
        with _changing:
            _readings[account_id] -= 1
            if not _readings[account_id]:
                del _readings[account_id]


@dataclass(frozen=True)
class SharedRun:
    """`ports.RunLimited` for one account, within its share."""

    run: RunLimited
    account_id: int

    def __call__(
        self,
        task: Task,
        request: Mapping[str, Any],
        blobs: Sequence[bytes],
        answer: Callable[[str, str], str | None] = lambda _kind, _what: None,
    ) -> Any:
        with reading_share(self.account_id):
            return self.run(task, request, blobs, answer)

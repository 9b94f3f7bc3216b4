"""Which commits may be lost by a power cut: those of work that is then repeated without harm."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def repeatable() -> Iterator[None]:
    """Commits inside do not wait for the disk; they outlive the end of the process, not a power cut.

    They reach the disk with the next commit that waits. Around a transaction: inside one, nothing changes.
    https://www.sqlite.org/pragma.html#pragma_synchronous, PostgreSQL's `synchronous_commit`.
    """
    if connection.in_atomic_block:
        yield
        return
    _run("PRAGMA synchronous=NORMAL", "SET synchronous_commit TO off")
    try:
        yield
    finally:
        if connection.connection is not None:  # a new one waits for the disk
            _run("PRAGMA synchronous=FULL", "RESET synchronous_commit")


def _run(sqlite: str, postgresql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(postgresql if connection.vendor == "postgresql" else sqlite)

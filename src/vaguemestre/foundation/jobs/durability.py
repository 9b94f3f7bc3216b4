"""Commits that do not wait for the disk, for work that may be repeated after a power cut."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def repeatable() -> Iterator[None]:
    """Let the commits of this block return before they are on disk.

    They survive the end of the process, not a power cut, and reach the disk with the next commit that waits.
    To be used around a transaction; inside one it has no effect. SQLite's `synchronous`
    (https://www.sqlite.org/pragma.html#pragma_synchronous), PostgreSQL's `synchronous_commit`.
    """
    if connection.in_atomic_block:
        yield
        return
    _run("PRAGMA synchronous=NORMAL", "SET synchronous_commit TO off")
    try:
        yield
    finally:
        if connection.connection is not None:  # if it was closed, the next one waits for the disk by default
            _run("PRAGMA synchronous=FULL", "RESET synchronous_commit")


def _run(sqlite: str, postgresql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(postgresql if connection.vendor == "postgresql" else sqlite)

"""Turns at the sandboxed reader: how many readings run in a process, how many requests wait for one."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from vaguemestre.mailbox.webmail.ports import ReaderBusy


class Turns:
    """`at_once`: readings at a time; `waiting`: requests that may wait. Any other is refused at once.

    Whoever waits holds a thread of the pages: three of the four that a web worker has are the most.
    """

    def __init__(self, at_once: int = 2, waiting: int = 1) -> None:
        self._turns = BoundedSemaphore(at_once)
        self._places = BoundedSemaphore(at_once + waiting)

    @contextmanager
    def turn(self, seconds: float) -> Iterator[None]:
        """Hold a turn, waiting for it `seconds` at most. Raises ReaderBusy."""
        if not self._places.acquire(blocking=False):
            raise ReaderBusy("trop de fichiers sont lus à la fois")
        try:
            if not self._turns.acquire(timeout=seconds):
                raise ReaderBusy("trop de fichiers sont lus à la fois, aucun n’a fini à temps")
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._places.release()

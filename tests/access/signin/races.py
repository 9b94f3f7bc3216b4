"""Several threads through the same door at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections


def at_once[T](runners: int, act: Callable[[int], T]) -> list[T]:
    """What `act(0)` … `act(runners - 1)` return, all started together, each with its own connection."""
    start = Barrier(runners)

    def run(number: int) -> T:
        try:
            start.wait(timeout=60)
            return act(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(runners) as pool:
        return list(pool.map(run, range(runners)))

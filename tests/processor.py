"""Processor time as a budget means it: of one quiet core, for the work itself.

A core that others use counts more for the same work, and a collection of garbage walks through all that a run
of tests has loaded. So what counts is the time of the calling thread, with the objects of the run put aside,
divided by how much slower than a quiet core a known piece of work is just then; and of a few tries the least,
since work that is over its budget is over it each time.
"""

import gc
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

QUIET_SECONDS = 0.020  # of the known work, on a quiet core of the machine on which budgets were set
TRIES = 3

_TEXT = "".join(f'<td class="c{n % 7}" width={n}>{n * n}</td>' for n in range(2_000))
_TAG = re.compile(r"<(/?)([a-z]+)([^>]*)>")


class Measure:
    """`seconds` once it ended; `pace`: how many times slower than a quiet core it ran, 1 at least."""

    seconds = 0.0
    pace = 1.0


@contextmanager
def measured() -> Iterator[Measure]:
    measure = Measure()
    gc.freeze()
    before = _pace()
    began = time.thread_time()
    try:
        yield measure
    finally:
        spent = time.thread_time() - began
        measure.pace = max(before, _pace())
        measure.seconds = spent / measure.pace
        gc.unfreeze()


def least_seconds(work: Callable[[], object], enough: float) -> float:
    """Of that work, done again while it takes longer than `enough`. It may not remember what it did."""
    least = float("inf")
    for _ in range(TRIES):
        with measured() as measure:
            work()
        least = min(least, measure.seconds)
        if least <= enough:
            break
    return least


def loaded(seconds: float) -> float:
    """A promise made for a quiet machine, in seconds of this one as busy as it is.

    The average of a minute tells late that others have begun: those that want to run now count too.
    """
    now = int(Path("/proc/loadavg").read_text().split()[3].partition("/")[0])
    return seconds * max(1.0, max(now, *os.getloadavg()[:2]) / (os.cpu_count() or 1))


def _pace() -> float:
    began = time.thread_time()
    _known_work()
    return max(1.0, (time.thread_time() - began) / QUIET_SECONDS)


def _known_work() -> int:
    """Of the kinds that reading a letter is made of: expressions, strings, small objects."""
    count = 0
    for _ in range(6):
        pieces = [(tag[1], tag[2].lower(), len(tag[3])) for tag in _TAG.finditer(_TEXT)]
        count += len({name: place for place, (_, name, _) in enumerate(pieces)}) + len(
            "".join(p[1] for p in pieces)
        )
    return count

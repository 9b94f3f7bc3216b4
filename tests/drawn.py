"""What a run tries of a walk too long for each: a part of it, drawn from a seed that is printed (ADR 0058).

`VAGUEMESTRE_SEED` gives the seed again, `bin/test --long` tries the whole.
"""

import os
import random
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

LONG = bool(os.environ.get("VAGUEMESTRE_LONG"))
_SEED = "VAGUEMESTRE_SEED"
_ONLY_SOME_ENGINES = "VAGUEMESTRE_SOME_ENGINES"  # of the second database: bin/test says so
_NAMES_A_DATABASE = re.compile(r"postgres|sqlite|django_db|\bsql\b|(?<!no_)database", re.IGNORECASE)
_ONE_IN = 3  # files


def seed() -> str:
    """That of this run, which its other processes find where this one leaves it."""
    return os.environ.setdefault(_SEED, str(random.SystemRandom().randrange(10**6)))


def some_of[T](things: Sequence[T], count: int, *walk: object) -> list[T]:
    """`count` of them, in their order; all, if there are fewer or the run is a long one.

    `walk`: what is tried. The same seed draws the same for it, whatever tests run besides.
    """
    if LONG or count >= len(things):
        return list(things)
    places = random.Random(f"{seed()} {walk}").sample(range(len(things)), count)
    return [things[place] for place in sorted(places)]


@cache
def are_engines_tried(file: Path) -> bool:
    """Whether this run tries that file's tests of engines: on a second database, one file in three.

    A file whose text names a database is tried each time.
    """
    if LONG or not os.environ.get(_ONLY_SOME_ENGINES):
        return True
    drawn = random.Random(f"{seed()} engines {file.parent.name} {file.name}").randrange(_ONE_IN) == 0
    return drawn or bool(_NAMES_A_DATABASE.search(file.read_text(encoding="utf-8")))


class Seed:
    """A plugin of pytest: a run says its seed as it begins, and again when it ends."""

    def pytest_report_header(self) -> str:
        return self._words()

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.write_line(self._words())

    def _words(self) -> str:
        return "walks: whole" if LONG else f"walks: a part of each, drawn with {_SEED}={seed()}"

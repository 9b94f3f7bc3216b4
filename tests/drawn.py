"""What a run tries of a walk too long for each: a part of it, drawn from a seed that is printed (ADR 0058).

`VAGUEMESTRE_SEED` gives the seed again, `bin/test --long` tries the whole.
"""

import os
import random
from collections.abc import Sequence

import pytest

LONG = bool(os.environ.get("VAGUEMESTRE_LONG"))
_SEED = "VAGUEMESTRE_SEED"


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


class Seed:
    """A plugin of pytest: a run says its seed as it begins, and again when it ends."""

    def pytest_report_header(self) -> str:
        return self._words()

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.write_line(self._words())

    def _words(self) -> str:
        return "walks: whole" if LONG else f"walks: a part of each, drawn with {_SEED}={seed()}"

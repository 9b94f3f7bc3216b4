"""Bars of what passed and failed, day by day, in units of an SVG view box."""

from collections.abc import Sequence
from typing import NamedTuple

from vaguemestre.desks.domainreports.values import DayCount

WIDTH, HEIGHT = 480, 96
_GAP = 2.0


class Bar(NamedTuple):
    """A rectangle, its measures written as SVG does."""

    x: str
    y: str
    width: str
    height: str
    is_failure: bool


def stacked_bars(days: Sequence[DayCount]) -> tuple[Bar, ...]:
    """Bars of a chart: for each day the failures, and the successes stacked on them."""
    top = max((day.passed + day.failed for day in days), default=0) or 1
    step = WIDTH / max(1, len(days))
    width = f"{max(1.0, step - _GAP):.2f}"
    bars: list[Bar] = []
    for number, day in enumerate(days):
        x, failed = f"{number * step:.2f}", _height(day.failed, top)
        if day.failed:
            bars.append(Bar(x, f"{HEIGHT - failed:.2f}", width, f"{failed:.2f}", is_failure=True))
        if day.passed:
            passed = min(_height(day.passed, top), HEIGHT - failed)
            bars.append(Bar(x, f"{HEIGHT - failed - passed:.2f}", width, f"{passed:.2f}", is_failure=False))
    return tuple(bars)


def _height(count: int, top: int) -> float:
    """Height of a bar; at least a visible one for a single message beside thousands."""
    return max(2.0, count / top * HEIGHT) if count else 0.0

"""Small drawings: bars of a flow, the line of a level, in units of an SVG view box."""

from collections.abc import Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 240, 64
_GAP = 1.5


class Bar(NamedTuple):
    x: float
    y: float
    width: float
    height: float
    is_last: bool


def bars(values: Sequence[float | None]) -> tuple[Bar, ...]:
    """A bar for each value that is known, the highest as high as the drawing; nought is a trace."""
    top = max((value for value in values if value), default=0.0) or 1.0
    step = WIDTH / max(1, len(values))
    return tuple(
        Bar(
            round(number * step, 2),
            round(HEIGHT - max(1.0, value / top * HEIGHT), 2),
            round(max(1.0, step - _GAP), 2),
            round(max(1.0, value / top * HEIGHT), 2),
            is_last=number == len(values) - 1,
        )
        for number, value in enumerate(values)
        if value is not None
    )


def lines(values: Sequence[float | None], *, top: float = 0.0) -> tuple[str, ...]:
    """The points of a line, one for each stretch without a hole; `top`: the value at the upper edge."""
    top = top or max((value for value in values if value is not None), default=0.0) or 1.0
    step = WIDTH / max(1, len(values))
    stretches: list[list[str]] = [[]]
    for number, value in enumerate(values):
        if value is None:
            stretches.append([])
            continue
        y = round(HEIGHT - min(1.0, value / top) * (HEIGHT - 2) - 1, 2)
        if not stretches[-1]:
            stretches[-1].append(f"{round(number * step, 2)},{y}")
        stretches[-1].append(f"{round((number + 1) * step, 2)},{y}")
    return tuple(" ".join(points) for points in stretches if points)

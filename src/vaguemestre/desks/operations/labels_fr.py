"""Figures of « Aujourd’hui » as they are written and drawn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from vaguemestre.desks.operations.rules import charts
from vaguemestre.desks.operations.rules.charts import Bar
from vaguemestre.desks.operations.values import Measure
from vaguemestre.foundation.kernel.text.french_dates import day_fr, hour_fr
from vaguemestre.foundation.kernel.times import PARIS, paris_day

BLANK = "\N{NO-BREAK SPACE}"
_THIN = "\N{NARROW NO-BREAK SPACE}"


def number_fr(value: float) -> str:
    """« 41 208 »."""
    return f"{round(value):,}".replace(",", _THIN)


def seconds_fr(value: float) -> str:
    """« 4,1 s », « 2 min », « 3 h »."""
    if value < 60:
        return f"{value:.1f}".replace(".", ",") + f"{BLANK}s"
    return f"{value / 60:.0f}{BLANK}min" if value < 3600 else f"{value / 3600:.0f}{BLANK}h"


def share_fr(value: float) -> str:
    return f"{100 * value:.0f}{BLANK}%"


@dataclass(frozen=True, slots=True)
class Series:
    """A figure of the page. `is_flow`: added up; else a level, drawn as a line under `top`."""

    name: str
    title: str
    write: Callable[[float], str]
    is_flow: bool = True
    top: float = 0.0


SERIES = (
    Series("arrived", "Reçus", number_fr),
    Series("left", "Envoyés", number_fr),
    Series("refused", "Refusés", number_fr),
    Series("delivery", "Remise moyenne", seconds_fr, is_flow=False),
    Series("signins", "Connexions", number_fr),
    Series("free.mail", "Place libre", share_fr, is_flow=False, top=1.0),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """`value`: today's; `words`: what the drawing shows, for who does not see it."""

    name: str
    title: str
    value: str
    note: str
    words: str
    bars: tuple[Bar, ...]
    lines: tuple[str, ...]


def value_of(series: Series, measure: Measure | None) -> float | None:
    if measure is None:
        return None
    return measure.total if series.is_flow else measure.mean


def figure(
    series: Series, today: Measure | None, buckets: Sequence[Measure | None], unit: str, note: str
) -> Figure:
    values = [value_of(series, bucket) for bucket in buckets]
    value = value_of(series, today)
    known = [number for number in values if number is not None]
    words = (
        f"{series.title}, par {unit} : de {series.write(min(known))} à {series.write(max(known))}"
        if known
        else f"{series.title} : rien n’est encore mesuré"
    )
    return Figure(
        series.name, series.title, series.write(value) if value is not None else "–", note, words,
        bars=charts.bars(values) if series.is_flow else (),
        lines=() if series.is_flow else charts.lines(values, top=series.top),
    )  # fmt: skip


def bucket_fr(start: datetime, *, minutes: int, today: datetime) -> str:
    """The name of a bucket: its hour within a day, else its day."""
    local = start.astimezone(PARIS)
    day = "auj." if paris_day(start) == paris_day(today) else day_fr(local.date(), with_year=False)
    if minutes < 1440:
        return f"{day}, {hour_fr(start)}" if minutes >= 360 else hour_fr(start)
    return f"semaine du {day}" if minutes > 1440 else day


class Cell(NamedTuple):
    title: str
    value: str


def table_rows(
    starts: Sequence[datetime], buckets: Mapping[str, Sequence[Measure | None]], minutes: int, now: datetime
) -> list[tuple[str, list[Cell]]]:
    """A line for each bucket, the newest first: its name, then a cell for each of SERIES."""
    rows = []
    for place in range(len(starts) - 1, -1, -1):
        cells = []
        for series in SERIES:
            value = value_of(series, buckets[series.name][place])
            cells.append(Cell(series.title, "–" if value is None else series.write(value)))
        rows.append((bucket_fr(starts[place], minutes=minutes, today=now), cells))
    return rows

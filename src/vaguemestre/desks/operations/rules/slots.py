"""Slots of time: where a sample belongs, and the buckets of a drawing. Days are those of Paris."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from types import MappingProxyType

from vaguemestre.desks.operations.values import Measure, Resolution
from vaguemestre.foundation.kernel.times import PARIS, paris_day

RETENTION: Mapping[Resolution, timedelta] = MappingProxyType(
    {
        Resolution.FIVE_MINUTES: timedelta(days=2),
        Resolution.HOUR: timedelta(days=14),
        Resolution.DAY: timedelta(days=400),
    }
)
_SECONDS = {Resolution.FIVE_MINUTES: 300, Resolution.HOUR: 3600}


@dataclass(frozen=True, slots=True)
class Period:
    """A drawing: `count` buckets of `minutes` each (whole days: 1440 × n), from samples of `source`."""

    key: str
    title: str
    source: Resolution
    minutes: int
    count: int
    unit: str  # of one bucket, in French


PERIODS = (
    Period("jour", "Jour", Resolution.FIVE_MINUTES, 30, 48, "demi-heure"),
    Period("semaine", "Semaine", Resolution.HOUR, 360, 28, "quart de jour"),
    Period("mois", "30 jours", Resolution.DAY, 1440, 30, "jour"),
    Period("annee", "Année", Resolution.DAY, 7 * 1440, 52, "semaine"),
)


def slot_of(at: datetime, resolution: Resolution) -> datetime:
    """The beginning of the slot that holds a moment."""
    if resolution is Resolution.DAY:
        return datetime.combine(paris_day(at), time(), PARIS)
    seconds = int(at.timestamp())
    return datetime.fromtimestamp(seconds - seconds % _SECONDS[resolution], PARIS)


def bucket_starts(period: Period, now: datetime) -> list[datetime]:
    """The beginnings of the buckets, the oldest first; the last one holds `now`."""
    midnight = datetime.combine(paris_day(now), time(), PARIS)
    days, rest = divmod(period.minutes, 1440)
    if not rest:
        today = paris_day(now)
        numbers = range(period.count - 1, -1, -1)
        return [datetime.combine(today - timedelta(days=days * (n + 1) - 1), time(), PARIS) for n in numbers]
    step = timedelta(minutes=period.minutes)
    wall = now.astimezone(PARIS)  # clocks, of which one hour comes twice a year
    last = midnight + ((wall - midnight) // step) * step
    return [last - step * n for n in range(period.count - 1, -1, -1)]


def in_buckets(samples: Mapping[datetime, Measure], starts: Sequence[datetime]) -> list[Measure | None]:
    """The samples of each bucket added up; None for a bucket without a sample."""
    buckets: list[Measure | None] = [None] * len(starts)
    for at, measure in samples.items():
        place = bisect_right(starts, at) - 1
        if place >= 0:
            present = buckets[place]
            buckets[place] = present.plus(measure) if present else measure
    return buckets

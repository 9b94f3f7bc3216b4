"""Samples, totals, alarms and destinations, read for pages and for the decision on alarms."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Max, Sum

from vaguemestre.desks.operations.models import Alarm, DestinationDay, MetricSample, Reading
from vaguemestre.desks.operations.rules.alarms import Facts
from vaguemestre.desks.operations.rules.slots import slot_of
from vaguemestre.desks.operations.values import (
    AlarmState,
    DeliveryCounts,
    Destination,
    Measure,
    Readings,
    Resolution,
)
from vaguemestre.foundation.cluster.queries import machine_states
from vaguemestre.foundation.cluster.values import MachineState

_FINE = Resolution.FIVE_MINUTES
_CLOSED_SHOWN = timedelta(hours=12)


def latest_readings() -> dict[str, float]:
    return dict(Reading.objects.values_list("series", "value"))


def samples_since(
    since: datetime, resolution: Resolution, series: Collection[str] = ()
) -> dict[str, dict[datetime, Measure]]:
    """The samples of these series (all if none is named) since a moment, by the beginning of each."""
    rows = MetricSample.objects.filter(resolution=resolution, at__gte=since)
    if series:
        rows = rows.filter(series__in=series)
    samples: defaultdict[str, dict[datetime, Measure]] = defaultdict(dict)
    for name, at, total, number, peak in rows.values_list("series", "at", "total", "number", "peak"):
        samples[name][at] = Measure(total, number, peak)
    return samples


def totals_since(since: datetime, resolution: Resolution) -> dict[str, Measure]:
    """Each series added up since a moment."""
    rows = MetricSample.objects.filter(resolution=resolution, at__gte=since).values("series")
    sums = rows.annotate(sum=Sum("total"), pieces=Sum("number"), top=Max("peak"))
    return {row["series"]: Measure(row["sum"], row["pieces"], row["top"]) for row in sums}


def alarm_facts(readings: Readings, now: datetime) -> Facts:
    """The facts that decide which alarms hold: these readings, and the totals of the last hour."""

    def lately(minutes: int) -> dict[str, Measure]:
        return totals_since(slot_of(now - timedelta(minutes=minutes), _FINE), _FINE)

    ten_minutes = lately(10)

    return Facts(
        readings, now.timestamp(),
        machines=_other_machines(now),
        hour=_totals(lately(60)), quarter=_totals(lately(15)), ten_minutes=_totals(ten_minutes),
        days_measured=MetricSample.objects.filter(resolution=Resolution.DAY, series="arrived").count(),
        rounds=ten_minutes.get("waiting", Measure(0, 0)).number,
    )  # fmt: skip


def _other_machines(now: datetime) -> tuple[MachineState, ...]:
    """None where the installation is one machine. The row of one that was taken out goes within a week."""
    own = settings.CONFIG.machine
    names = {node.name for node in settings.CONFIG.topology.nodes} - {own}
    return tuple(machine for machine in machine_states(now) if machine.name in names) if own else ()


def open_alarms() -> tuple[AlarmState, ...]:
    return tuple(map(_state, Alarm.objects.filter(closed_at__isnull=True).order_by("opened_at")))


def closed_alarms(now: datetime, *, limit: int = 5) -> tuple[AlarmState, ...]:
    """The alarms that ended within half a day, the last first."""
    rows = Alarm.objects.filter(closed_at__gte=now - _CLOSED_SHOWN).order_by("-closed_at")
    return tuple(map(_state, rows[:limit]))


def destinations_since(day: date, *, limit: int = 12) -> tuple[Destination, ...]:
    """Our mailboxes first, then the destinations with most to say: put off, then refused, then delivered."""
    sums = (
        DestinationDay.objects.filter(day__gte=day)
        .values("domain")
        .annotate(
            delivered_sum=Sum("delivered"), deferred_sum=Sum("deferred"), refused_sum=Sum("refused"),
            seconds_sum=Sum("seconds"), slowest_of_all=Max("slowest"),
        )
    )  # fmt: skip
    columns = ("domain", "delivered_sum", "deferred_sum", "refused_sum", "seconds_sum", "slowest_of_all")
    outside = sums.exclude(domain="").order_by("-deferred_sum", "-refused_sum", "-delivered_sum", "domain")
    rows = [*sums.filter(domain="").values_list(*columns), *outside.values_list(*columns)[:limit]]
    return tuple(Destination(domain, DeliveryCounts(*numbers)) for domain, *numbers in rows)


def _state(row: Alarm) -> AlarmState:
    return AlarmState(row.name, row.subject, row.words, row.opened_at, row.closed_at)


def _totals(measures: Mapping[str, Measure]) -> Readings:
    return {name: measure.total for name, measure in measures.items()}

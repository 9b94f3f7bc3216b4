"""The round that measures: it stores readings, adds to samples, opens and closes alarms."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from vaguemestre.desks.operations.models import Alarm, MetricSample, Reading
from vaguemestre.desks.operations.ports import ReadMetrics
from vaguemestre.desks.operations.queries import alarm_facts, latest_readings
from vaguemestre.desks.operations.rules.alarms import MEASURED, METRICS_UP, alarms_of
from vaguemestre.desks.operations.rules.series import measures_between
from vaguemestre.desks.operations.rules.slots import slot_of
from vaguemestre.desks.operations.services.destinations import follow_deliveries
from vaguemestre.desks.operations.values import Measure, Readings, Resolution
from vaguemestre.foundation.journal.queries import count_actions
from vaguemestre.foundation.kernel.errors import EngineDown

_SIGN_INS = {"signins": "signin.signed-in", "signins-refused": "signin.refused"}


def take_measures(read_metrics: ReadMetrics, *, now: datetime) -> None:
    """Read `/metrics`, store what is new since the last round, and open or close alarms.

    While `/metrics` is away the last readings stay, and counters catch up once it is back.
    """
    before = latest_readings()
    try:
        values = {**read_metrics(), METRICS_UP: 1.0}
    except EngineDown:
        values = {**before, METRICS_UP: 0.0}
    values[MEASURED] = now.timestamp()
    with transaction.atomic(durable=True):
        delays = follow_deliveries()
        measures = {**measures_between(before, values), **_sign_ins(before, now)}
        if delays.number:
            measures["delivery"] = delays
        for resolution in Resolution:
            _add_to_samples(measures, resolution, now)
        _store_readings(values, now)
        _follow_alarms(values, now)


def _sign_ins(before: Readings, now: datetime) -> dict[str, Measure]:
    if MEASURED not in before:
        return {}
    since = datetime.fromtimestamp(before[MEASURED], now.tzinfo)
    counts = count_actions(tuple(_SIGN_INS.values()), since, now)
    return {name: Measure(counts.get(action, 0)) for name, action in _SIGN_INS.items()}


def _add_to_samples(measures: Mapping[str, Measure], resolution: Resolution, now: datetime) -> None:
    """Add to the samples of the slot that holds this moment."""
    at = slot_of(now, resolution)
    present = {
        row.series: Measure(row.total, row.number, row.peak)
        for row in MetricSample.objects.filter(resolution=resolution, at=at)
    }
    sums = {name: present.get(name, Measure(0, 0)).plus(measure) for name, measure in measures.items()}
    MetricSample.objects.bulk_create(
        [
            MetricSample(
                series=name,
                resolution=resolution,
                at=at,
                total=sum_.total,
                number=sum_.number,
                peak=sum_.peak,
            )
            for name, sum_ in sums.items()
        ],
        update_conflicts=True,
        unique_fields=("resolution", "at", "series"),
        update_fields=("total", "number", "peak"),
    )


def _store_readings(values: Readings, now: datetime) -> None:
    """Replace the readings. A series that `/metrics` no longer gives is forgotten."""
    Reading.objects.exclude(series__in=list(values)).delete()
    Reading.objects.bulk_create(
        [Reading(series=series, value=value, at=now) for series, value in values.items()],
        update_conflicts=True,
        unique_fields=("series",),
        update_fields=("value", "at"),
    )


def _follow_alarms(values: Readings, now: datetime) -> None:
    raised = {(alarm.name, alarm.subject): alarm for alarm in alarms_of(alarm_facts(values, now))}
    for row in Alarm.objects.filter(closed_at__isnull=True):
        alarm = raised.pop((row.name, row.subject), None)
        if alarm is None:
            row.closed_at = now
            row.save(update_fields=("closed_at",))
        elif alarm.words != row.words:
            row.words = alarm.words
            row.save(update_fields=("words",))
    Alarm.objects.bulk_create(
        Alarm(name=alarm.name, subject=alarm.subject[:80], words=alarm.words[:200], opened_at=now)
        for alarm in raised.values()
    )

"""The round that measures: each increment once, alarms opened and closed, delays by destination."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.desks.removals.samples import told

from vaguemestre.desks.operations.models import Alarm, DestinationDay, MetricSample
from vaguemestre.desks.operations.queries import destinations_since, latest_readings, open_alarms
from vaguemestre.desks.operations.services import delete_old_measures, take_measures
from vaguemestre.desks.operations.values import Readings, Resolution
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.post.trace.values import Engine, Step, StepKind

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ARRIVED = "steps.delivered.here."


def take(values: Readings | None, minutes: float = 0) -> None:
    def read() -> Readings:
        if values is None:
            raise EngineDown("metrics")
        return values

    take_measures(read, now=NOON + timedelta(minutes=minutes))


def totals(series: str) -> Mapping[str, float]:
    rows = MetricSample.objects.filter(series=series).order_by("at")
    sums: dict[str, float] = {}
    for row in rows:
        sums[row.resolution] = sums.get(row.resolution, 0) + row.total
    return sums


def test_what_a_counter_gains_is_added_once_at_each_resolution() -> None:
    for minute, value in enumerate((100.0, 103.0, 103.0, 110.0)):
        take({ARRIVED: value}, minute * 3)
    assert totals("arrived") == {"5m": 10, "1h": 10, "1d": 10}
    assert MetricSample.objects.filter(series="arrived", resolution=Resolution.FIVE_MINUTES).count() == 2


def test_what_was_counted_while_metrics_were_away_is_caught_up() -> None:
    take({ARRIVED: 100.0})
    take(None, 1)
    assert [alarm.name for alarm in open_alarms()] == ["metrics-gone"]
    take({ARRIVED: 107.0}, 2)
    assert totals("arrived")["1h"] == 7
    assert open_alarms() == ()


def test_an_alarm_keeps_the_hour_it_began_and_is_closed_when_the_fault_is_over() -> None:
    for minute, up in enumerate((0.0, 0.0, 1.0)):
        take({"up.postfix": up}, minute)
    alarm = Alarm.objects.get()
    assert (alarm.name, alarm.subject) == ("part-down", "postfix")
    assert (alarm.opened_at, alarm.closed_at) == (NOON, NOON + timedelta(minutes=2))


def test_sign_ins_made_and_refused_are_counted_from_the_journal() -> None:
    take({})
    for second, action in enumerate(("signin.signed-in", "signin.refused", "signin.refused")):
        record(action, to="account:1", by="account:1", at=NOON + timedelta(seconds=second))
    take({}, 1)
    take({}, 2)
    assert (totals("signins")["1d"], totals("signins-refused")["1d"]) == (1, 2)


def test_a_series_that_is_told_no_more_is_forgotten() -> None:
    take({"queue-oldest.active": 1.0})
    take({"queue.active": 0.0}, 1)
    assert "queue-oldest.active" not in latest_readings()


def step(kind: StepKind, seconds: int, queue_id: str, **words: Any) -> Step:
    return Step(NOON + timedelta(seconds=seconds), Engine.POSTFIX, kind, queue_id, **words)


def test_deliveries_are_counted_once_by_destination_with_their_delays() -> None:
    inside, outside = "private/lmtp[/run/lmtp]", "mx.mairie.test[192.0.2.1]:25"
    told(
        [
            step(StepKind.QUEUED, 0, "AAAAAA1", sender="a@ac.test"),
            step(StepKind.DELIVERED, 4, "AAAAAA1", recipient="b@ac.test", relay=inside, status="2.0.0"),
            step(StepKind.DEFERRED, 5, "AAAAAA1", recipient="x@mairie.test", relay=outside, status="4.2.0"),
            step(StepKind.DELIVERED, 65, "AAAAAA1", recipient="x@mairie.test", relay=outside, status="2.0.0"),
            step(StepKind.REFUSED, 6, "AAAAAA1", recipient="y@mairie.test", relay=outside, status="5.1.1"),
        ]
    )
    for minute in range(3):
        take({}, minute)
    ours, theirs = destinations_since(paris_day(NOON))
    assert (ours.domain, ours.counts.delivered, ours.counts.mean) == ("", 1, 4)
    assert (theirs.domain, *theirs.counts) == ("mairie.test", 1, 1, 1, 65, 65)
    assert totals("delivery") == {"5m": 4, "1h": 4, "1d": 4}


def test_samples_go_when_their_time_is_over_the_fine_ones_first() -> None:
    take({ARRIVED: 1.0})
    delete_old_measures(NOON + timedelta(days=3))
    assert set(MetricSample.objects.values_list("resolution", flat=True)) == {"1h", "1d"}
    delete_old_measures(NOON + timedelta(days=401))
    assert not MetricSample.objects.exists()
    assert not DestinationDay.objects.exists()

"""The message that goes round each minute is measured, and known to nobody."""

from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from vaguemestre.desks.operations import handlers as operations
from vaguemestre.foundation.jobs.periodic import PeriodicTasks
from vaguemestre.post.outbox import handlers as outbox
from vaguemestre.post.outbox.values import RoundTrip
from vaguemestre.post.trace.values import Engine, LogPiece, LogPosition, Step, StepKind
from vaguemestre.processes.metrics import machine
from vaguemestre.site.adapters.unrecorded_steps import StepsWithout
from vaguemestre.site.config import Config
from vaguemestre.site.config.metrics import MetricsSection
from vaguemestre.site.monitoring.round_trip_file import read_round_trip, write_round_trip

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
BOX = "boucle-de-mesure@ac-amiens.test"


def step(kind: StepKind, queue_id: str = "", **more: Any) -> Step:
    return Step(AT, Engine.POSTFIX if queue_id else Engine.DOVECOT, kind, queue_id, **more)


def test_its_steps_are_left_out_in_whatever_pieces_a_log_is_read() -> None:
    others = [
        step(StepKind.RECEIVED, "OTHER1", recipient="marie@ac-amiens.test"),
        step(StepKind.IDENTIFIED, "OTHER1", message_id="<1@x>"),
        step(StepKind.FILED, recipient="paul@ac-amiens.test", message_id="<1@x>"),
    ]
    own = [
        step(StepKind.RECEIVED, "SELF1", recipient=BOX),
        step(StepKind.IDENTIFIED, "SELF1", message_id="<2@x>"),
        step(StepKind.QUEUED, "SELF1", sender=BOX),
        step(StepKind.FILED, recipient=BOX, message_id="<2@x>"),
        step(StepKind.DONE, "SELF1"),
    ]
    mixed = [one for pair in zip(own, [*others, *others], strict=False) for one in pair]
    pieces = iter([mixed[:3], mixed[3:]])
    log = StepsWithout(lambda position: LogPiece(next(pieces), position, True), BOX.upper())
    stored = [one for _ in range(2) for one in log(LogPosition()).steps]
    assert stored == [one for one in mixed if one in others]


def test_a_metric_tells_how_long_it_took_and_when(tmp_path: Path) -> None:
    config = Config(home=tmp_path)
    config.data_dir.mkdir()
    [never] = machine.self_mail(config)
    assert [sample.value for sample in never.samples] == [0], "an alert compares it"
    write_round_trip(config.data_dir, RoundTrip(1.25, AT))
    assert read_round_trip(config.data_dir) == RoundTrip(1.25, AT)
    values = {one.name: one.samples[0].value for one in machine.self_mail(config)}
    assert values == {
        "vaguemestre_self_mail_last_sent_timestamp_seconds": AT.timestamp(),
        "vaguemestre_self_mail_duration_seconds": 1.25,
    }


def test_nothing_is_measured_when_the_setting_says_so(tmp_path: Path) -> None:
    config = Config(home=tmp_path, metrics=MetricsSection(self_mail=False))
    assert list(machine.self_mail(config)) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("room", "service", "task"),
    [
        (outbox, "send_self_mail", outbox.send_self_mail),
        (operations, "take_measures", operations.measure),
    ],
)
def test_after_a_long_outage_the_next_minute_tells_that_it_is_over(
    monkeypatch: pytest.MonkeyPatch, room: ModuleType, service: str, task: Any
) -> None:
    tries: list[float] = []

    def fail(*_: object, **__: object) -> None:
        tries.append(clock.now)
        raise ConnectionRefusedError

    monkeypatch.setattr(room.services, service, fail)
    clock = SimpleNamespace(now=0.0)
    rounds = PeriodicTasks((task,), clock=lambda: clock.now)
    for clock.now in range(0, 1_900, 61):
        rounds.run_due()
    assert len(tries) == 32

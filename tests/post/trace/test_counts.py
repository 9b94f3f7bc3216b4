"""Deliveries and refusals are counted as they are stored, each once, by words of ours."""

import string
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.post.trace.models import LogCursor
from vaguemestre.post.trace.queries import step_counts
from vaguemestre.post.trace.rules.reasons import counted_as
from vaguemestre.post.trace.services import collect_steps
from vaguemestre.post.trace.values import CountedAs, Engine, LogPiece, LogPosition, Place, Step, StepKind

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
STORE = "ac-amiens.test[/run/vaguemestre/lmtp]"
OTHERS = "mx.dehors.example[192.0.2.7]:25"


EXPIRED = "from=<a@b.test>, status={}expired, returned to sender"


def step(
    kind: StepKind,
    relay: str = "",
    status: str = "",
    engine: Engine = Engine.POSTFIX,
    detail: str = "",
) -> Step:
    return Step(
        NOW, engine, kind, "Q1", relay=relay, status=status, recipient="x@dehors.example", detail=detail
    )


@pytest.mark.parametrize(
    ("told", "counted"),
    [
        (step(StepKind.DELIVERED, STORE, "2.0.0"), CountedAs(StepKind.DELIVERED, Place.HERE, "")),
        (step(StepKind.DELIVERED, OTHERS, "2.0.0"), CountedAs(StepKind.DELIVERED, Place.OUTSIDE, "")),
        (step(StepKind.REFUSED, OTHERS, "5.7.1"), CountedAs(StepKind.REFUSED, Place.OUTSIDE, "policy")),
        (
            step(StepKind.REFUSED, OTHERS, "5.1.1"),
            CountedAs(StepKind.REFUSED, Place.OUTSIDE, "unknown-recipient"),
        ),
        (step(StepKind.DEFERRED, STORE, "4.2.2"), CountedAs(StepKind.DEFERRED, Place.HERE, "mailbox-full")),
        (step(StepKind.DEFERRED, "none", "4.4.1"), CountedAs(StepKind.DEFERRED, Place.HERE, "network")),
        (step(StepKind.REFUSED), CountedAs(StepKind.REFUSED, Place.HERE, "expired")),
        (
            step(StepKind.REFUSED, detail=EXPIRED.format("")),
            CountedAs(StepKind.REFUSED, Place.HERE, "expired"),
        ),
        (  # by an administrator, whenever it came
            step(StepKind.REFUSED, detail=EXPIRED.format("force-")),
            CountedAs(StepKind.REFUSED, Place.HERE, "sent-back"),
        ),
        (step(StepKind.REJECTED, status="5.3.4"), CountedAs(StepKind.REJECTED, Place.DOOR, "too-large")),
        (step(StepKind.REJECTED, status="5.7.28"), CountedAs(StepKind.REJECTED, Place.DOOR, "too-many")),
        (step(StepKind.REFUSED, STORE, "5.2.3"), CountedAs(StepKind.REFUSED, Place.HERE, "too-large")),
        (step(StepKind.REFUSED, STORE, "5.3.2"), CountedAs(StepKind.REFUSED, Place.HERE, "system")),
        (
            step(StepKind.REJECTED, "unknown[192.0.2.9]", "4.7.0"),
            CountedAs(StepKind.REJECTED, Place.DOOR, "policy"),
        ),
        (
            step(StepKind.DISCARDED, "", "filter-discarded", Engine.DOVECOT),
            CountedAs(StepKind.DISCARDED, Place.FILTER, "filter"),
        ),
        (step(StepKind.FILED, engine=Engine.DOVECOT), None),
        (step(StepKind.QUEUED), None),
    ],
)
def test_a_step_is_counted_where_it_happened_and_why(told: Step, counted: CountedAs | None) -> None:
    assert counted_as(told) == counted


@given(st.text(), st.text(), st.sampled_from(StepKind), st.sampled_from(Engine))
def test_no_word_of_a_stranger_becomes_a_name(
    relay: str, status: str, kind: StepKind, engine: Engine
) -> None:
    counted = counted_as(step(kind, relay, status, engine))
    assert counted is None or set(counted.reason) <= set(string.ascii_lowercase + "-")
    assert counted is None or len(counted.reason) <= 20


@pytest.mark.django_db(transaction=True)
def test_steps_are_counted_once_however_often_a_log_is_read() -> None:
    refusal = step(StepKind.REFUSED, OTHERS, "5.7.1")
    arrival = step(StepKind.DELIVERED, STORE, "2.0.0")

    def log(position: LogPosition) -> LogPiece:
        steps = [refusal, arrival, arrival] if position.offset == 0 else [arrival]
        return LogPiece(steps, LogPosition("head", position.offset + 100), False)

    collect_steps("postfix", log, now=NOW)
    collect_steps("postfix", log, now=NOW)
    assert step_counts() == {counted_as(refusal): 1, counted_as(arrival): 3}

    def read_by_another_meanwhile(position: LogPosition) -> LogPiece:
        LogCursor.objects.update(offset=position.offset + 50)
        return log(position)

    assert collect_steps("postfix", read_by_another_meanwhile, now=NOW) == 0
    assert step_counts()[CountedAs(StepKind.DELIVERED, Place.HERE, "")] == 3

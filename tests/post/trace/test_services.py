"""Steps are stored once, in order, whatever ends the collector; and removed when their months are over."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.db.models import Max

from vaguemestre.post.mailstore.values import QUARANTINE
from vaguemestre.post.trace import queries, services
from vaguemestre.post.trace.events import MailQuarantined, MailUnexamined, ScriptsChanged
from vaguemestre.post.trace.models import LogCursor, MessageStep, StepCounter
from vaguemestre.post.trace.rules.stored import stored_at
from vaguemestre.post.trace.values import Engine, LogPiece, LogPosition, Silence, Step, StepKind

NOW = dt.datetime(2026, 11, 28, 12, 0, tzinfo=dt.UTC)
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="this run is on SQLite")
pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """What a process feels of kill -9: nothing after this point is run."""


def step(kind: StepKind = StepKind.QUEUED, at: dt.datetime = NOW, **said: Any) -> Step:
    return Step(at, said.pop("engine", Engine.POSTFIX), kind, **said)


@dataclass
class Log:
    """A log that has so many steps; a position counts those read."""

    steps: list[Step] = field(default_factory=list)
    most: int = 100
    after_reading: Callable[[], None] = lambda: None

    def __call__(self, position: LogPosition) -> LogPiece:
        piece = self.steps[position.offset : position.offset + self.most]
        end = position.offset + len(piece)
        self.after_reading()
        return LogPiece(piece, LogPosition("file", end), reached_end=end == len(self.steps))


def store(*steps: Step) -> None:
    name = f"log {LogCursor.objects.count()}"
    assert services.collect_steps(name, Log(list(steps)), now=NOW) == len(steps)


def stored() -> list[str | None]:
    return list(MessageStep.objects.order_by("number").values_list("queue_id", flat=True))


def test_a_step_read_twice_is_stored_once() -> None:
    log = Log([step(queue_id=f"q{number}") for number in range(5)], most=2)
    counts = [services.collect_steps("postfix", log, now=NOW) for _ in range(5)]
    assert counts == [2, 2, 1, 0, 0]
    assert stored() == ["q0", "q1", "q2", "q3", "q4"]


def test_a_log_is_read_to_its_end_when_every_machine_has_read_its_own() -> None:
    earlier, later = NOW - dt.timedelta(minutes=1), NOW
    services.collect_steps("postfix@mx1", Log(), now=later)
    assert queries.log_reached_at("postfix") == later
    services.collect_steps("postfix@mx2", Log(), now=earlier)
    assert queries.log_reached_at("postfix") == earlier
    LogCursor.objects.create(name="postfix@mx3")
    assert queries.log_reached_at("postfix") is None


def collect(silence: Silence | None, line_at: dt.datetime) -> None:
    end = LogPosition("file", LogCursor.objects.aggregate(at=Max("offset"))["at"] or 0, line_at)
    piece = LogPiece((), end._replace(offset=end.offset + 9), True, silence)
    services.collect_steps("postfix", lambda _: piece, now=NOW)


def test_silences_of_a_log_are_kept_and_joined_when_they_follow_each_other() -> None:
    def minutes(number: float) -> dt.datetime:
        return NOW + dt.timedelta(minutes=number)

    collect(Silence(NOW, minutes(4)), minutes(5))
    collect(None, minutes(6))
    assert queries.log_line_at("postfix") == minutes(6)
    assert queries.was_log_silent("postfix", minutes(3), minutes(9))
    assert not queries.was_log_silent("postfix", minutes(4), minutes(9))
    collect(Silence(minutes(40), minutes(44)), minutes(45))
    assert queries.was_log_silent("postfix", minutes(1), minutes(3))
    collect(Silence(minutes(120), minutes(124)), minutes(125))
    assert not queries.was_log_silent("postfix", minutes(1), minutes(3))
    assert queries.was_log_silent("postfix", minutes(123), minutes(200))


def test_the_last_line_is_that_of_the_machine_behind() -> None:
    LogCursor.objects.create(name="postfix@mx1", line_at=NOW)
    assert queries.log_line_at("postfix") == NOW
    LogCursor.objects.create(name="postfix@mx2", line_at=NOW - dt.timedelta(minutes=1))
    assert queries.log_line_at("postfix") == NOW - dt.timedelta(minutes=1)
    LogCursor.objects.create(name="postfix@mx3")
    assert queries.log_line_at("postfix") is None


def test_a_collector_killed_between_reading_and_storing_loses_and_doubles_nothing() -> None:
    log = Log([step(queue_id="q0"), step(queue_id="q1")])

    def die() -> None:
        raise Killed

    log.after_reading = die
    with pytest.raises(Killed):
        services.collect_steps("postfix", log, now=NOW)
    log.after_reading = lambda: None
    services.collect_steps("postfix", log, now=NOW)
    assert stored() == ["q0", "q1"]


def test_a_collector_killed_while_it_stores_loses_and_doubles_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = Log([step(queue_id="q0"), step(queue_id="q1")])

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(StepCounter, "save", die)
        with pytest.raises(Killed):
            services.collect_steps("postfix", log, now=NOW)
    assert stored() == []
    services.collect_steps("postfix", log, now=NOW)
    assert stored() == ["q0", "q1"]


def test_of_two_collectors_that_read_the_same_one_stores() -> None:
    log = Log([step(queue_id="q0")])

    def another() -> None:
        log.after_reading = lambda: None
        assert services.collect_steps("postfix", log, now=NOW) == 1

    log.after_reading = another
    assert services.collect_steps("postfix", log, now=NOW) == 0
    assert stored() == ["q0"]


def test_numbers_follow_commits_across_logs_and_nothing_is_missed_by_who_follows() -> None:
    store(step(queue_id="q0"), step(queue_id="q1"))
    followed = queries.steps_after(0, limit=1)
    store(step(queue_id="q2"))
    followed += queries.steps_after(followed[-1].number, limit=9)
    assert [numbered.step.queue_id for numbered in followed] == ["q0", "q1", "q2"]


def test_a_silent_log_is_known_to_have_been_read() -> None:
    log = Log([step(queue_id="q0")], most=1)
    log.steps.append(step(queue_id="q1"))
    services.collect_steps("postfix", log, now=NOW)
    assert queries.log_reached_at("postfix") is None, "there was more"
    services.collect_steps("postfix", log, now=NOW)
    assert queries.log_reached_at("postfix") == NOW
    later = NOW + services.HEARTBEAT
    services.collect_steps("postfix", log, now=later)
    assert queries.log_reached_at("postfix") == later


def test_a_message_is_found_by_its_identifier_with_what_its_queue_said() -> None:
    store(
        step(StepKind.IDENTIFIED, queue_id="q1", message_id="<a@b>"),
        step(StepKind.QUEUED, queue_id="q1", sender="jean@x"),
        step(StepKind.DELIVERED, queue_id="q1", recipient="marie@y", at=NOW + dt.timedelta(seconds=1)),
        step(StepKind.FILED, message_id="<a@b>", recipient="marie@y", engine=Engine.DOVECOT),
        step(StepKind.DONE, queue_id="q1", at=NOW + dt.timedelta(seconds=1)),
        step(StepKind.DONE, queue_id="q2"),
        step(StepKind.IDENTIFIED, queue_id="q2", message_id="<other@b>"),
    )
    expected = [StepKind.IDENTIFIED, StepKind.QUEUED, StepKind.FILED, StepKind.DELIVERED, StepKind.DONE]
    for asked in ("<a@b>", "a@b", " <a@b> "):
        assert [found.kind for found in queries.steps_of_message(asked)] == expected
    assert [found.kind for found in queries.steps_of_queue_id("q2")] == [StepKind.IDENTIFIED, StepKind.DONE]
    assert queries.steps_of_message("nobody@b") == ()


def test_what_a_person_did_not_get_names_the_sender_that_the_queue_knew() -> None:
    store(
        step(StepKind.QUEUED, queue_id="q1", sender="jean@x"),
        step(StepKind.REFUSED, queue_id="q1", recipient="marie@y", status="5.2.2"),
        step(StepKind.DELIVERED, queue_id="q3", recipient="marie@y"),
        step(StepKind.REJECTED, recipient="marie@y", sender="a@b", at=NOW + dt.timedelta(seconds=1)),
        step(StepKind.REFUSED, queue_id="q1", recipient="luc@y"),
        step(StepKind.REJECTED, recipient="marie@y", sender="old@b", at=NOW - dt.timedelta(days=20)),
    )
    failures = queries.failures_of(["marie@y"], NOW - dt.timedelta(days=14), limit=10)
    assert [(failure.sender, failure.status) for failure in failures] == [("a@b", ""), ("jean@x", "5.2.2")]


def test_a_day_of_a_recipient_is_a_day_of_paris() -> None:
    midnight = dt.datetime(2026, 11, 27, 23, 0, tzinfo=dt.UTC)
    second = dt.timedelta(seconds=1)
    store(
        step(StepKind.DELIVERED, recipient="m@y", status="1", at=midnight - second),
        step(StepKind.DELIVERED, recipient="m@y", status="2", at=midnight),
        step(StepKind.DELIVERED, recipient="m@y", status="3", at=midnight + dt.timedelta(days=1) - second),
        step(StepKind.DELIVERED, recipient="m@y", status="4", at=midnight + dt.timedelta(days=1)),
    )
    found = queries.steps_of_recipient("M@y", dt.date(2026, 11, 28))
    assert [one.status for one in found] == ["2", "3"]


def test_a_day_of_a_correspondent_tells_what_became_of_each_message() -> None:
    store(
        step(StepKind.RECEIVED, queue_id="q1", sender="Jean@x"),
        step(StepKind.IDENTIFIED, queue_id="q1", message_id="<1@x>"),
        step(StepKind.REFUSED, queue_id="q1", recipient="marie@y", at=NOW + dt.timedelta(days=2)),
        step(StepKind.RECEIVED, queue_id="q2", sender="luc@x"),
        step(StepKind.REJECTED, recipient="m@y", sender="Jean@x"),
        step(StepKind.RECEIVED, queue_id="q3", sender="Jean@x", at=NOW - dt.timedelta(days=2)),
    )
    found = queries.steps_of_correspondent(" Jean@x ", NOW.date())
    assert [one.kind for one in found] == [
        StepKind.REJECTED, StepKind.RECEIVED, StepKind.IDENTIFIED, StepKind.REFUSED,
    ]  # fmt: skip


def test_words_too_long_or_unwritable_are_cut_never_refused() -> None:
    store(step(StepKind.IDENTIFIED, queue_id="q", message_id="<\0" + "x" * 400, detail="\0" * 900))
    assert len(stored()) == 1


def test_what_other_rooms_wait_for_is_announced_with_its_step(monkeypatch: pytest.MonkeyPatch) -> None:
    announced: list[object] = []
    monkeypatch.setattr(services, "announce", announced.append)
    monkeypatch.setattr(services, "announce_once", announced.append)
    filed = f"stored mail into mailbox '{QUARANTINE}'"
    store(
        step(StepKind.FILED, recipient="marie@y", detail=filed, engine=Engine.DOVECOT),
        step(StepKind.FILED, recipient="paul@y", detail="stored mail into mailbox 'INBOX'"),
        step(StepKind.SCRIPTED, recipient="luc@y", engine=Engine.DOVECOT),
        step(StepKind.UNEXAMINED, queue_id="q2"),
        step(StepKind.UNEXAMINED, queue_id="q1"),
    )
    assert announced == [
        ScriptsChanged("luc@y"), MailQuarantined("marie@y"), MailUnexamined(("q1", "q2")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "address"),
    [
        (
            "250 2.0.0 <Marie.Dupont+notes@AC-Amiens.test> 7WCZM1fdFGpc5Q0A Saved",
            "marie.dupont@ac-amiens.test",
        ),
        ("250 2.0.0 <marie@y> forged <paul@y> 7WCZM1 Saved", "paul@y"),
        ("250 2.0.0 <marie@y> 7WCZM1 Saved elsewhere", ""),
        ("452 4.2.2 <marie@y> Quota exceeded", ""),
        ("", ""),
    ],
)
def test_where_a_message_lies_is_read_in_the_answer_to_its_delivery(answer: str, address: str) -> None:
    assert stored_at(answer) == address


def partitions() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid"
            " WHERE inhparent = 'trace_messagestep'::regclass ORDER BY 1"
        )
        return [name.removeprefix("trace_messagestep_") for (name,) in cursor.fetchall()]


def roll(today: dt.date, months: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT trace_roll_partitions_at(%s, 3, %s)", (today, months))


def test_over_fourteen_months_twelve_are_kept() -> None:
    """Time is compressed: each month a step, then the purge of that month."""
    months = [dt.datetime(2025 + number // 12, number % 12 + 1, 15, tzinfo=dt.UTC) for number in range(14)]
    for month in months:
        store(step(at=month, queue_id=f"{month:%Y-%m}"))
        if connection.vendor == "postgresql":
            roll(month.date(), 12)
        else:
            services.purge_steps(12, now=month)
    assert stored() == [f"{month:%Y-%m}" for month in months[1:]]


@on_postgresql
def test_a_month_over_is_dropped_with_its_partition_and_a_step_of_no_month_is_kept_apart() -> None:
    roll(dt.date(2031, 5, 31), 60)
    assert {"2031_04", "2031_05", "2031_08"} <= set(partitions())
    store(step(at=dt.datetime(2031, 5, 2, tzinfo=dt.UTC), queue_id="may"))
    store(step(at=dt.datetime(2031, 12, 2, tzinfo=dt.UTC), queue_id="december"))
    roll(dt.date(2031, 9, 1), 60)
    assert "2031_12" in partitions(), "made although a step of that month was kept apart"
    assert stored() == ["may", "december"]
    roll(dt.date(2031, 9, 1), 3)
    assert stored() == ["december"]
    assert "2031_05" not in partitions()


@on_postgresql
def test_a_search_by_day_opens_the_partition_of_its_month_alone() -> None:
    at = MessageStep.objects.filter(recipient="m@y", at__gte=NOW, at__lt=NOW + dt.timedelta(days=1))
    plan = at.explain()
    assert "trace_messagestep_2026_11" in plan
    assert "trace_messagestep_2026_12" not in plan

"""The worker: a job begun by a killed one is done again; it shows that it lives."""

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from threading import Event, Semaphore
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.engines.live import wait_until

from vaguemestre.foundation.jobs import lease
from vaguemestre.foundation.jobs.lease import LEASE, MAX_CLAIMS, LeaseKeeper, requeue_abandoned
from vaguemestre.foundation.jobs.periodic import PeriodicTasks, every, without_backoff
from vaguemestre.foundation.jobs.ports import periodic_tasks, subscriptions
from vaguemestre.foundation.jobs.queries import find_failed_job
from vaguemestre.foundation.jobs.rules import MAX_ATTEMPTS
from vaguemestre.foundation.jobs.tasks import wake
from vaguemestre.foundation.jobs.worker import HeartbeatWorker, serve

pytestmark = pytest.mark.django_db(transaction=True)


def worker(heartbeat: Path | None = None, queue: str = "default") -> HeartbeatWorker:
    return HeartbeatWorker(interval=0, heartbeat=heartbeat, queue=queue)


def stop_when_idle(living: HeartbeatWorker) -> None:
    """Serve until nothing is ready any more."""

    def leave() -> None:
        if not DBTaskResult.objects.ready().filter(queue_name__in=living.queue_names).exists():
            living.running = False

    living._beat = leave  # type: ignore[method-assign]
    living.serve()


def begun_by(worker_id: str, *, seconds_ago: float = 0) -> Any:
    """A job that this worker runs, and whose lease it took or renewed last so many seconds ago."""
    task = wake.enqueue("nobody:handler", "nobody:Event", {}, 1)
    DBTaskResult.objects.filter(pk=task.id).update(
        status="RUNNING", worker_ids=[worker_id], started_at=timezone.now() - timedelta(seconds=seconds_ago)
    )
    return task


def requeued_by(worker_id: str) -> int:
    return requeue_abandoned(["default"], worker_id, timezone.now())


NOBODY_THERE = "FAILED"  # how a job ends that was run and has no handler


def status_of(task: Any) -> str:
    return str(DBTaskResult.objects.get(pk=task.id).status)


def test_what_a_killed_worker_had_begun_it_runs_again_once_it_is_back() -> None:
    task = begun_by(f"worker@{socket.gethostname()}"[:64])
    living = worker()
    assert requeued_by(living.worker_id) == 1
    stop_when_idle(living)
    assert status_of(task) == NOBODY_THERE


def test_what_another_worker_is_doing_is_left_to_it_as_long_as_it_renews_its_lease() -> None:
    task = begun_by("worker@elsewhere", seconds_ago=LEASE.total_seconds() - 5)
    assert requeued_by("worker@here") == 0
    assert status_of(task) == "RUNNING"


def test_what_a_dead_worker_was_doing_is_taken_up_whatever_its_machine() -> None:
    """As in a database restored on another machine."""
    task = begun_by("worker@elsewhere", seconds_ago=LEASE.total_seconds() + 5)
    assert requeued_by("worker@here") == 1
    assert status_of(task) == "READY"


def test_while_the_database_was_away_nobody_could_renew_and_nothing_is_taken_from_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others = begun_by("worker@elsewhere", seconds_ago=LEASE.total_seconds() + 5)
    living = worker()
    own, look = begun_by(living.worker_id), living._look_for_abandoned
    failures = [OperationalError("the database system is starting up")]

    def look_once_the_database_is_back() -> None:
        if failures:
            raise failures.pop()
        look()
        living.running = False

    monkeypatch.setattr(living, "_look_for_abandoned", look_once_the_database_is_back)
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    living.serve()
    assert (status_of(own), status_of(others)) == ("READY", "RUNNING")


def test_two_who_look_at_once_take_a_job_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second saw the row before the first gave it to somebody."""
    task = begun_by("worker@elsewhere", seconds_ago=LEASE.total_seconds() + 5)
    seen = list(DBTaskResult.objects.running())
    assert requeued_by("worker@here") == 1
    DBTaskResult.objects.get(pk=task.id).claim("worker@third")
    monkeypatch.setattr(lease, "_running", lambda _names: seen)
    assert requeued_by("worker@here") == 0
    assert status_of(task) == "RUNNING"


def test_a_lease_is_renewed_while_the_job_runs() -> None:
    task = begun_by("worker@here", seconds_ago=50)
    row = DBTaskResult.objects.get(pk=task.id)
    keeper = LeaseKeeper(every=0.01)
    keeper.hold(row.pk)
    keeper.start()
    try:
        wait_until(lambda: DBTaskResult.objects.get(pk=row.pk).started_at > row.started_at)
    finally:
        keeper.stop()


def test_a_worker_shows_that_it_lives_during_a_long_job() -> None:
    beats = Semaphore(0)
    keeper = LeaseKeeper(beats.release, every=0.01)
    keeper.hold(UUID(begun_by("worker@here").id))
    keeper.start()
    try:
        assert beats.acquire(timeout=30)
        assert beats.acquire(timeout=30)
    finally:
        keeper.stop()


def test_a_job_that_hangs_for_hours_shows_no_sign_of_life() -> None:
    """Its lease is renewed all the same: whoever watches ends the process first."""
    row = DBTaskResult.objects.get(pk=begun_by("worker@here", seconds_ago=50).id)
    beats: list[int] = []
    keeper = LeaseKeeper(lambda: beats.append(1), every=0.01, longest=timedelta())
    keeper.hold(row.pk)
    keeper.start()
    try:
        wait_until(lambda: DBTaskResult.objects.get(pk=row.pk).started_at > row.started_at)
    finally:
        keeper.stop()
    assert beats == []


def test_a_worker_shows_that_it_lives(tmp_path: Path) -> None:
    heartbeat = tmp_path / "heartbeat"
    living = worker(heartbeat)
    living._beat()
    assert heartbeat.exists()


def test_a_full_disk_stops_the_sign_not_the_work() -> None:
    living = worker(Path("/dev/null/below"))
    living._beat()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_periodic_task_that_raises_stops_no_other_and_comes_less_often(
    caplog: pytest.LogCaptureFixture,
) -> None:
    runs: list[str] = []

    def broken() -> None:
        runs.append("broken")
        raise PermissionError("unlink refused")

    clock = Clock()
    tasks = PeriodicTasks((broken, lambda: runs.append("sound")), clock=clock)
    tasks.run_due()
    tasks.run_due()
    assert runs == ["broken", "sound"]
    clock.now = 61
    tasks.run_due()
    assert runs == ["broken", "sound", "sound"]
    clock.now = 122
    tasks.run_due()
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]  # once may be a start
    assert sorted(runs) == ["broken", "broken", "sound", "sound", "sound"]


def test_a_periodic_task_with_a_period_of_its_own_comes_as_often_as_it_says() -> None:
    runs: list[str] = []

    @every(timedelta(seconds=30))
    def often() -> None:
        runs.append("often")

    clock = Clock()
    tasks = PeriodicTasks((often, lambda: runs.append("each minute")), clock=clock)
    for clock.now in (0, 29, 31, 62, 63):
        tasks.run_due()
    assert runs == ["often", "each minute", "often", "often", "each minute"]


def test_what_measures_comes_back_as_soon_as_what_it_measures_is_mended() -> None:
    runs: list[str] = []

    @without_backoff
    def measure() -> None:
        runs.append("measure")
        raise OSError("the outage")

    clock = Clock()
    tasks = PeriodicTasks((measure,), clock=clock)
    for clock.now in (0, 61, 122, 183):
        tasks.run_due()
    assert runs == ["measure"] * 4


@pytest.mark.heavy
def test_a_periodic_task_that_hangs_stops_no_other() -> None:
    hanging, released, others = Event(), Event(), Semaphore(0)

    def hang() -> None:
        hanging.set()
        released.wait(60)

    clock = Clock()
    tasks = PeriodicTasks((hang, others.release), clock=clock)
    tasks.start()
    try:
        assert hanging.wait(30)
        assert others.acquire(timeout=30)
        clock.now = 61
        assert others.acquire(timeout=30)
    finally:
        released.set()
        tasks.stop()


def test_jobs_run_while_a_periodic_task_raises() -> None:
    def broken() -> None:
        raise RuntimeError("each time")

    before = periodic_tasks.get()
    periodic_tasks.replace((broken,))
    task = wake.enqueue("nobody:handler", "nobody:Event", {}, 1)
    try:
        stop_when_idle(worker())
    finally:
        periodic_tasks.replace(before)
    assert status_of(task) == NOBODY_THERE


def refused_by_the_database(monkeypatch: pytest.MonkeyPatch, *, attempt: int) -> Any:
    """A job that was run, and that ended with an error of the database."""
    task = wake.enqueue("nobody:handler", "nobody:Event", {}, attempt)
    living = worker()
    row = DBTaskResult.objects.get(pk=task.id)
    row.claim(living.worker_id)

    def refuse(*_: Any) -> None:
        raise OperationalError("disk full, or a query that took too long")

    monkeypatch.setattr(type(row.task), "call", refuse)
    living.run_task(row)
    return task


def test_a_job_whose_end_the_database_did_not_take_is_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert status_of(refused_by_the_database(monkeypatch, attempt=1)) == "READY"


@pytest.mark.heavy
def test_a_second_signal_leaves_the_job_to_be_taken_back(tmp_path: Path) -> None:
    """A whole process: an exception raised by a signal would be recorded as the failure of the job."""
    script = tmp_path / "worker.py"
    script.write_text(SCRIPT)
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=os.environ.copy()
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "shut down\n"
        process.send_signal(signal.SIGTERM)
        words = process.stdout.read()
        assert process.wait(30) == -signal.SIGTERM
    assert words == ""


SCRIPT = """
import django, os, signal, time
django.setup()
from vaguemestre.foundation.jobs.worker import HeartbeatWorker
living = HeartbeatWorker(interval=0, heartbeat=None)
def shutdown(signum, frame):
    HeartbeatWorker.shutdown(living, signum, frame)
    print("shut down", flush=True)
living.running_task = True
signal.signal(signal.SIGTERM, shutdown)
print("running", flush=True)
try:
    while True:
        time.sleep(60)
except BaseException:
    print("the job failed", flush=True)
"""


def test_long_work_has_a_worker_of_its_own() -> None:
    short = wake.enqueue("nobody:handler", "nobody:Event", {}, 1)
    long = wake.using(queue_name="long").enqueue("nobody:handler", "nobody:Event", {}, 1)
    stop_when_idle(worker(queue="long"))
    assert (status_of(short), status_of(long)) == ("READY", NOBODY_THERE)
    stop_when_idle(worker())
    assert status_of(short) == NOBODY_THERE


def test_a_worker_that_cannot_load_the_handlers_takes_no_job(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise ImportError("no module")

    served: list[HeartbeatWorker] = []
    monkeypatch.setattr(subscriptions, "get", refuse)
    monkeypatch.setattr(HeartbeatWorker, "configure_signals", lambda _worker: None)
    monkeypatch.setattr(HeartbeatWorker, "serve", served.append)
    with pytest.raises(ImportError):
        serve(interval=0, heartbeat=None, queue="long", number=1)
    assert served == []


def test_a_job_whose_last_attempt_ends_with_a_database_error_waits_for_a_decision(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As a query that always takes longer than statement_timeout."""
    assert status_of(refused_by_the_database(monkeypatch, attempt=MAX_ATTEMPTS + 1)) == "FAILED"


def test_a_job_that_kills_every_worker_that_takes_it_ends_among_the_failed_ones() -> None:
    task = wake.enqueue("nobody:handler", "nobody:Event", {}, 1)
    for claim in range(1, MAX_CLAIMS + 1):
        DBTaskResult.objects.get(pk=task.id).claim("worker@here")
        assert requeued_by("worker@here") == (1 if claim < MAX_CLAIMS else 0)
    job = find_failed_job(UUID(task.id))
    assert job is not None
    assert job.error == "WorkersDied"


def test_a_job_is_not_blamed_for_a_database_that_went_away(monkeypatch: pytest.MonkeyPatch) -> None:
    task = wake.enqueue("nobody:handler", "nobody:Event", {}, 1)
    living = worker()

    def refuse(*_: Any) -> None:
        raise OperationalError("disk full")

    monkeypatch.setattr(type(DBTaskResult.objects.get(pk=task.id).task), "call", refuse)
    for _ in range(MAX_CLAIMS):
        row = DBTaskResult.objects.get(pk=task.id)
        row.claim(living.worker_id)
        living.run_task(row)
    DBTaskResult.objects.get(pk=task.id).claim(living.worker_id)
    assert requeued_by(living.worker_id) == 1

"""The worker: a job begun by a killed one is done again; it shows that it lives."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from threading import Event, Semaphore
from typing import Any

import pytest
from django.db import OperationalError
from django_tasks_db.models import DBTaskResult

from vaguemestre.foundation.jobs.periodic import PeriodicTasks
from vaguemestre.foundation.jobs.ports import periodic_tasks
from vaguemestre.foundation.jobs.tasks import wake
from vaguemestre.foundation.jobs.worker import HeartbeatWorker

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


def begun_by(worker_id: str) -> Any:
    task = wake.enqueue("nobody:handler", "nobody:Event", {}, 1)
    DBTaskResult.objects.filter(pk=task.id).update(status="RUNNING", worker_ids=[worker_id])
    return task


NOBODY_THERE = "FAILED"  # how a job ends that was run and has no handler


def status_of(task: Any) -> str:
    return str(DBTaskResult.objects.get(pk=task.id).status)


def test_what_a_killed_worker_had_begun_is_run_again() -> None:
    task = begun_by(f"worker@{socket.gethostname()}"[:64])
    living = worker()
    living.requeue_interrupted()
    assert status_of(task) == "READY"
    stop_when_idle(living)
    assert status_of(task) == NOBODY_THERE


def test_what_another_machine_is_doing_is_left_to_it() -> None:
    task = begun_by("worker@elsewhere")
    worker().requeue_interrupted()
    assert status_of(task) == "RUNNING"


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


def test_a_periodic_task_that_raises_stops_no_other_and_comes_less_often() -> None:
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
    assert sorted(runs) == ["broken", "broken", "sound", "sound", "sound"]


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


def test_two_workers_of_a_queue_do_not_take_each_others_jobs() -> None:
    host = socket.gethostname()
    first, second, third = (begun_by(f"worker{n}@{host}"[:64]) for n in ("", "-2", "-3"))
    HeartbeatWorker(interval=0, heartbeat=None, number=2, of=2).requeue_interrupted()
    assert [status_of(task) for task in (first, second, third)] == ["RUNNING", "READY", "RUNNING"]
    HeartbeatWorker(interval=0, heartbeat=None, number=1, of=2).requeue_interrupted()
    assert [status_of(task) for task in (first, second, third)] == ["READY", "READY", "READY"]


def test_a_job_whose_end_the_database_did_not_take_is_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    task = wake.enqueue("nobody:handler", "nobody:Event", {}, 1)
    living = worker()
    row = DBTaskResult.objects.get(pk=task.id)
    row.claim(living.worker_id)

    def refuse(*_: Any) -> None:
        raise OperationalError("disk full")

    monkeypatch.setattr(type(row.task), "call", refuse)
    living.run_task(row)
    assert status_of(task) == "READY"


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

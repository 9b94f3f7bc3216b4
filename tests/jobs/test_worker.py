"""The worker: a job begun by a killed one is done again; it shows that it lives."""

import socket
from pathlib import Path
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from vaguemestre.jobs.management.commands.run_jobs import LivingWorker
from vaguemestre.jobs.ports import rounds
from vaguemestre.jobs.tasks import wake

pytestmark = pytest.mark.django_db(transaction=True)


def worker(heartbeat: Path | None = None, queue: str = "default") -> LivingWorker:
    return LivingWorker(interval=0, heartbeat=heartbeat, queue=queue)


def stop_when_idle(living: LivingWorker) -> None:
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


def status_of(task: Any) -> str:
    return str(DBTaskResult.objects.get(pk=task.id).status)


def test_what_a_killed_worker_had_begun_is_run_again() -> None:
    task = begun_by(f"worker@{socket.gethostname()}"[:64])
    living = worker()
    living.take_back()
    assert status_of(task) == "READY"
    stop_when_idle(living)
    assert status_of(task) == "SUCCESSFUL"


def test_what_another_machine_is_doing_is_left_to_it() -> None:
    task = begun_by("worker@elsewhere")
    worker().take_back()
    assert status_of(task) == "RUNNING"


def test_a_worker_shows_that_it_lives(tmp_path: Path) -> None:
    heartbeat = tmp_path / "heartbeat"
    living = worker(heartbeat)
    living._beat()
    assert heartbeat.exists()


def test_a_full_disk_stops_the_sign_not_the_work() -> None:
    living = worker(Path("/dev/null/below"))
    living._beat()


def test_a_worker_goes_round_once_a_minute() -> None:
    gone: list[int] = []
    before = rounds.get()
    rounds.plug((lambda: gone.append(1),))
    try:
        living = worker()
        living.go_round()
        living.go_round()
    finally:
        rounds.plug(before)
    assert gone == [1]


def test_long_work_has_a_worker_of_its_own() -> None:
    short = wake.enqueue("nobody:handler", "nobody:Event", {}, 1)
    long = wake.using(queue_name="long").enqueue("nobody:handler", "nobody:Event", {}, 1)
    stop_when_idle(worker(queue="long"))
    assert (status_of(short), status_of(long)) == ("READY", "SUCCESSFUL")
    stop_when_idle(worker())
    assert status_of(short) == "SUCCESSFUL"

"""An event leaves with its transaction, wakes its handlers, and waits for an absent engine."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from vaguemestre.foundation.jobs import ports
from vaguemestre.foundation.jobs.queries import count_failed_jobs, failed_jobs_page, find_failed_job
from vaguemestre.foundation.jobs.rules import MAX_ATTEMPTS
from vaguemestre.foundation.jobs.services import (
    announce,
    announce_in_share,
    announce_once,
    delete_failed_job,
    delete_old_failed_jobs,
    delete_old_jobs,
    requeue_running_jobs,
    run_failed_again,
    run_now,
)
from vaguemestre.foundation.jobs.tasks import wake
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused


@dataclass(frozen=True)
class BellRang:
    times: int


@dataclass(frozen=True)
class TowerFell:
    long_work: ClassVar[bool] = True
    times: int


@dataclass(frozen=True)
class PageAsked:
    reader: int
    page: int


heard: list[int] = []
away: list[bool] = []
failure: list[Exception] = []


def listen(event: BellRang) -> None:
    if away:
        raise EngineDown("the listener is away")
    for error in failure:
        raise error
    heard.append(event.times)


@pytest.fixture(autouse=True)
def _listening() -> Iterator[None]:
    before = ports.subscriptions.get()
    ports.subscriptions.replace({BellRang: (listen,), PageAsked: (lambda event: None,)})
    heard.clear()
    away.clear()
    failure.clear()
    yield
    ports.subscriptions.replace(before)


def waiting() -> list[list[object]]:
    return [row.args_kwargs["args"] for row in DBTaskResult.objects.order_by("enqueued_at")]


@pytest.mark.django_db(transaction=True)
def test_an_event_of_a_failed_transaction_never_leaves() -> None:
    def fails_after_announcing() -> None:
        with transaction.atomic():
            announce(BellRang(1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails_after_announcing()
    assert waiting() == []


@pytest.mark.django_db
def test_an_announced_event_wakes_its_handler_once() -> None:
    announce(BellRang(2))
    (args,) = waiting()
    wake.func(*args)
    assert heard == [2]


@pytest.mark.django_db
def test_an_event_that_already_waits_is_announced_once() -> None:
    for times in (1, 1, 2):
        announce_once(BellRang(times))
    assert [args[2] for args in waiting()] == [{"times": 1}, {"times": 2}]


@pytest.mark.django_db
def test_nobody_has_more_than_their_share_of_jobs() -> None:
    def asked(reader: int, page: int) -> bool:
        return announce_in_share(PageAsked(reader, page), "reader", most=2)

    assert [asked(1, 1), asked(1, 1), asked(1, 2)] == [True, True, True]  # the second waits for the first
    assert [asked(1, 3), asked(1, 2), asked(2, 3)] == [False, True, True]
    assert [args[2] for args in waiting()] == [
        {"reader": 1, "page": 1}, {"reader": 1, "page": 2}, {"reader": 2, "page": 3},
    ]  # fmt: skip
    DBTaskResult.objects.all().delete()  # done
    assert asked(1, 3)


@pytest.mark.django_db
def test_an_absent_engine_means_later_with_one_more_attempt() -> None:
    announce(BellRang(3))
    away.append(True)
    (args,) = waiting()
    wake.func(*args)
    again = waiting()[1]
    assert heard == []
    assert again[:3] == args[:3]
    assert again[3] == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error", [RuntimeError("a defect"), EngineRefused("no"), OperationalError("deadlock detected")]
)
def test_whatever_a_handler_raises_means_later_with_one_more_attempt(error: Exception) -> None:
    announce(BellRang(3))
    failure.append(error)
    (args,) = waiting()
    wake.func(*args)
    again = DBTaskResult.objects.order_by("enqueued_at")[1]
    assert again.args_kwargs["args"] == [*args[:3], 2]
    assert again.run_after is not None
    assert again.run_after > timezone.now() - timedelta(seconds=1)
    failure.clear()
    wake.func(*again.args_kwargs["args"])
    assert heard == [3]


@pytest.mark.django_db
def test_a_job_that_never_succeeds_ends_as_failed_and_stays_readable() -> None:
    announce(BellRang(3))
    failure.append(RuntimeError("for ever"))
    (args,) = waiting()
    with pytest.raises(RuntimeError):
        wake.func(*args[:3], MAX_ATTEMPTS + 1)


def test_run_now_says_whether_all_is_done() -> None:
    assert run_now(BellRang(4)) is True
    away.append(True)
    assert run_now(BellRang(5)) is False
    assert heard == [4]


@pytest.mark.django_db
def test_an_event_of_long_work_waits_apart() -> None:
    ports.subscriptions.replace({BellRang: (listen,), TowerFell: (listen,)})
    announce(TowerFell(1))
    announce(BellRang(2))
    rows = DBTaskResult.objects.order_by("enqueued_at")
    assert [row.queue_name for row in rows] == ["long", "default"]


@pytest.mark.django_db
def test_what_succeeded_a_month_ago_goes_and_nothing_else() -> None:
    now = timezone.now()
    for ended, status in (
        (31, "SUCCESSFUL"),
        (31, "FAILED"),
        (29, "SUCCESSFUL"),
        (None, "READY"),
        (None, "RUNNING"),
    ):
        announce(BellRang(ended or 0))
        made = DBTaskResult.objects.order_by("enqueued_at").last()
        assert made is not None
        finished = now - timedelta(days=ended) if ended else None
        DBTaskResult.objects.filter(pk=made.pk).update(
            status=status, finished_at=finished, enqueued_at=now - timedelta(days=300)
        )
    assert delete_old_jobs(now) == 1
    left = sorted(DBTaskResult.objects.values_list("status", flat=True))
    assert left == ["FAILED", "READY", "RUNNING", "SUCCESSFUL"]
    assert delete_old_jobs(now) == 0


@pytest.mark.django_db
def test_after_a_restore_what_another_machine_was_running_is_ready_again() -> None:
    announce(BellRang(1))
    DBTaskResult.objects.update(status="RUNNING", worker_ids=["worker@elsewhere"])
    assert requeue_running_jobs() == 1
    assert DBTaskResult.objects.ready().count() == 1


def given_up(times: int) -> DBTaskResult:
    """A job whose attempts all failed, as the worker leaves it."""
    announce(BellRang(times))
    row = DBTaskResult.objects.get(args_kwargs__args__2__times=times)
    handler, event, fields, _ = row.args_kwargs["args"]
    DBTaskResult.objects.filter(pk=row.pk).update(
        status="FAILED",
        finished_at=timezone.now(),
        args_kwargs={"args": [handler, event, fields, MAX_ATTEMPTS + 1], "kwargs": {}},
        exception_class_path="builtins.ValueError",
        traceback=(
            "Traceback (most recent call last):\n"
            '  File "/srv/src/vaguemestre/post/outbox/handlers.py", line 12, in send\n'
            "    raise\nValueError: marie@ac-amiens.test\n"
        ),
    )
    row.refresh_from_db()
    return row


@pytest.mark.django_db
def test_a_failed_job_is_told_without_naming_anybody() -> None:
    row = given_up(3)
    ((job,), total) = failed_jobs_page()
    assert (job.job_id, total, count_failed_jobs()) == (row.pk, 1, 1)
    assert (job.handler.rpartition(":")[2], job.attempts) == ("listen", MAX_ATTEMPTS + 1)
    assert (job.error, job.place) == ("ValueError", "vaguemestre/post/outbox/handlers.py:12 send")
    assert "marie" not in repr(job)


@pytest.mark.django_db
def test_a_failed_job_runs_again_as_if_never_tried_and_once() -> None:
    row = given_up(3)
    assert run_failed_again(row.pk)
    assert not run_failed_again(row.pk)
    (args,) = waiting()
    assert args[2:] == [{"times": 3}, 1]
    wake.func(*args)
    assert heard == [3]


@pytest.mark.django_db
def test_a_failed_job_given_up_never_runs() -> None:
    row = given_up(3)
    assert delete_failed_job(row.pk)
    assert not delete_failed_job(row.pk)
    assert (find_failed_job(row.pk), waiting()) == (None, [])


@pytest.mark.django_db
def test_a_job_that_waits_is_neither_run_again_nor_given_up() -> None:
    announce(BellRang(4))
    (row,) = DBTaskResult.objects.all()
    assert not run_failed_again(row.pk)
    assert not delete_failed_job(row.pk)
    assert len(waiting()) == 1


@pytest.mark.django_db
def test_a_job_that_this_code_does_not_know_waits_among_the_failed_ones() -> None:
    with pytest.raises(LookupError, match="nobody:handler"):
        wake.func("nobody:handler", "nobody:Event", {}, 1)


@dataclass(frozen=True)
class MailWent:
    times: int


def write_down(event: MailWent) -> None:
    heard.append(-event.times)


@pytest.mark.django_db
def test_of_a_job_for_all_handlers_as_earlier_versions_stored_them_what_fails_is_retried_alone() -> None:
    ports.subscriptions.replace({MailWent: (listen, write_down)})
    away.append(True)
    wake.call("*", f"{MailWent.__module__}:{MailWent.__qualname__}", {"times": 3}, 1)
    assert heard == [-3]
    later = DBTaskResult.objects.get()
    handler, _, fields, attempt = later.args_kwargs["args"]
    assert (handler.endswith(":listen"), fields, attempt) == (True, {"times": 3}, 2)
    away.clear()
    wake.call(*later.args_kwargs["args"])
    assert heard == [-3, 3]


@pytest.mark.django_db
def test_a_failed_job_of_another_version_is_put_back_as_it_was_stored() -> None:
    with transaction.atomic():
        announce(BellRang(1))
    stored = {"args": ["written", "otherwise"], "kwargs": {}}
    DBTaskResult.objects.update(
        args_kwargs=stored, status="FAILED", finished_at=timezone.now(), worker_ids=["worker@old"]
    )
    job = DBTaskResult.objects.get()
    assert run_failed_again(job.pk)
    job.refresh_from_db()
    assert (job.status, job.finished_at, job.worker_ids, job.args_kwargs) == ("READY", None, [], stored)
    assert not run_failed_again(job.pk), "it is not among the failed ones any more"


@pytest.mark.django_db
def test_failed_jobs_wait_for_a_decision_for_their_days() -> None:
    now = timezone.now()
    for days in (31, 29):
        with transaction.atomic():
            announce(BellRang(days))
        newest = DBTaskResult.objects.latest("enqueued_at")
        finished_at = now - timedelta(days=days)
        DBTaskResult.objects.filter(pk=newest.pk).update(status="FAILED", finished_at=finished_at)
    with transaction.atomic():
        announce(BellRang(0))
    assert delete_old_failed_jobs(30, now=now) == 1
    assert DBTaskResult.objects.count() == 2

"""What a worker looks for, and how little it asks: it looks five times a second all day."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoAssertNumQueries

from vaguemestre.foundation.jobs.claims import claim_job, is_job_ready
from vaguemestre.foundation.jobs.tasks import wake

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def job(**changed: Any) -> None:
    task = wake.enqueue("nobody:handler", "nobody:Event", {}, 1)
    DBTaskResult.objects.filter(pk=task.id).update(**changed)


@pytest.mark.parametrize(
    ("changed", "is_ready"),
    [
        ({"queue_name": "default"}, True),
        ({"queue_name": "imports"}, True),
        ({"queue_name": "long"}, False),
        ({"status": "RUNNING"}, False),
        ({"status": "FAILED"}, False),
        ({"backend_name": "elsewhere"}, False),
    ],
)
def test_a_look_finds_what_would_be_claimed(changed: dict[str, str], is_ready: bool) -> None:
    job(**{"queue_name": "default", **changed})
    assert is_job_ready(["default", "imports"]) == is_ready
    assert (claim_job(["default", "imports"], "worker@here") is not None) == is_ready
    assert not is_job_ready(["default", "imports"])


@pytest.mark.parametrize(("due", "is_ready"), [(-HOUR, True), (HOUR, False)])
def test_a_job_is_ready_once_its_hour_has_come(due: timedelta, is_ready: bool) -> None:
    job(queue_name="default", run_after=timezone.now() + due)
    assert is_job_ready(["default"]) == is_ready
    assert (claim_job(["default"], "worker@here") is not None) == is_ready


def test_an_empty_queue_costs_one_question(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert not is_job_ready(["default"])

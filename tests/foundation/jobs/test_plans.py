"""What is asked of the jobs all the time reads few rows, however many jobs have succeeded."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from vaguemestre.foundation.jobs.lease import requeue_abandoned
from vaguemestre.foundation.jobs.queries import count_failed_jobs, failed_jobs_page

pytestmark = pytest.mark.django_db


def plan_of(work: Callable[[], object]) -> list[str]:
    """How the database would read each SELECT of this work, with an index wherever one serves."""
    plans: list[str] = []

    def explain(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        is_sqlite = connection.vendor == "sqlite"
        execute(f"EXPLAIN {'QUERY PLAN ' if is_sqlite else ''}{sql}", params, many, context)
        plans.append(" ".join(str(row[-1]) for row in context["cursor"].fetchall()))
        return execute(sql, params, many, context)

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # it reads a table of a few rows whole otherwise
            cursor.execute("SET LOCAL enable_seqscan = off")
    with connection.execute_wrapper(explain):
        work()
    return plans


@pytest.mark.parametrize(
    "work",
    [
        count_failed_jobs,
        failed_jobs_page,
        lambda: requeue_abandoned(["default"], "worker@here", timezone.now()),
    ],
    ids=["health", "page", "look of each worker"],
)
def test_running_and_failed_jobs_are_found_by_their_index(work: Callable[[], object]) -> None:
    plans = plan_of(work)
    assert plans
    for plan in plans:
        assert "jobs_running_failed_idx" in plan

"""Look for a job, claim it and mark it as done, one SQL statement each.

They are most of the cost of a small job, and of a worker that waits for one: it looks five times a second.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max
from django_tasks_db.utils import retry

from vaguemestre.foundation.jobs.durability import repeatable

_TABLE = DBTaskResult._meta.db_table
# the condition of DBTaskResult.objects.ready(), in the order of its model
_READY = """status = 'READY' AND queue_name IN ({queues}) AND backend_name = 'default'
        AND (run_after = %s OR run_after <= %s)"""
_LOOK = "SELECT 1 FROM {table} WHERE {ready} LIMIT 1"
_CLAIM = """UPDATE {table} SET status = 'RUNNING', started_at = %s, worker_ids = {added}
    WHERE status = 'READY' AND id = (
        SELECT id FROM {table} WHERE {ready}
        ORDER BY priority DESC, run_after, enqueued_at LIMIT 1 {lock})
    RETURNING *"""
_END = """UPDATE {table}
    SET status = 'SUCCESSFUL', finished_at = %s, exception_class_path = '', traceback = '' WHERE id = %s"""


def is_job_ready(queue_names: Sequence[str]) -> bool:
    """Whether `claim_job` would find one; locks nothing."""
    statement = _LOOK.format(table=_TABLE, ready=_ready(queue_names))
    now, undated = (_stored(at) for at in (timezone.now(), get_date_max()))
    with connection.cursor() as cursor:
        cursor.execute(statement, [*queue_names, undated, now])
        return cursor.fetchone() is not None


def claim_job(queue_names: Sequence[str], worker_id: str) -> "DBTaskResult[..., object] | None":
    """Claim the next ready job for this worker and mark it as running; None if no job is ready.

    A power cut may undo the claim: the job is then ready again.
    """
    is_postgresql = connection.vendor == "postgresql"
    statement = _CLAIM.format(
        table=_TABLE,
        added="worker_ids || to_jsonb(%s::text)" if is_postgresql else "json_insert(worker_ids, '$[#]', %s)",
        ready=_ready(queue_names),
        lock="FOR UPDATE SKIP LOCKED" if is_postgresql else "",
    )
    now, undated = (_stored(at) for at in (timezone.now(), get_date_max()))
    with repeatable():
        claimed = list(DBTaskResult.objects.raw(statement, [now, worker_id, *queue_names, undated, now]))
    return claimed[0] if claimed else None


@retry()
def end_job(job: "DBTaskResult[..., object]") -> None:
    """Mark a job as done. A power cut may undo this: the job then runs again."""
    stored_id = DBTaskResult._meta.pk.get_db_prep_value(job.pk, connection)
    with repeatable(), connection.cursor() as cursor:
        cursor.execute(_END.format(table=_TABLE), [_stored(timezone.now()), stored_id])


def _ready(queue_names: Sequence[str]) -> str:
    return _READY.format(queues=", ".join(["%s"] * len(queue_names)))


def _stored(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)

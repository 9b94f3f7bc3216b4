"""Metrics of what the database holds: jobs, outgoing messages, HR feeds, its size."""

from collections.abc import Iterator
from pathlib import Path

from django.db import connection
from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from vaguemestre.foundation.jobs.queries import count_unfinished_jobs, longest_wait
from vaguemestre.foundation.jobs.rules import QUEUES
from vaguemestre.people.intake.queries.feeds import last_applied_at
from vaguemestre.post.outbox.queries import count_unfinished_by_state, longest_overdue
from vaguemestre.post.trace.queries import step_counts

_JOB_STATES = ("ready", "running", "failed")


def jobs() -> Iterator[Metric]:
    counts = {(queue, state): 0 for queue in QUEUES for state in _JOB_STATES} | count_unfinished_jobs()
    family = GaugeMetricFamily(
        "vaguemestre_jobs",
        "Jobs that wait, run, or failed for good; a failed one waits for somebody.",
        labels=("queue", "state"),
    )
    for labels, count in sorted(counts.items()):
        family.add_metric(labels, count)
    yield family
    yield GaugeMetricFamily(
        "vaguemestre_jobs_longest_wait_seconds",
        "How long the job that waits longest could have run already.",
        longest_wait(timezone.now()).total_seconds(),
    )


def outbox() -> Iterator[Metric]:
    family = GaugeMetricFamily(
        "vaguemestre_outbox_messages", "Messages of pages that have not left for good.", labels=("state",)
    )
    for state, count in sorted(count_unfinished_by_state().items()):
        family.add_metric((state,), count)
    yield family
    yield GaugeMetricFamily(
        "vaguemestre_outbox_longest_overdue_seconds",
        "How long the message that was due first waits to be submitted.",
        longest_overdue(timezone.now()).total_seconds(),
    )


def message_steps() -> Iterator[Metric]:
    family = CounterMetricFamily(
        "vaguemestre_message_steps_total",
        "Deliveries, and what was put off, refused or discarded: where and why, as the engines' logs say.",
        labels=("kind", "place", "reason"),
    )
    for labels, count in sorted(step_counts().items()):
        family.add_metric(labels, count)
    yield family


def feeds() -> Iterator[Metric]:
    if applied_at := last_applied_at():
        yield GaugeMetricFamily(
            "vaguemestre_feed_last_applied_timestamp_seconds",
            "When an HR feed was last applied to its end.",
            applied_at.timestamp(),
        )


def size() -> Iterator[Metric]:
    yield GaugeMetricFamily("vaguemestre_database_size_bytes", "Size of the database.", _size_bytes())


def _size_bytes() -> int:
    if connection.vendor == "sqlite":
        files = (Path(f"{connection.settings_dict['NAME']}{ending}") for ending in ("", "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])

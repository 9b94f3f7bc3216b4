"""Adapters of operations: `/metrics`, `/sante/` and Postfix's queue, as values of that room."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from vaguemestre.desks.operations.values import (
    QueueAct,
    QueuedMessage,
    QueuedRecipient,
    Readings,
    ServiceLamp,
)
from vaguemestre.engines.metrics_text import MetricValue, read_metrics_text
from vaguemestre.engines.postfix.mail_queue import queue
from vaguemestre.engines.postfix.queue_agent import act_on, list_for_page
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.site.config import Config
from vaguemestre.site.monitoring.health import checks

# metric → beginning of the series, then the labels that follow it
_SERIES = {
    "vaguemestre_check_up": ("up", "check"),
    "vaguemestre_check_warning": ("wants", "check"),
    "vaguemestre_heartbeat_timestamp_seconds": ("beat", "process"),
    "vaguemestre_log_last_line_timestamp_seconds": ("log-line", "check"),
    "vaguemestre_jobs": ("jobs", "queue", "state"),
    "vaguemestre_jobs_longest_wait_seconds": ("jobs-wait",),
    "vaguemestre_outbox_messages": ("outbox", "state"),
    "vaguemestre_outbox_longest_overdue_seconds": ("outbox-overdue",),
    "vaguemestre_message_steps_total": ("steps", "kind", "place", "reason"),
    "vaguemestre_postfix_queue_messages": ("queue", "queue"),
    "vaguemestre_postfix_queue_oldest_timestamp_seconds": ("queue-oldest", "queue"),
    "vaguemestre_self_mail_last_sent_timestamp_seconds": ("self-mail.sent",),
    "vaguemestre_self_mail_duration_seconds": ("self-mail.seconds",),
    "vaguemestre_push_open_streams": ("streams",),
    "vaguemestre_feed_last_applied_timestamp_seconds": ("feed.applied",),
    "vaguemestre_certificate_expiry_timestamp_seconds": ("certificate", "certificate"),
    "vaguemestre_backup_last_success_timestamp_seconds": ("backup.made",),
    "vaguemestre_backup_late_after_seconds": ("backup.late-after",),
    "vaguemestre_disk_free_bytes": ("disk-free", "volume"),
    "vaguemestre_disk_size_bytes": ("disk-size", "volume"),
    "vaguemestre_disk_free_files": ("disk-free-files", "volume"),
    "vaguemestre_disk_files": ("disk-files", "volume"),
    "vaguemestre_database_size_bytes": ("database.bytes",),
    "vaguemestre_source_up": ("source", "source"),
    "vaguemestre_imap_duration_seconds_bucket": ("imap", "le"),
}
_LENGTH = 120


class MetricsReader:
    """Implements `operations.ports.ReadMetrics`."""

    def __init__(self, config: Config) -> None:
        self._port = config.ports.metrics

    def __call__(self) -> Readings:
        return as_series(read_metrics_text(self._port))


def as_series(values: Iterable[MetricValue]) -> Readings:
    """Values by series; those of one series (pools, commands) added up."""
    sums: defaultdict[str, float] = defaultdict(float)
    for metric in values:
        if parts := _SERIES.get(metric.name):
            beginning, *labels = parts
            sums[".".join((beginning, *(metric.labels[label] for label in labels)))[:_LENGTH]] += metric.value
    return dict(sums)


class HealthLamps:
    """Implements `operations.ports.ServiceLamps`."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def __call__(self) -> tuple[ServiceLamp, ...]:
        return tuple(
            ServiceLamp(name, is_up=check.ok, wants_somebody=check.is_warning, words=check.words)
            for name, check in checks(self._config).items()
        )


class HeartbeatFiles:
    """Implements `operations.ports.SignsOfLife`."""

    def __init__(self, config: Config) -> None:
        self._folder = config.run_dir

    def __call__(self) -> Readings:
        return {file.stem: file.stat().st_mtime for file in self._folder.glob("*.heartbeat")}


class QueueList:
    """Implements `operations.ports.ListQueue` by the agent of Postfix's queue."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def __call__(self) -> tuple[QueuedMessage, ...]:
        return tuple(
            QueuedMessage(
                message.queue_id, message.queue, message.arrived_at, message.size, message.sender,
                tuple(QueuedRecipient(address, words) for address, words in message.reason_of),
            )
            for message in queue(self._config, list_for_page)
        )  # fmt: skip


_VERBS = {QueueAct.RELEASE: "release-all"}  # the others are named as they are


class QueueActs:
    """Implements `operations.ports.ActOnQueue` by the agent of Postfix's queue."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def __call__(self, act: QueueAct, queue_ids: Collection[str]) -> None:
        try:
            act_on(self._config, _VERBS.get(act, act.value), queue_ids)
        except EngineRefused as error:
            raise EngineDown(str(error)) from error

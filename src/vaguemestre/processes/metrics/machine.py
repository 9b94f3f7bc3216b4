"""Metrics of the instance's processes, engines and files."""

import json
import os
import shutil
from collections.abc import Iterator
from http.client import HTTPConnection

from prometheus_client.core import GaugeMetricFamily, Metric

from vaguemestre.engines.postfix.queue_agent import count_messages
from vaguemestre.engines.tls.certificates import expiries
from vaguemestre.site.config import Config
from vaguemestre.site.config.backup import LAST_BACKUP
from vaguemestre.site.monitoring.engine_logs import last_lines
from vaguemestre.site.monitoring.health import checks
from vaguemestre.site.monitoring.round_trip_file import read_round_trip

_PATIENCE_SECONDS = 1.0
_POSTFIX_QUEUES = ("incoming", "active", "deferred", "hold")


def health(config: Config) -> Iterator[Metric]:
    """What `/sante/` says of each part."""
    up = GaugeMetricFamily(
        "vaguemestre_check_up", "Whether this part of /sante/ is well (1) or down (0).", labels=("check",)
    )
    warning = GaugeMetricFamily(
        "vaguemestre_check_warning", "Whether this part works and yet wants somebody (1).", labels=("check",)
    )
    for name, check in checks(config).items():
        up.add_metric((name,), int(check.ok))
        warning.add_metric((name,), int(check.is_warning))
    yield up
    yield warning


def heartbeats(config: Config) -> Iterator[Metric]:
    family = GaugeMetricFamily(
        "vaguemestre_heartbeat_timestamp_seconds",
        "When this process last said that it goes on.",
        labels=("process",),
    )
    for file in sorted(config.run_dir.glob("*.heartbeat")):
        family.add_metric((file.stem,), file.stat().st_mtime)
    yield family


def postfix_queue(config: Config) -> Iterator[Metric]:
    messages = GaugeMetricFamily(
        "vaguemestre_postfix_queue_messages", "Messages in the queues of Postfix.", labels=("queue",)
    )
    oldest = GaugeMetricFamily(
        "vaguemestre_postfix_queue_oldest_timestamp_seconds",
        "When the oldest message of this queue arrived.",
        labels=("queue",),
    )
    counts = count_messages(config)
    for queue in sorted({*_POSTFIX_QUEUES, *counts}):
        count, arrival = counts.get(queue, (0, 0))
        messages.add_metric((queue,), count)
        if count:
            oldest.add_metric((queue,), arrival)
    yield messages
    yield oldest


def engine_logs(config: Config) -> Iterator[Metric]:
    """Time of the last line of each engine's log, labelled by its part in `/sante/`."""
    family = GaugeMetricFamily(
        "vaguemestre_log_last_line_timestamp_seconds",
        "When this engine last wrote into its log.",
        labels=("check",),
    )
    for engine, written_at in last_lines(config).items():
        family.add_metric((engine,), written_at)
    yield family


def push_streams(config: Config) -> Iterator[Metric]:
    """How many pages listen, as the push process says."""
    connection = HTTPConnection("127.0.0.1", config.ports.push, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", "/sante")
        streams = int(json.load(connection.getresponse())["streams"])
    finally:
        connection.close()
    yield GaugeMetricFamily("vaguemestre_push_open_streams", "Pages that listen to live notices.", streams)


def certificates(config: Config) -> Iterator[Metric]:
    family = GaugeMetricFamily(
        "vaguemestre_certificate_expiry_timestamp_seconds",
        "When the certificate ends: the one the world is shown, the loopback's, Sieve's.",
        labels=("certificate",),
    )
    for name, ends_at in expiries(config).items():
        family.add_metric((name,), ends_at.timestamp())
    yield family


def backup(config: Config) -> Iterator[Metric]:
    """Time of the last whole backup, from the date of its note, which only root may read."""
    note = config.home / LAST_BACKUP
    if note.exists():
        yield GaugeMetricFamily(
            "vaguemestre_backup_last_success_timestamp_seconds",
            "When a whole backup was last made.",
            note.stat().st_mtime,
        )
    yield GaugeMetricFamily(
        "vaguemestre_backup_late_after_seconds",
        "The age of the last whole backup from which somebody must look.",
        config.backup.late_after.total_seconds(),
    )


def self_mail(config: Config) -> Iterator[Metric]:
    """The message that goes round each minute; nothing unless it does."""
    if not config.metrics.self_mail:
        return
    round_trip = read_round_trip(config.data_dir)
    yield GaugeMetricFamily(
        "vaguemestre_self_mail_last_sent_timestamp_seconds",
        "When the last message that was seen to go round left; 0 before the first.",
        round_trip.sent_at.timestamp() if round_trip else 0,
    )
    if round_trip:
        yield GaugeMetricFamily(
            "vaguemestre_self_mail_duration_seconds",
            "From its submission until it was seen in its mailbox.",
            round_trip.seconds,
        )


def disk(config: Config) -> Iterator[Metric]:
    free = GaugeMetricFamily("vaguemestre_disk_free_bytes", "Free bytes.", labels=("volume",))
    size = GaugeMetricFamily("vaguemestre_disk_size_bytes", "Size of the file system.", labels=("volume",))
    free_files = GaugeMetricFamily(
        "vaguemestre_disk_free_files", "Files it can still hold.", labels=("volume",)
    )
    files = GaugeMetricFamily("vaguemestre_disk_files", "Files it can hold in all.", labels=("volume",))
    volumes = {"home": config.home, "mail": config.home / "mail"}
    for name, folder in volumes.items():
        if folder.exists():
            usage, inodes = shutil.disk_usage(folder), os.statvfs(folder)
            free.add_metric((name,), usage.free)
            size.add_metric((name,), usage.total)
            if inodes.f_files:  # some file systems make inodes as they need them, and say 0
                free_files.add_metric((name,), inodes.f_favail)
                files.add_metric((name,), inodes.f_files)
    yield from (free, size, free_files, files)

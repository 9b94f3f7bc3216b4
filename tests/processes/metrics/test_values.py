"""What `/metrics` says is so, and names nobody."""

import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from prometheus_client.core import Metric
from prometheus_client.registry import CollectorRegistry
from tests.access.signin.people import account

from vaguemestre.engines.tls import certificates
from vaguemestre.foundation.jobs.tasks import wake
from vaguemestre.people.directory.models import Academy
from vaguemestre.people.intake.models import Feed
from vaguemestre.post.outbox.models import OutboxMessage
from vaguemestre.processes.metrics import machine
from vaguemestre.processes.metrics.cache import CachedSources
from vaguemestre.processes.metrics.sources import sources
from vaguemestre.site.config import Config

pytestmark = pytest.mark.django_db
# Ends of names that Prometheus asks for, or a plain noun that is counted.
_ENDINGS = ("_seconds", "_bytes", "_jobs", "_messages", "_up", "_warning", "_streams", "_files")
_LABEL_VALUE = re.compile(r"[a-z0-9-]{1,20}", re.ASCII)
_PERSONAL = ("nmorel", "secret", "example", "rh-2026", "objet", "@")


class _Push(BaseHTTPRequestHandler):
    """Answers as the push process does."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"status": "ok", "streams": 7}')

    def log_message(self, format: str, *arguments: object) -> None:
        return


@pytest.fixture
def push() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Push) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def config(tmp_path: Path, push: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch) -> Config:
    """An instance with something of everything, of somebody who must not be named."""
    made = Config(home=tmp_path, port_base=push.server_address[1] - 1)
    made.run_dir.mkdir()
    for name in ("worker", "worker-2", "gate"):
        (made.run_dir / f"{name}.heartbeat").touch()
    (made.home / "last_backup.json").write_text("{}")
    (made.home / "mail").mkdir()
    certificates.make_missing(made, now=datetime.now(UTC))
    monkeypatch.setattr(machine, "count_messages", lambda _config: {"deferred": [3, 1_700_000_000]})
    return made


@pytest.fixture
def registry(config: Config) -> CollectorRegistry:
    made = CollectorRegistry()
    made.register(CachedSources(sources(config), seconds=0))
    return made


def families(registry: CollectorRegistry) -> Iterator[Metric]:
    yield from registry.collect()


def queue_message(key: str, state: str, due_at: datetime) -> None:
    OutboxMessage.objects.create(
        account=account(f"nmorel{key}"), key=key, message_id=f"<secret{key}@x>",
        sender="nmorel@ac-amiens.test", recipients=["secret@example.fr"], subject="Objet secret",
        content=b"c", state=state, due_at=due_at, created_at=due_at,
    )  # fmt: skip


@pytest.mark.heavy
def test_every_source_answers(registry: CollectorRegistry, config: Config) -> None:
    for name in sources(config):
        assert registry.get_sample_value("vaguemestre_source_up", {"source": name}) == 1, name


@pytest.mark.heavy
def test_jobs_are_counted_by_queue_and_state(registry: CollectorRegistry) -> None:
    def jobs(queue: str, state: str) -> float | None:
        return registry.get_sample_value("vaguemestre_jobs", {"queue": queue, "state": state})

    assert jobs("long", "failed") == 0, "none is 0, and not nothing: an alert compares it"
    failed, done = (wake.enqueue("nobody:handler", "nobody:Event", {}, 1) for _ in range(2))
    wake.using(queue_name="long").enqueue("nobody:handler", "nobody:Event", {}, 1)
    DBTaskResult.objects.filter(pk=failed.id).update(status="FAILED")
    DBTaskResult.objects.filter(pk=done.id).update(status="SUCCESSFUL")
    assert (jobs("default", "failed"), jobs("default", "ready"), jobs("long", "ready")) == (1, 0, 1)


@pytest.mark.heavy
def test_the_job_that_waits_longest_is_told(registry: CollectorRegistry) -> None:
    assert registry.get_sample_value("vaguemestre_jobs_longest_wait_seconds") == 0
    wake.enqueue("nobody:handler", "nobody:Event", {}, 1)
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(hours=2))
    assert 7200 <= (registry.get_sample_value("vaguemestre_jobs_longest_wait_seconds") or 0) < 7300


@pytest.mark.heavy
def test_messages_that_have_not_left_are_counted_and_the_latest_of_them_is_told(
    registry: CollectorRegistry,
) -> None:
    now = timezone.now()
    for number, (state, due_at) in enumerate(
        (("queued", now - timedelta(minutes=10)), ("queued", now), ("held", now + timedelta(hours=1)),
         ("filed", now - timedelta(days=1)), ("refused", now - timedelta(days=1)))
    ):  # fmt: skip
        queue_message(f"{number}", state, due_at)
    states = {
        state: registry.get_sample_value("vaguemestre_outbox_messages", {"state": state})
        for state in ("queued", "held", "submitted", "stopped", "filed", "refused")
    }
    assert states == {
        "queued": 2, "held": 1, "submitted": 0, "stopped": 0, "filed": None, "refused": None,
    }  # fmt: skip
    assert 600 <= (registry.get_sample_value("vaguemestre_outbox_longest_overdue_seconds") or 0) < 700


@pytest.mark.heavy
def test_a_feed_counts_once_it_was_applied_to_its_end(registry: CollectorRegistry) -> None:
    name, now = "vaguemestre_feed_last_applied_timestamp_seconds", timezone.now()
    assert registry.get_sample_value(name) is None
    account()
    plain = {"academy": Academy.objects.get(), "file_name": "rh-2026.csv", "sha256": "0", "by": "cli"}
    Feed.objects.create(**plain, started_at=now)
    assert registry.get_sample_value(name) is None
    Feed.objects.create(**plain, started_at=now, finished_at=now)
    assert registry.get_sample_value(name) == pytest.approx(now.timestamp())


@pytest.mark.heavy
def test_files_tell_of_certificates_backups_heartbeats_and_room(registry: CollectorRegistry) -> None:
    def value(name: str, **labels: str) -> float:
        return registry.get_sample_value(f"vaguemestre_{name}", labels) or 0

    now = time.time()
    for certificate in ("public", "internal", "sieve"):
        assert value("certificate_expiry_timestamp_seconds", certificate=certificate) > now + 86_400
    assert now - 60 < value("backup_last_success_timestamp_seconds") < now + 60
    assert value("backup_late_after_seconds") == 45 * 60  # two of every quarter of an hour, and a quarter
    assert now - 60 < value("heartbeat_timestamp_seconds", process="worker-2") < now + 60
    assert 0 < value("disk_free_bytes", volume="mail") < value("disk_size_bytes", volume="mail")
    assert value("database_size_bytes") > 100_000


@pytest.mark.heavy
def test_the_queue_of_postfix_is_counted_and_an_empty_one_is_0(registry: CollectorRegistry) -> None:
    def messages(queue: str) -> float | None:
        return registry.get_sample_value("vaguemestre_postfix_queue_messages", {"queue": queue})

    assert (messages("deferred"), messages("active"), messages("hold")) == (3, 0, 0)
    oldest = "vaguemestre_postfix_queue_oldest_timestamp_seconds"
    assert registry.get_sample_value(oldest, {"queue": "deferred"}) == 1_700_000_000
    assert registry.get_sample_value(oldest, {"queue": "active"}) is None


def test_pages_that_listen_are_counted(registry: CollectorRegistry) -> None:
    assert registry.get_sample_value("vaguemestre_push_open_streams") == 7


def test_parts_are_up_as_the_health_page_says(registry: CollectorRegistry) -> None:
    assert registry.get_sample_value("vaguemestre_check_up", {"check": "database"}) == 1
    assert registry.get_sample_value("vaguemestre_check_up", {"check": "dovecot"}) == 0
    assert registry.get_sample_value("vaguemestre_check_warning", {"check": "long-worker"}) == 1


def test_names_follow_the_conventions_and_each_is_explained(registry: CollectorRegistry) -> None:
    for family in families(registry):
        assert re.fullmatch(r"vaguemestre_[a-z_]+", family.name), family.name
        assert family.type == "counter" or family.name.endswith(_ENDINGS), family.name  # `_total` is added
        assert re.fullmatch(r"[A-Z][^\n]+[.]", family.documentation), family.name
        assert family.documentation.isascii(), family.name


def test_no_label_holds_anything_of_anybody(registry: CollectorRegistry) -> None:
    now = timezone.now()
    queue_message("0", "queued", now)
    wake.enqueue("nobody:handler", "secret@example.fr", {"to": "secret@example.fr"}, 1)
    DBTaskResult.objects.update(status="FAILED", traceback="secret", exception_class_path="secret.Error")
    Feed.objects.create(
        academy=Academy.objects.get(), file_name="rh-2026.csv", sha256="0", by="nmorel", started_at=now,
        finished_at=now,
    )  # fmt: skip
    labels = {
        (name, value)
        for family in families(registry)
        for sample in family.samples
        for name, value in sample.labels.items()
    }
    assert len(labels) > 30
    for name, value in labels:
        assert name in {"certificate", "check", "process", "queue", "source", "state", "volume"}, name
        assert _LABEL_VALUE.fullmatch(value), (name, value)
        assert not any(word in value for word in _PERSONAL), (name, value)

"""/sante/ tells the truth, quickly."""

import logging
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.engines.live import wait_until

from vaguemestre.engines.instance import has_filter
from vaguemestre.engines.postfix import configuration as postfix
from vaguemestre.engines.postfix import queue_agent
from vaguemestre.engines.valkey import configuration as valkey
from vaguemestre.foundation.cluster.models import Machine
from vaguemestre.foundation.jobs.tasks import wake
from vaguemestre.site.config import BackupSection, Config, MailSection, OutgoingSection
from vaguemestre.site.monitoring import database_health, health, probes
from vaguemestre.site.monitoring.check import Check
from vaguemestre.site.monitoring.companion_health import companion_checks
from vaguemestre.site.monitoring.engine_logs import logs_check
from vaguemestre.site.monitoring.stored_sign import FILE, touch_stored_sign


@pytest.fixture
def config(tmp_path: Path) -> Config:
    made = Config(home=tmp_path, port_base=61_000)
    made.run_dir.mkdir()
    return made


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Somebody listens, and never speaks."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.django_db
def test_what_does_not_answer_is_down(config: Config) -> None:
    found = health.checks(config)
    assert set(found) == {
        "database",
        "database-writes",
        "dovecot",
        "postfix",
        "front",
        "push",
        "worker",
        "long-worker",
        "import-worker",
        "untrusted-worker",
        "jobs",
        "gate",
        "collector",
        "logs",
        "carddav",
        "disk",
        "certificates",
        *(("filter",) if has_filter(config) else ()),
        "queue-agent",
        "arrivals",
        "mail-agent",
        "token-agent",
        "numen-agent",
        *(("valkey",) if valkey.is_wanted(config) else ()),
    }
    assert found["database"].ok
    assert not any(found[name].ok for name in ("dovecot", "postfix", "front", "push", "worker", "gate"))


def store(config: Config, *, seconds_ago: float) -> None:
    config.data_dir.mkdir(exist_ok=True)
    touch_stored_sign(config.data_dir)
    past = time.time() - seconds_ago
    os.utime(config.data_dir / FILE, (past, past))


@pytest.mark.django_db
def test_a_database_that_answers_and_stores_nothing_is_down_until_it_does(config: Config) -> None:
    (config.run_dir / "worker.heartbeat").touch()
    assert health.checks(config)["database-writes"].ok  # no sign yet
    store(config, seconds_ago=60)
    found = health.checks(config)
    assert found["database"].ok
    assert found["database-writes"].words.startswith("rien n’est enregistré depuis 6")
    assert not found["database-writes"].ok
    assert not found["collector"].is_warning  # it waits for the same
    store(config, seconds_ago=5)
    assert health.checks(config)["database-writes"].ok


@pytest.mark.django_db
def test_nothing_is_said_of_writes_while_no_worker_tries(config: Config) -> None:
    store(config, seconds_ago=600)
    assert health.checks(config)["database-writes"].ok


@pytest.mark.django_db(transaction=True)
def test_a_process_that_may_only_read_says_the_same_of_writes(config: Config) -> None:
    """That of measures: what it would try to write is refused for ever."""
    (config.run_dir / "worker.heartbeat").touch()
    store(config, seconds_ago=5)
    with reading_only_session():
        with pytest.raises(DatabaseError, match="(?i)read-?only"):
            Machine.objects.create(name="a", beat_at=timezone.now())
        assert health.checks(config)["database-writes"].ok


@contextmanager
def reading_only_session() -> Iterator[None]:
    off, on = (
        ("PRAGMA query_only=OFF", "PRAGMA query_only=ON")
        if connection.vendor == "sqlite"
        else ("SET default_transaction_read_only=off", "SET default_transaction_read_only=on")
    )
    with connection.cursor() as cursor:
        cursor.execute(on)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(off)


@pytest.mark.django_db
def test_a_worker_that_beats_is_well_until_it_stops(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    (config.run_dir / "worker.heartbeat").touch()
    assert health.checks(config)["worker"].ok
    later = time.time() + 60
    monkeypatch.setattr(time, "time", lambda: later)
    assert not health.checks(config)["worker"].ok


@pytest.mark.django_db
def test_a_failed_job_is_a_warning_and_takes_no_page_away(config: Config) -> None:
    assert health.checks(config)["jobs"].as_json() == {"status": "ok"}
    task = wake.enqueue("nobody:handler", "nobody:Event", {}, 1)
    DBTaskResult.objects.filter(pk=task.id).update(status="FAILED", finished_at=timezone.now())
    jobs = health.checks(config)["jobs"]
    assert jobs.ok
    assert jobs.as_json() == {"status": "warning", "detail": "1 en échec"}


@pytest.mark.django_db
def test_a_deferred_job_waits_only_since_it_may_run(config: Config) -> None:
    deferred = wake.using(run_after=timezone.now()).enqueue("nobody:handler", "nobody:Event", {}, 1)
    wake.enqueue("nobody:handler", "nobody:Event", {}, 1)
    minutes_ago = timezone.now() - timedelta(minutes=5)
    DBTaskResult.objects.update(enqueued_at=minutes_ago)
    DBTaskResult.objects.filter(pk=deferred.id).update(
        enqueued_at=minutes_ago - timedelta(hours=2), run_after=minutes_ago
    )
    assert health.checks(config)["jobs"].as_json() == {"status": "ok"}  # what was deferred did not wait


@pytest.mark.django_db
def test_an_ordinary_job_that_waits_since_long_is_a_warning(config: Config) -> None:
    wake.enqueue("nobody:handler", "nobody:Event", {}, 1)
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(hours=2))
    assert "attend depuis 120 min" in health.checks(config)["jobs"].words


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("part", "process"),
    [
        ("long-worker", "worker-long"),
        ("import-worker", "worker-imports"),
        ("untrusted-worker", "worker-untrusted"),
    ],
)
def test_a_long_worker_that_is_away_is_a_warning(config: Config, part: str, process: str) -> None:
    away = health.checks(config)[part]
    assert (away.ok, away.as_json()["status"]) == (True, "warning")
    (config.run_dir / f"{process}.heartbeat").touch()
    assert health.checks(config)[part].as_json() == {"status": "ok"}


def test_a_service_that_says_nothing_is_not_waited_for(silent_port: int) -> None:
    began = time.monotonic()
    assert not probes.greets("127.0.0.1", silent_port, b"* OK").ok
    assert time.monotonic() - began < 1


def test_a_service_that_greets_late_once_is_well() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def greet_the_second() -> None:
            first, _ = listener.accept()
            second, _ = listener.accept()
            second.sendall(b"220 mail\r\n")
            first.close()
            second.close()

        greeter = Thread(target=greet_the_second, daemon=True)
        greeter.start()
        assert probes.greets("127.0.0.1", listener.getsockname()[1], b"220").ok
        greeter.join(60)


@pytest.mark.django_db
@pytest.mark.parametrize(("silent", "is_well"), [("arrivals", True), ("mail-agent", False)])
def test_mail_held_up_by_what_screens_it_is_no_silence_of_postfix(
    config: Config, monkeypatch: pytest.MonkeyPatch, silent: str, is_well: bool
) -> None:
    away = Check(ok=True, words="pas de réponse", is_warning=True)
    monkeypatch.setattr(health, "companion_checks", lambda config: {"arrivals": Check(ok=True), silent: away})
    monkeypatch.setattr(health, "greets", lambda *_, **__: Check(ok=False, words=probes.LATE))
    monkeypatch.setattr(health, "has_filter", lambda config: False)
    for ask in ("master_answers", "manager_answers"):
        monkeypatch.setattr(queue_agent, ask, lambda config: True)
    assert health.checks(config)["postfix"].ok == is_well
    monkeypatch.setattr(queue_agent, "manager_answers", lambda config: False)
    assert not health.checks(config)["postfix"].ok


@pytest.mark.django_db
def test_what_is_down_is_told_to_who_asks_and_is_no_error_of_the_pages(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("django.request")
    logger.addHandler(caplog.handler)
    try:
        assert client.get("/sante/").status_code == 503
    finally:
        logger.removeHandler(caplog.handler)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.django_db
def test_the_page_is_503_when_something_is_down(client: Client) -> None:
    answer = client.get("/sante/")
    assert answer.status_code == 503
    told = answer.json()
    assert told["status"] == "down"
    assert told["checks"]["database"] == {"status": "ok"}
    assert told["checks"]["dovecot"]["status"] == "down"


def test_the_web_process_can_be_asked_alone(client: Client) -> None:
    assert client.get("/sante/ping").content == b"ok"


@pytest.mark.parametrize("path", ["/sante/", "/sante/ping"])
def test_health_is_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def test_a_backup_that_is_missing_or_old_is_a_warning(tmp_path: Path) -> None:
    config = Config(home=tmp_path, backup=BackupSection(repository="/srv/vm"))
    assert health._backup(config).as_json() == {"status": "warning", "detail": "aucune encore"}
    note = tmp_path / "last_backup.json"
    note.touch()
    assert health._backup(config).as_json() == {"status": "ok"}
    past = time.time() - 46 * 60
    os.utime(note, (past, past))
    assert health._backup(config).as_json() == {"status": "warning", "detail": "la dernière a 46 minutes"}


@pytest.mark.django_db
def test_an_instance_that_backs_nothing_up_is_asked_for_no_backup(config: Config) -> None:
    assert "backup" not in health.checks(config)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (30, Check(ok=True)),
        (13, Check(ok=True, words="public finit dans 12 jours", is_warning=True)),
        (-1, Check(ok=False, words="fini : public")),
    ],
)
def test_a_certificate_that_ends_is_told(
    config: Config, monkeypatch: pytest.MonkeyPatch, days: int, expected: Check
) -> None:
    ends = {"public": timezone.now() + timedelta(days=days), "internal": timezone.now() + timedelta(days=90)}
    monkeypatch.setattr(health, "expiries", lambda _config: ends)
    assert health.checks(config)["certificates"] == expected


@pytest.mark.django_db
def test_certificates_that_cannot_be_read_want_somebody(config: Config) -> None:
    assert health.checks(config)["certificates"].is_warning


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("greeting", "is_well"), [(b"220 relais\r\n", True), (b"421 no\r\n", False), (b"", False)]
)
def test_a_relay_that_takes_nothing_is_a_warning(tmp_path: Path, greeting: bytes, is_well: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        outgoing = OutgoingSection(mode="relay", relay_host="127.0.0.1", relay_port=port)
        config = Config(home=tmp_path, port_base=61_000, mail=MailSection(outgoing=outgoing))

        def greet() -> None:
            peer, _ = listener.accept()
            with peer:
                peer.sendall(greeting)

        thread = Thread(target=greet)
        thread.start()
        check = companion_checks(config)["relay"]
        thread.join()
    assert (check.ok, check.is_warning) == (True, not is_well)


on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="this run is on SQLite")


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_somebody_who_waits_for_a_lock_makes_writes_down(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_health, "_MAX_LOCK_SECONDS", 0)
    Machine.objects.create(name="a", beat_at=timezone.now())
    held = connection.copy("held")
    waiter = Thread(target=rename_machine)
    try:
        held.set_autocommit(False)
        held.cursor().execute("LOCK TABLE cluster_machine IN EXCLUSIVE MODE")
        waiter.start()
        wait_until(lambda: not health.checks(config)["database-writes"].ok)
        assert "verrou" in health.checks(config)["database-writes"].words
    finally:
        held.rollback()
        held.close()
        waiter.join(60)
    assert health.checks(config)["database-writes"].ok


def rename_machine() -> None:
    try:
        Machine.objects.update(name="b")
    finally:
        connection.close()


def test_a_log_that_gains_nothing_while_its_engine_answers_wants_somebody(config: Config) -> None:
    file = postfix.log_file(config)
    file.parent.mkdir()
    file.touch()
    well, away = Check(ok=True), Check(ok=False)
    assert logs_check(config, {"postfix": well}).as_json() == {"status": "ok"}
    os.utime(file, (time.time() - 400,) * 2)
    silent = logs_check(config, {"postfix": well, "dovecot": away})
    assert silent.is_warning
    assert silent.words == "postfix n’y a rien écrit depuis 400 s"
    assert logs_check(config, {"postfix": away}).as_json() == {"status": "ok"}

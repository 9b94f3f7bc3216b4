"""Each alarm by its fault: made where it happens, opened with its words, over once it is mended.

Those of engines and processes stand in `tests/journeys/test_t41_alarms_by_their_fault.py`.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import CollectorRegistry
from tests.access.signin.people import account
from tests.desks.removals.samples import told

from vaguemestre.desks.operations.queries import closed_alarms, open_alarms
from vaguemestre.desks.operations.rules.advice import ADVICE
from vaguemestre.desks.operations.services import take_measures
from vaguemestre.desks.operations.values import Readings
from vaguemestre.engines.metrics_text import MetricValue
from vaguemestre.engines.postfix import configuration as postfix
from vaguemestre.engines.tls import certificates
from vaguemestre.foundation.jobs.tasks import wake
from vaguemestre.people.directory.models import Academy
from vaguemestre.people.intake.models import Feed
from vaguemestre.post.outbox.models import OutboxMessage
from vaguemestre.post.outbox.values import RoundTrip
from vaguemestre.post.trace.values import Engine, Step, StepKind
from vaguemestre.processes.metrics.cache import CachedSources
from vaguemestre.processes.metrics.sources import sources
from vaguemestre.site.adapters.operations import as_series
from vaguemestre.site.config import Config
from vaguemestre.site.monitoring.counter_files import FOLDER
from vaguemestre.site.monitoring.round_trip_file import write_round_trip

pytestmark = pytest.mark.django_db(transaction=True)


class Watched:
    """An instance of which one source is measured, by a clock of its own."""

    def __init__(self, config: Config) -> None:
        self.config, self.now = config, timezone.now()

    def measure(self, source: str, *, minutes: float = 1) -> list[tuple[str, str]]:
        """The alarms that are open after a round, so much later: names and words."""
        self.now += timedelta(minutes=minutes)
        registry = CollectorRegistry()
        registry.register(CachedSources({source: sources(self.config)[source]}, seconds=0))

        def read() -> Readings:
            families = text_string_to_metric_families(generate_latest(registry).decode())
            return as_series(
                MetricValue(sample.name, sample.labels, sample.value)
                for family in families
                for sample in family.samples
            )

        take_measures(read, now=self.now)
        return [(alarm.name, alarm.words) for alarm in open_alarms()]

    def is_over(self, name: str) -> bool:
        return [alarm.name for alarm in closed_alarms(self.now)] == [name]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    config = Config(home=tmp_path, port_base=61_000)
    config.run_dir.mkdir()
    config.data_dir.mkdir()
    return Watched(config)


def opens(watched: Watched, source: str, name: str, words: str) -> None:
    """One alarm, of that name and no other, whose words begin so; its page says what to do."""
    ((found, said),) = watched.measure(source)
    assert found == name
    assert said.startswith(words), said
    assert ADVICE[name].steps


def closes(watched: Watched, source: str, name: str, *, minutes: float = 1) -> None:
    assert watched.measure(source, minutes=minutes) == []
    assert watched.is_over(name)


def test_a_log_that_gains_nothing_is_an_alarm_until_its_next_line(watched: Watched) -> None:
    file = postfix.log_file(watched.config)
    file.parent.mkdir()
    file.touch()
    assert watched.measure("logs", minutes=0) == []
    past = time.time() - 400
    os.utime(file, (past, past))
    opens(watched, "logs", "log-silent", "Le journal de Postfix se tait depuis 7 min")
    with file.open("a") as log:
        log.write("a line\n")
    closes(watched, "logs", "log-silent")


def test_a_job_that_failed_is_an_alarm_until_it_is_run_again(watched: Watched) -> None:
    task = wake.enqueue("nobody:handler", "nobody:Event", {}, 1)
    assert watched.measure("jobs") == []
    DBTaskResult.objects.filter(pk=task.id).update(status="FAILED", finished_at=timezone.now())
    opens(watched, "jobs", "jobs-failed", "1 travail en échec")
    DBTaskResult.objects.filter(pk=task.id).update(status="SUCCESSFUL")
    closes(watched, "jobs", "jobs-failed")


def test_a_job_that_nobody_takes_is_an_alarm_until_it_is_taken(watched: Watched) -> None:
    wake.enqueue("nobody:handler", "nobody:Event", {}, 1)
    assert watched.measure("jobs") == []
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=12))
    opens(watched, "jobs", "jobs-late", "Un travail attend depuis 12 min")
    DBTaskResult.objects.update(status="RUNNING")
    closes(watched, "jobs", "jobs-late")


@pytest.mark.parametrize("state", ["held", "queued"])
def test_a_message_of_the_pages_that_does_not_leave_is_an_alarm_until_it_leaves(
    watched: Watched, state: str
) -> None:
    due_at = timezone.now() - timedelta(minutes=8)
    message = OutboxMessage.objects.create(
        account=account("nmorel"), key="k", message_id="<k@x>", sender="nmorel@ac-amiens.test",
        recipients=["x@example.fr"], subject="s", content=b"c", state=state,
        due_at=due_at, created_at=due_at,
    )  # fmt: skip
    opens(watched, "outbox", "outbox-late", "Un courriel part avec 8 min de retard")
    OutboxMessage.objects.filter(pk=message.pk).update(state="filed")
    closes(watched, "outbox", "outbox-late")


def test_feeds_that_come_no_more_are_an_alarm_until_one_is_applied(watched: Watched) -> None:
    account("nmorel")
    applied_at = timezone.now() - timedelta(days=4)
    feed = {"academy": Academy.objects.get(), "file_name": "rh.csv", "sha256": "0", "by": "cli"}
    Feed.objects.create(**feed, started_at=applied_at, finished_at=applied_at)
    opens(watched, "feeds", "feed-old", "Aucun import RH depuis 4 jours")
    Feed.objects.create(**{**feed, "sha256": "1"}, started_at=timezone.now(), finished_at=timezone.now())
    closes(watched, "feeds", "feed-old")


def test_a_certificate_about_to_end_is_an_alarm_until_it_is_renewed(watched: Watched) -> None:
    made_at = datetime.now(UTC) - timedelta(days=397 - 9, hours=-1)
    certificates.make_missing(watched.config, now=made_at)
    alarms = watched.measure("certificates")
    assert {name for name, _ in alarms} == {"certificate-ends"}
    assert all("finit dans 9 jours" in words for _, words in alarms), alarms
    certificates.make_missing(watched.config, now=datetime.now(UTC))
    assert watched.measure("certificates") == []


def test_backups_that_stop_are_an_alarm_until_one_is_made(watched: Watched) -> None:
    note = watched.config.home / "last_backup.json"
    note.write_text("{}")
    assert watched.measure("backup") == []
    two_hours_ago = time.time() - 7200
    os.utime(note, (two_hours_ago, two_hours_ago))
    opens(watched, "backup", "backup-old", "La dernière sauvegarde a 2 h")
    note.touch()
    closes(watched, "backup", "backup-old")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    argv = ["mount", "-t", "tmpfs", "-o", "size=4m,mode=755", "tmpfs", str(tmp_path)]
    if subprocess.run(argv, capture_output=True, check=False).returncode:
        pytest.skip("this machine mounts nothing")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


def test_a_disk_that_fills_is_an_alarm_until_there_is_room(small_disk: Path) -> None:
    watched = Watched(Config(home=small_disk))
    assert watched.measure("disk") == []
    filling = small_disk / "plein"
    filling.write_bytes(bytes(shutil.disk_usage(small_disk).total * 95 // 100))
    ((name, words),) = watched.measure("disk")
    assert (name, words) == ("disk-full", "Il reste 5 % de place (home)")
    filling.unlink()
    closes(watched, "disk", "disk-full")


def test_a_disk_that_can_hold_no_more_files_is_an_alarm_until_some_go(small_disk: Path) -> None:
    watched = Watched(Config(home=small_disk))
    assert watched.measure("disk") == []
    used = os.statvfs(small_disk).f_files - os.statvfs(small_disk).f_ffree
    remount = ["mount", "-o", f"remount,nr_inodes={used + 100}", str(small_disk)]
    subprocess.run(remount, check=True)
    files = [small_disk / f"plein-{number}" for number in range(95)]
    for file in files:
        file.touch()
    opens(watched, "disk", "disk-full", "Il reste 5 % des fichiers que le disque peut tenir (home)")
    for file in files:
        file.unlink()
    closes(watched, "disk", "disk-full")


def test_the_message_that_goes_round_is_missed_until_it_comes_back(watched: Watched) -> None:
    write_round_trip(watched.config.data_dir, RoundTrip(1.0, watched.now - timedelta(minutes=9)))
    opens(watched, "self-mail", "self-mail-lost", "Le courriel témoin ne revient plus depuis 10 min")
    write_round_trip(watched.config.data_dir, RoundTrip(1.0, watched.now))
    closes(watched, "self-mail", "self-mail-lost")


def test_mail_that_takes_its_time_is_an_alarm_until_it_is_quick_again(watched: Watched) -> None:
    write_round_trip(watched.config.data_dir, RoundTrip(22.0, watched.now))
    opens(watched, "self-mail", "self-mail-slow", "Un courriel met 22 s")
    write_round_trip(watched.config.data_dir, RoundTrip(2.0, watched.now))
    closes(watched, "self-mail", "self-mail-slow")


def steps(kind: StepKind, number: int, relay: str, status: str) -> list[Step]:
    now = timezone.now()
    return [
        Step(now, Engine.POSTFIX, kind, f"A{n:06}", recipient="x@y.test", relay=relay, status=status)
        for n in range(number)
    ]


def test_servers_that_want_nothing_of_ours_are_an_alarm_for_an_hour(watched: Watched) -> None:
    relay = "mx.mairie.test[192.0.2.1]:25"
    told(steps(StepKind.DELIVERED, 1, relay, "2.0.0"))
    assert watched.measure("steps") == []
    told(steps(StepKind.REFUSED, 51, relay, "5.7.1"))
    opens(watched, "steps", "refused-outside", "51 courriels refusés ailleurs en une heure")
    closes(watched, "steps", "refused-outside", minutes=66)


def test_mailboxes_that_take_nothing_are_an_alarm_for_a_quarter_of_an_hour(watched: Watched) -> None:
    relay = "private/lmtp[/run/d/lmtp]"
    told(steps(StepKind.DELIVERED, 1, relay, "2.0.0"))
    assert watched.measure("steps") == []
    told(steps(StepKind.DEFERRED, 51, relay, "4.4.1"))
    opens(watched, "steps", "deliveries-put-off", "51 remises reportées en un quart d’heure")
    closes(watched, "steps", "deliveries-put-off", minutes=21)


def test_slow_reading_is_an_alarm_for_ten_minutes(watched: Watched) -> None:
    folder = watched.config.run_dir / FOLDER / "web"
    folder.mkdir(parents=True)
    count: Callable[[str, int], list[object]] = lambda le, value: [  # noqa: E731 (two lines of one file)
        "vaguemestre_imap_duration_seconds_bucket", {"le": le, "pool": "web", "command": "UID FETCH"}, value
    ]  # fmt: skip
    (folder / "1.json").write_text(json.dumps([count("1.0", 100), count("+Inf", 100)]))
    assert watched.measure("pools") == []
    (folder / "1.json").write_text(json.dumps([count("1.0", 180), count("+Inf", 200)]))
    opens(watched, "pools", "imap-slow", "Une commande IMAP sur vingt prend plus d’une seconde")
    closes(watched, "pools", "imap-slow", minutes=16)


def test_a_process_that_is_silent_is_an_alarm_until_it_beats_again(watched: Watched) -> None:
    heartbeat = watched.config.run_dir / "web.heartbeat"
    heartbeat.touch()
    assert watched.measure("heartbeats", minutes=0) == []
    past = time.time() - 90
    os.utime(heartbeat, (past, past))
    opens(watched, "heartbeats", "heartbeat-lost", "web ne donne plus signe de vie")
    os.utime(heartbeat, (watched.now.timestamp(), watched.now.timestamp() + 60))
    closes(watched, "heartbeats", "heartbeat-lost")

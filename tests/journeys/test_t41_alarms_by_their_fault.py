"""Alarms of engines and processes, each raised by its fault on a running instance, over once mended.

What is a fault of data (a job, a certificate, a disk…) stands in `tests/processes/metrics/test_faults.py`.
"""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import pytest
from tests.journeys.conftest import Instance, wait_until

from vaguemestre.desks.operations.rules.advice import ADVICE
from vaguemestre.desks.operations.rules.alarms import MEASURED, METRICS_UP, Facts, alarms_of
from vaguemestre.desks.operations.values import Readings
from vaguemestre.engines.dovecot import configuration as dovecot
from vaguemestre.engines.metrics_text import read_metrics_text
from vaguemestre.engines.postfix import configuration as postfix
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.processes.supervisor import process_table
from vaguemestre.site.adapters.operations import as_series
from vaguemestre.site.config import load

pytestmark = pytest.mark.engines

_HALF_AN_HOUR = 31 * 60
_MAX_OF_A_MINUTE = 30  # of the 45 s without a heartbeat after which a process is named


def readings(instance: Instance) -> Readings:
    """What the instance measures now."""
    try:
        values = {**as_series(read_metrics_text(instance.base + 5)), METRICS_UP: 1.0}
    except EngineDown:
        values = {METRICS_UP: 0.0}
    return {**values, MEASURED: time.time()}


def alarms(instance: Instance, *, later: float = 0) -> dict[tuple[str, str], str]:
    """Alarms that hold, or will in so many seconds if nothing changes: name and subject → words."""
    values = readings(instance)
    now = values[MEASURED] + later
    found = alarms_of(Facts({**values, MEASURED: now}, now, {}, {}, {}))
    return {(alarm.name, alarm.subject): alarm.words for alarm in found}


def children(instance: Instance) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((instance.home / "run/children.json").read_text())["children"]
    return found


@contextmanager
def stopped(instance: Instance, *names: str, whole: bool = False) -> Iterator[None]:
    """The first process of each of these services is stopped; what it started goes on, unless `whole`."""
    pids = [child["pid"] for child in children(instance) if child["name"] in names]
    assert len(pids) == len(names)
    if whole:
        pids += [process.pid for pid in pids for process in process_table.descendants(pid)]
    assert all(pid > 1 for pid in pids)
    try:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def waits_for(instance: Instance, expected: dict[tuple[str, str], str], *, later: float = 0) -> None:
    """These alarms hold with these words; each has its page."""

    def hold() -> bool:
        return expected.items() <= alarms(instance, later=later).items()

    wait_until(hold, 150, lambda: f"only {alarms(instance, later=later)}")
    assert all(ADVICE[name].steps for name, _ in expected)


def waits_for_the_end(instance: Instance, names: set[str], *, later: float = 0) -> None:
    def are_over() -> bool:
        return not names & {name for name, _ in alarms(instance, later=later)}

    wait_until(are_over, 150, lambda: f"still {alarms(instance, later=later)}")


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("dovecot", {("part-down", "dovecot"): "Boîtes (IMAP) : pas de réponse"}),
        ("postfix", {("part-down", "postfix"): "Arrivée du courrier : pas de réponse"}),
        ("queue-agent", {("source-unreadable", "postfix"): "Mesure illisible : postfix"}),
        ("metrics", {("metrics-gone", "metrics"): "Le service de mesure ne répond pas"}),
        ("arrivals", {("part-wants", "arrivals"): "Contrôle du courrier reçu : à voir de près"}),
        ("valkey", {("part-wants", "valkey"): "Mémoire du filtre : à voir de près"}),
        ("mail-agent", {("part-wants", "mail-agent"): "Agent des boîtes : à voir de près"}),
        ("token-agent", {("part-down", "token-agent"): "Agent des jetons : pas de réponse"}),
        ("numen-agent", {("part-wants", "numen-agent"): "Agent des NUMEN : à voir de près"}),
    ],
)
def test_a_service_whose_first_process_stands_still_is_named(
    instance: Instance, service: str, expected: dict[tuple[str, str], str]
) -> None:
    names = {name for name, _ in expected}
    waits_for_the_end(instance, names)
    with stopped(instance, service):
        waits_for(instance, expected)
    waits_for_the_end(instance, names)


def test_services_named_by_a_sign_of_life_that_does_not_come_are_each_named(instance: Instance) -> None:
    expected = {
        ("part-wants", "collector"): "Trace des messages : à voir de près",
        ("part-down", "gate"): "Contrôle des envois : pas de réponse",
        ("part-wants", "long-worker"): "Travaux longs : à voir de près",
        ("part-wants", "import-worker"): "Imports de courriels : à voir de près",
        ("part-wants", "untrusted-worker"): "Lecture des rapports et du courrier des listes : à voir de près",
    }
    names = {name for name, _ in expected}
    waits_for_the_end(instance, names)
    with stopped(instance, "collector", "gate", "worker-long", "worker-imports", "worker-untrusted"):
        waits_for(instance, expected)
    waits_for_the_end(instance, names)


@pytest.mark.timeout(600)  # a sign is missed after forty seconds, on top of the start of an instance
def test_a_database_that_others_keep_from_storing_is_named_while_it_answers(instance: Instance) -> None:
    waits_for_the_end(instance, {"part-down"})
    with writers_held(instance):
        waits_for(
            instance,
            {("part-down", "database-writes"): "Enregistrement dans la base : rien n’est plus enregistré"},
        )
        assert not {("part-down", "database"), ("part-down", "worker")} & set(alarms(instance))
    waits_for_the_end(instance, {"part-down"})


@contextmanager
def writers_held(instance: Instance) -> Iterator[None]:
    """Another session keeps the right to write to itself."""
    server = load(instance.home).database
    if server.engine == "postgresql":
        password = (instance.home / server.password_file).read_text().strip()
        with psycopg.connect(
            host=server.host, port=server.port, user=server.user, dbname=server.name, password=password
        ) as session:
            session.execute("LOCK TABLE outbox_outboxmessage, cluster_machine IN EXCLUSIVE MODE")
            yield
            session.rollback()
        return
    with closing(sqlite3.connect(instance.home / "data/vaguemestre.sqlite3", timeout=30)) as held:
        held.isolation_level = None
        held.execute("BEGIN IMMEDIATE")
        yield
        held.execute("ROLLBACK")


def test_a_pool_whose_first_process_stands_still_is_named_while_its_workers_answer(
    instance: Instance,
) -> None:
    silent = {("heartbeat-lost", name): f"{name} ne donne plus signe de vie" for name in ("push", "carddav")}
    waits_for_the_end(instance, {"heartbeat-lost"}, later=_MAX_OF_A_MINUTE)
    with stopped(instance, "push", "carddav"):
        waits_for(instance, silent, later=_MAX_OF_A_MINUTE)
        assert ("part-down", "push") not in alarms(instance)
    waits_for_the_end(instance, {"heartbeat-lost"}, later=_MAX_OF_A_MINUTE)


def test_a_front_that_stands_still_whole_is_named_though_no_page_can_say_so(instance: Instance) -> None:
    expected = {("part-down", "front"): "Accueil des pages (nginx) : pas de réponse"}
    waits_for_the_end(instance, {"part-down"})
    with stopped(instance, "front", whole=True):
        waits_for(instance, expected)
        assert ("part-down", "carddav") not in alarms(instance)  # of which the front says nothing
    waits_for_the_end(instance, {"part-down"})


def test_a_dovecot_whose_log_process_was_killed_is_reloaded(instance: Instance) -> None:
    """Its older processes write into nothing, those that it starts later are heard."""
    log = dovecot.log_file(load(instance.home))

    def reloads() -> int:
        return log.read_bytes().count(b"reloading configuration")

    before = reloads()
    first = next(child["pid"] for child in children(instance) if child["name"] == "dovecot")
    (pid,) = (process.pid for process in process_table.descendants(first) if process.name == "log")
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: reloads() > before, 150)
    waits_for_the_end(instance, {"part-down", "log-silent"})


@contextmanager
def dated_back(log: Path) -> Iterator[None]:
    """Whatever is written there is five minutes old at once."""
    over = threading.Event()

    def date_back() -> None:
        while not over.wait(0.05):
            past = time.time() - 300
            os.utime(log, (past, past))

    thread = threading.Thread(target=date_back)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("engine", [dovecot, postfix])
def test_a_log_that_gains_nothing_while_its_engine_answers_is_named(
    instance: Instance, engine: ModuleType
) -> None:
    waits_for_the_end(instance, {"log-silent", "part-down"})
    log: Path = engine.log_file(load(instance.home))
    words = f"Le journal de {log.stem.title()} se tait depuis 5 min"
    with dated_back(log):
        waits_for(instance, {("log-silent", log.stem): words})
    waits_for_the_end(instance, {"log-silent"})


def submit(instance: Instance, number: int) -> None:
    """A letter from outside for the teacher, by Postfix's own command."""
    engine, address = instance.home / "engines/postfix", instance.account("teacher")["address"]
    argv = ["/usr/sbin/sendmail", "-C", str(engine), "-f", "ailleurs@exterieur.test", address]
    subprocess.run(argv, input=f"Subject: en attente {number}\n\nBonjour.\n".encode(), check=True)


def is_empty(instance: Instance) -> bool:
    values = readings(instance)
    return all(values.get(f"queue.{queue}") == 0 for queue in ("incoming", "active", "deferred"))


def test_mail_that_mailboxes_do_not_take_is_told_until_it_is_delivered(instance: Instance) -> None:
    door = instance.home / "run/d/lmtp"
    away = door.rename(door.with_name("lmtp-away"))
    try:
        for number in range(501):
            submit(instance, number)

        def many_are_put_off() -> bool:
            return ("postfix-deferred", "") in alarms(instance)

        wait_until(many_are_put_off, 240, lambda: f"only {alarms(instance)}")
        assert alarms(instance)["postfix-deferred", ""].endswith("courriels remis à plus tard")
    finally:
        away.rename(door)
    subprocess.run(["/usr/sbin/postqueue", "-c", str(instance.home / "engines/postfix"), "-f"], check=True)
    wait_until(lambda: is_empty(instance), 300, lambda: f"{readings(instance)}")
    assert "postfix-deferred" not in {name for name, _ in alarms(instance)}


def test_a_letter_that_stands_in_the_queue_for_half_an_hour_is_told(instance: Instance) -> None:
    """The mail store took the connection and says nothing: the letter is neither delivered nor put off."""
    wait_until(lambda: is_empty(instance), 150, lambda: f"{readings(instance)}")
    dovecot = next(child for child in children(instance) if child["name"] == "dovecot")
    still = [process.pid for process in process_table.descendants(dovecot["pid"])]
    assert all(pid > 1 for pid in still)
    try:
        for pid in (*still, dovecot["pid"]):
            os.kill(pid, signal.SIGSTOP)
        submit(instance, 502)

        def will_be_told() -> bool:
            return ("postfix-old", "active") in alarms(instance, later=_HALF_AN_HOUR)

        wait_until(will_be_told, 60, lambda: f"only {alarms(instance, later=_HALF_AN_HOUR)}")
        assert ("postfix-old", "active") not in alarms(instance)
    finally:
        for pid in (dovecot["pid"], *still):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
    wait_until(lambda: is_empty(instance), 150, lambda: f"{readings(instance)}")
    assert "postfix-old" not in {name for name, _ in alarms(instance, later=_HALF_AN_HOUR)}

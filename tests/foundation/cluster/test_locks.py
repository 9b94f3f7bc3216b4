"""One process at a time, on whichever machine: a lock by name, and who leads."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
from django.db import connection, connections
from tests.engines.live import wait_until

from vaguemestre.foundation.cluster.locks import Leadership, exclusive, turn
from vaguemestre.foundation.jobs.periodic import PeriodicTasks
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.intake.services.import_context import import_lock
from vaguemestre.site.config import load

on_postgresql = pytest.mark.skipif(load().database.engine != "postgresql", reason="this run is on SQLite")
pytestmark = pytest.mark.django_db(transaction=True)


def elsewhere[T](work: Callable[[], T]) -> T:
    """What the work gives on a connection of its own, as another process would have it."""
    results: list[T] = []

    def run() -> None:
        try:
            results.append(work())
        finally:
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    thread.join()
    return results[0]


def may_import(lock: Path) -> bool:
    try:
        with import_lock(lock):
            pass
    except Refusal as refusal:
        return refusal.code != "intake.import-running"
    return True


def test_a_lock_is_held_by_one_and_free_afterwards(tmp_path: Path) -> None:
    with exclusive("tests", tmp_path / "lock") as mine, exclusive("tests", tmp_path / "lock") as other:
        assert (mine, other) == (True, False)
    with exclusive("tests", tmp_path / "lock") as again:
        assert again


@on_postgresql
def test_a_second_import_is_refused_on_another_machine(tmp_path: Path) -> None:
    here, there = tmp_path / "home1" / "feed.lock", tmp_path / "home2" / "feed.lock"
    with import_lock(here):
        assert not elsewhere(lambda: may_import(there))
    assert elsewhere(lambda: may_import(there))


@on_postgresql
def test_whoever_writes_waits_for_the_other_machine() -> None:
    order: list[str] = []

    def write() -> None:
        try:
            with turn("tests"):
                order.append("second")
        finally:
            connections.close_all()

    other = Thread(target=write)
    with turn("tests"):
        other.start()
        wait_until(is_somebody_waiting)
        order.append("first")
    other.join()
    assert order == ["first", "second"]


def is_somebody_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return bool(cursor.fetchone()[0])


@pytest.fixture
def machines() -> Iterator[tuple[Leadership, Leadership]]:
    """Two that may lead; they look again as soon as they are asked."""
    times = iter(range(0, 10**6, 1000))
    made = Leadership("tests", lambda: next(times)), Leadership("tests", lambda: next(times))
    yield made
    for leadership in made:
        leadership.resign()


@on_postgresql
def test_one_machine_leads_and_the_next_when_it_is_gone(machines: tuple[Leadership, Leadership]) -> None:
    first, second = machines
    assert [first.leads(), second.leads(), first.leads()] == [True, False, True]
    first.resign()
    assert [second.leads(), first.leads()] == [True, False]


@on_postgresql
def test_a_leader_cut_from_the_database_leads_no_more(machines: tuple[Leadership, Leadership]) -> None:
    first, second = machines
    assert first.leads()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks"
            " WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    assert not first.leads()
    assert [second.leads(), first.leads()] == [True, False]


def test_who_does_not_lead_runs_no_periodic_task() -> None:
    ran: list[int] = []
    PeriodicTasks([lambda: ran.append(1)], leads=lambda: False).run_due()
    assert ran == []
    PeriodicTasks([lambda: ran.append(1)], leads=lambda: True).run_due()
    assert ran == [1]

"""While no database answers, pages say that the service comes back soon: nothing is broken."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.core.signals import request_started
from django.db import (
    DataError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
    connection,
)
from django.test import Client
from tests.access.signin.people import account

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.site.database.away import is_database_away

SENTENCE = "Le service revient bientôt"


def caused(kind: type[Exception], cause: type[psycopg.Error] | None) -> Exception:
    error = kind("as Django tells it")
    error.__cause__ = cause("as the driver tells it") if cause else None
    return error


def refuse(execute: Callable[..., Any], *words: Any) -> Any:
    """Of a cursor: nobody answers."""
    raise caused(OperationalError, psycopg.OperationalError)


@pytest.fixture
def browser(db: None, client: Client) -> Iterator[Client]:
    before = open_mailbox.get()
    open_mailbox.replace(MemoryMailboxes())
    account()
    client.post("/alogin", {"username": "nmorel", "secret": "quatre vélos bleus"})
    client.raise_request_exception = False
    yield client
    open_mailbox.replace(before)


@pytest.mark.parametrize("path", ["/messagerie/", "/alogin", "/parametres/"])
def test_a_page_says_that_the_service_comes_back(browser: Client, path: str) -> None:
    with connection.execute_wrapper(refuse):
        answer = browser.get(path)
    assert answer.status_code == 503
    assert SENTENCE in answer.content.decode()


def test_a_browser_that_is_told_so_forgets_nobodys_texts(browser: Client) -> None:
    """An empty person is somebody who signed out: what the page kept of them would go."""
    assert 'data-person="' in browser.get("/parametres/").content.decode()
    with connection.execute_wrapper(refuse):
        answer = browser.get("/parametres/")
    assert "<html" in answer.content.decode()
    assert "data-person" not in answer.content.decode()


def test_the_page_that_entries_ask_does_not_fail() -> None:
    """They lead nobody to a machine that says 500, and would to none at all."""
    with connection.execute_wrapper(refuse):
        answer = Client(raise_request_exception=False).get("/alogin")
    assert answer.status_code in (200, 503)


def test_a_piece_of_a_page_is_a_notice(browser: Client) -> None:
    with connection.execute_wrapper(refuse):
        answer = browser.get("/messagerie/", headers={"HX-Request": "true"})
    assert answer.status_code == 503
    assert answer.headers["HX-Retarget"] == "#notices"


@pytest.mark.parametrize(
    ("kind", "cause", "is_away"),
    [
        (OperationalError, psycopg.OperationalError, True),
        (OperationalError, psycopg.errors.ConnectionTimeout, True),
        (OperationalError, psycopg.errors.AdminShutdown, True),
        (OperationalError, psycopg.errors.CannotConnectNow, True),
        (InterfaceError, psycopg.InterfaceError, True),
        (InternalError, psycopg.errors.ReadOnlySqlTransaction, True),
        (OperationalError, psycopg.errors.QueryCanceled, False),
        (OperationalError, psycopg.errors.DeadlockDetected, False),
        (OperationalError, psycopg.errors.DiskFull, False),
        (DataError, psycopg.DataError, False),
        (ProgrammingError, psycopg.ProgrammingError, False),
        (OperationalError, None, False),
        (ValueError, None, False),
    ],
)
def test_a_database_that_is_away_is_known_by_its_code(
    kind: type[Exception], cause: type[psycopg.Error] | None, is_away: bool
) -> None:
    assert is_database_away(caused(kind, cause)) is is_away


@pytest.mark.skipif(connection.vendor != "postgresql", reason="this run is on SQLite")
@pytest.mark.django_db(transaction=True)
def test_a_kept_connection_that_the_server_ended_costs_nobody_a_page() -> None:
    """As after another server took over: each thread keeps the connection it had."""
    connection.ensure_connection()
    number = connection.connection.info.backend_pid
    with contextlib.closing(connection.copy("another")) as another, another.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [number])
    request_started.send(None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)

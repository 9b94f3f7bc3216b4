"""A database without room is told in a sentence, and nothing is half written."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.test import Client
from django_tasks_db.models import DBTaskResult
from tests.access.signin.people import account
from tests.mailbox.compose.test_screens import send

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.mailbox.compose.models import Composition
from vaguemestre.mailbox.compose.services.rows import new_key
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.post.outbox.models import OutboxMessage
from vaguemestre.site.database.full_disk import NoRoom, no_room

SENTENCE = "Le serveur n’a plus de place pour ce que vous enregistrez, et rien n’en est gardé."
MAX_PAGES = 2**32 - 2


@pytest.fixture
def browser(transactional_db: None, client: Client) -> Iterator[Client]:
    before = open_mailbox.get()
    open_mailbox.replace(MemoryMailboxes())
    account()
    client.post("/alogin", {"username": "nmorel", "secret": "quatre vélos bleus"})
    client.raise_request_exception = False
    yield client
    open_mailbox.replace(before)


@pytest.fixture
def full() -> Iterator[None]:
    """The database may not grow any more."""
    if connection.vendor != "sqlite":
        pytest.skip("this run is on PostgreSQL")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # pages that other tests left free would take what is written here
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA max_page_count = {MAX_PAGES}")


def rows() -> list[int]:
    return [model.objects.count() for model in (OutboxMessage, Composition, Entry, DBTaskResult)]


LONG = {"html": "<p>" + "Bonjour à tous. " * 100_000 + "</p>"}


@pytest.mark.heavy
def test_what_finds_no_room_is_told_and_nothing_of_it_stays(browser: Client, full: None) -> None:
    before = rows()
    key = new_key()
    answer = send(browser, key=key, **LONG)
    assert answer.status_code == 507
    assert SENTENCE in answer.json()["error"]
    page = browser.post(
        f"/messagerie/ecrire/{key}/envoyer/", {"to": "a@dehors.example", "attempt": 1, **LONG}
    )
    assert page.status_code == 507
    assert SENTENCE in page.content.decode()
    piece = browser.post(
        f"/messagerie/ecrire/{key}/envoyer/",
        {"to": "a@dehors.example", "attempt": 1, **LONG},
        headers={"HX-Request": "true"},
    )
    assert piece.status_code == 507
    assert SENTENCE in piece.content.decode()
    assert rows() == before


@pytest.mark.heavy
def test_once_there_is_room_it_is_sent(browser: Client, request: pytest.FixtureRequest) -> None:
    key = new_key()
    request.getfixturevalue("full")
    assert send(browser, key=key, **LONG).status_code == 507
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA max_page_count = {MAX_PAGES}")
    assert send(browser, key=key, **LONG).status_code == 200
    assert OutboxMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "cause", "what"),
    [
        (OperationalError, SimpleNamespace(sqlstate="53100"), NoRoom.RECORD),
        (DatabaseError, SimpleNamespace(sqlstate="40P01"), None),
        (OperationalError, SimpleNamespace(sqlite_errorcode=13), NoRoom.RECORD),
        (OperationalError, SimpleNamespace(sqlite_errorcode=5), None),
        (OSError, None, None),
    ],
)
def test_a_full_database_is_known_by_its_code(
    kind: type[Exception], cause: SimpleNamespace | None, what: NoRoom | None
) -> None:
    class Told(Exception):
        """The driver's own."""

    error = kind("full")
    if cause is not None:
        error.__cause__ = Told()
        vars(error.__cause__).update(vars(cause))
    assert no_room(error) is what

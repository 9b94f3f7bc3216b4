"""The table of sessions opens nothing: what it holds is not what browsers give."""

import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from tests.access.signin.people import PASSWORD, account

from vaguemestre.people.credentials.models import Account

COOKIE = settings.SESSION_COOKIE_NAME
_MAY_END = "/parametres/activite/session/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def nicolas() -> Account:
    return account()


def browser() -> Client:
    client = Client()
    client.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    return client


def table_of_sessions() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM signin_browsersession")
        return cursor.fetchall()


def test_whoever_reads_the_table_cannot_enter(nicolas: Account) -> None:
    owner = browser()
    cookie = owner.cookies[COOKIE].value
    rows = table_of_sessions()
    assert len(rows) == 1
    assert not any(cookie in str(value) for row in rows for value in row)
    for value in rows[0]:
        thief = Client()
        thief.cookies[COOKIE] = str(value)
        assert thief.get("/").status_code == 302
    assert owner.get("/").status_code == 200


def test_the_key_of_a_cookie_has_256_bits(nicolas: Account) -> None:
    keys = {browser().cookies[COOKIE].value for _ in range(3)}
    assert len(keys) == 3
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", key) for key in keys)


def test_a_session_is_still_ended_from_another_browser(nicolas: Account) -> None:
    first, second = browser(), browser()
    page = second.get("/parametres/activite").content.decode()
    handles = re.findall(rf"{_MAY_END}([0-9a-f]+)/fermer", page)
    assert handles
    for handle in handles:
        second.post(f"{_MAY_END}{handle}/fermer")
    assert first.get("/").status_code == 302
    assert second.get("/").status_code == 200


def test_an_anonymous_session_is_remembered_by_its_cookie_alone(client: Client, nicolas: Account) -> None:
    client.post("/alogin/cle/options")
    cookie = client.cookies[COOKIE].value
    assert not any(cookie in str(value) for row in table_of_sessions() for value in row)
    client.post("/alogin/cle/options")
    assert client.cookies[COOKIE].value == cookie
    assert len(table_of_sessions()) == 1

"""A form’s address, opened alone in a browser, says what it is for: an empty answer looks broken."""

import pytest
from django.test import Client
from tests.access.signin.people import PASSWORD, account

pytestmark = [pytest.mark.heavy, pytest.mark.django_db]
FORM = "/contacts/importer/"


@pytest.fixture
def client() -> Client:
    made = Client()
    who = account("curieuse")
    assert made.post("/alogin", {"username": who.username, "secret": PASSWORD}).status_code == 302
    return made


def test_a_browser_reads_a_page(client: Client) -> None:
    answer = client.get(FORM, headers={"Accept": "text/html,*/*"})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "elle ne s’ouvre pas seule" in answer.content.decode()


def test_a_script_is_answered_as_before(client: Client) -> None:
    for headers in ({"Accept": "application/json"}, {"Accept": "text/html", "HX-Request": "true"}):
        answer = client.get(FORM, headers=headers)
        assert (answer.status_code, answer.content) == (405, b"")

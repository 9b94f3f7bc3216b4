"""A number that no row can have names nothing: the page says so, whatever field or address bears it."""

import pytest
from django.test import Client
from tests.access.signin.people import PASSWORD, account

pytestmark = pytest.mark.django_db(transaction=True)
BEYOND = ("9" * 19, "9" * 30, "9" * 5_000)


@pytest.fixture
def browser(client: Client) -> Client:
    person = account()
    client.post("/alogin", {"username": person.username, "secret": PASSWORD})
    return client


@pytest.mark.parametrize("number", BEYOND, ids=len)
def test_a_number_beyond_any_row_is_not_found(browser: Client, number: str) -> None:
    addresses = (f"/contacts/{number}/photo/", f"/boites/{number}/", f"/boites/{number}/messagerie/")
    for address in addresses:
        assert browser.get(address).status_code in (404, 422), address
    for address, fields in (("/contacts/doublons/", {"contact": [number, "1"]}),):
        assert browser.post(address, fields).status_code in (404, 422), address

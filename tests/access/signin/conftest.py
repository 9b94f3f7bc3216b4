"""What the tests of the security pages share."""

from collections.abc import Iterator

import pytest
from django.test import Client
from tests.access.signin.browsers import signed_in
from tests.access.signin.inboxes import inboxes
from tests.access.signin.people import account

from vaguemestre.people.credentials.models import Account


@pytest.fixture
def told() -> Iterator[list[str]]:
    """The notices put in inboxes, as read."""
    with inboxes() as letters:
        yield letters


@pytest.fixture
def nicolas(client: Client, told: list[str]) -> Account:
    """Signed in with `client`, an instant ago."""
    made = account()
    signed_in(made, client)
    return made

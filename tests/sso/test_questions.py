"""What entering an application costs in questions to the database, the session being there."""

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.sso.people import BACK, added, asks, signs_in
from tests.sso.saml.service_provider import query, registered, request

from vaguemestre.credentials.models import Account
from vaguemestre.sso.registry.values import Protocol

pytestmark = pytest.mark.django_db


def oidc(client: Client) -> int:
    return asks(client, prompt="none").status_code


def cas(client: Client) -> int:
    return client.get("/cas/login", {"service": BACK}).status_code


def saml(client: Client) -> int:
    content = request(here=f"{settings.CONFIG.public_url}/saml/sso")
    return client.get(f"/saml/sso?{query(content)}").status_code


@pytest.mark.parametrize(("enters", "most"), [(oidc, 9), (cas, 13), (saml, 12)])
def test_entering_again_asks_few_questions(
    client: Client, nicolas: Account, enters: object, most: int
) -> None:
    """The transaction's beginning and end apart."""
    added()
    added(client_id="ent", protocol=Protocol.CAS, addresses=(BACK,), after_sign_out=())
    registered()
    signs_in(client)
    assert enters(client) in (200, 302)  # type: ignore[operator]
    with CaptureQueriesContext(connection) as asked:
        enters(client)  # type: ignore[operator]
    told = [
        one["sql"] for one in asked.captured_queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))
    ]
    assert len(told) <= most, told

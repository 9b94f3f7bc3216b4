"""What entering an application costs in questions to the database, the session being there."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from tests.access.sso.people import BACK, added, asks, signs_in
from tests.access.sso.saml.service_provider import query, registered, request
from tests.questions import questions

from vaguemestre.access.sso.registry.values import Protocol
from vaguemestre.people.credentials.models import Account

pytestmark = pytest.mark.django_db


def oidc(client: Client) -> int:
    return asks(client, prompt="none").status_code


def cas(client: Client) -> int:
    return client.get("/cas/login", {"service": BACK}).status_code


def saml(client: Client) -> int:
    content = request(here=f"{settings.CONFIG.public_url}/saml/sso")
    return client.get(f"/saml/sso?{query(content)}").status_code


@pytest.mark.usefixtures("own_revocations")
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
    told = asked(lambda: enters(client))  # type: ignore[operator]
    assert len(told) <= most, told


def asked(act: Callable[[], object]) -> list[str]:
    """The SQL of that act, its transactions apart."""
    with questions() as told:
        act()
    return [sql for sql in told if not sql.startswith(("SAVEPOINT", "RELEASE"))]

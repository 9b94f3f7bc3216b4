"""Signing out: asked by an application, told to the others."""

from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import KeySet
from tests.access.signin.people import PASSWORD
from tests.access.sso.conftest import Told
from tests.access.sso.people import BYE, added, answer_in, asks, exchanges, signs_in

from vaguemestre.access.sso.oidc.rules.claims import LOGOUT_EVENT
from vaguemestre.access.sso.registry.models import Visit
from vaguemestre.access.sso.registry.services import end_visits_of_accounts
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.people.credentials.models import Account

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(nicolas: Account) -> str:
    return added()


@pytest.fixture
def inside(client: Client, secret: str) -> dict[str, str]:
    """Tokens of somebody who entered."""
    signs_in(client)
    tokens: dict[str, str] = exchanges(client, answer_in(asks(client))["code"], secret).json()
    return tokens


def out(client: Client, **asked: str) -> str:
    return f"/oidc/logout?{urlencode(asked)}"


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_the_application_of_this_session_signs_out_at_once(client: Client, inside: dict[str, str]) -> None:
    asked = {"id_token_hint": inside["id_token"], "post_logout_redirect_uri": BYE, "state": "x y"}
    assert client.get(out(client, **asked))["Location"] == f"{BYE}?state=x+y"
    assert not is_in(client)


def test_anybody_else_has_the_person_asked(client: Client, inside: dict[str, str]) -> None:
    asked = {"client_id": "intranet", "post_logout_redirect_uri": BYE, "state": "1"}
    page = client.get(out(client, **asked))
    assert "Intranet demande votre déconnexion" in page.content.decode()
    assert is_in(client)
    left = client.post("/oidc/logout/confirmer", asked)
    assert left.context["address"] == f"{BYE}?state=1"
    assert not is_in(client)
    assert client.get(out(client))["Location"] == "/alogin?au-revoir=1"


@pytest.mark.heavy
def test_a_hint_of_another_session_signs_nobody_out(client: Client, inside: dict[str, str]) -> None:
    other = Client()
    signs_in(other)
    page = other.get(out(other, id_token_hint=inside["id_token"]))
    assert page.status_code == 200
    assert is_in(other)
    assert is_in(client)


def test_applications_are_told_by_a_token_of_ours(client: Client, inside: dict[str, str], told: Told) -> None:
    keys = KeySet.import_key_set(client.get("/oidc/keys").json())
    entered = jwt.decode(inside["id_token"], keys, algorithms=["ES256"]).claims
    client.post("/deconnexion")
    told.work()
    ((address, fields),) = told.forms
    assert address == "https://intranet.example/dehors"
    read = jwt.decode(fields["logout_token"], keys, algorithms=["ES256"])
    assert read.header["typ"] == "logout+jwt"
    assert read.claims["iss"] == settings.CONFIG.public_url
    assert read.claims["aud"] == "intranet"
    assert (read.claims["sub"], read.claims["sid"]) == (entered["sub"], entered["sid"])
    assert read.claims["events"] == {LOGOUT_EVENT: {}}
    assert "nonce" not in read.claims
    assert not Visit.objects.exists()


def test_an_application_that_is_away_is_told_later(
    client: Client, inside: dict[str, str], told: Told
) -> None:
    client.post("/deconnexion")
    told.away = True
    with pytest.raises(EngineDown):
        told.work()
    told.away = False
    told.work()
    assert len(told.forms) == 1
    told.work()
    assert len(told.forms) == 1


def test_an_application_that_refuses_is_left_alone(
    client: Client, inside: dict[str, str], told: Told
) -> None:
    client.post("/deconnexion")
    told.grumpy = True
    told.work()
    told.work()
    assert len(told.forms) == 1


def test_after_signing_out_the_tokens_open_nothing(
    client: Client, inside: dict[str, str], secret: str
) -> None:
    client.post("/deconnexion")
    bearer = {"Authorization": f"Bearer {inside['access_token']}"}
    assert client.get("/oidc/userinfo", headers=bearer).status_code == 401
    more = {"grant_type": "refresh_token", "refresh_token": inside["refresh_token"]}
    assert exchanges(client, "", secret, **more).status_code == 400


def test_a_suspended_person_leaves_every_application(
    client: Client, inside: dict[str, str], nicolas: Account, told: Told
) -> None:
    end_visits_of_accounts([nicolas.pk], now=timezone.now())
    told.work()
    assert told.forms == []
    Account.objects.filter(pk=nicolas.pk).update(state="suspended")
    end_visits_of_accounts([nicolas.pk], now=timezone.now())
    end_visits_of_accounts([nicolas.pk], now=timezone.now())
    told.work()
    assert len(told.forms) == 1


def test_whoever_proves_it_again_stays_in_the_applications(
    client: Client, inside: dict[str, str], told: Told
) -> None:
    client.post("/alogin?confirmer=1", {"username": "nmorel", "secret": PASSWORD})
    told.work()
    assert told.forms == []
    bearer = {"Authorization": f"Bearer {inside['access_token']}"}
    assert client.get("/oidc/userinfo", headers=bearer).status_code == 200
    client.post("/deconnexion")
    told.work()
    assert len(told.forms) == 1

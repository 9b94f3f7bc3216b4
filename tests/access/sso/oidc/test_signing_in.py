"""An application signs somebody in by OpenID Connect: what it is told, what it is refused."""

import base64
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import KeySet
from tests.access.signin.people import PASSWORD, account, add_application
from tests.access.sso.people import (
    BACK,
    CHALLENGE,
    VERIFIER,
    added,
    answer_in,
    asks,
    exchanges,
    signs_in,
)

from vaguemestre.access.sso.oidc.models import Code, Token
from vaguemestre.access.sso.oidc.services import rotate_keys
from vaguemestre.access.sso.registry.models import Application, Subject
from vaguemestre.access.sso.registry.services import is_secret_right
from vaguemestre.access.sso.registry.values import Signing
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.ports import secret_keys

pytestmark = pytest.mark.django_db(transaction=False)


@pytest.fixture
def secret(nicolas: Account) -> str:
    return added()


def a_code(client: Client, **more: str | None) -> str:
    return answer_in(asks(client, **more))["code"]


def read(client: Client, token: str) -> tuple[dict[str, object], dict[str, object]]:
    keys = KeySet.import_key_set(client.get("/oidc/keys").json())
    found = jwt.decode(token, keys, algorithms=["ES256", "RS256"])
    return found.header, found.claims


def test_whoever_is_not_signed_in_signs_in_and_comes_back(client: Client, secret: str) -> None:
    first = asks(client, login_hint="nmorel")
    assert first["Location"].startswith("/alogin?next=%2Foidc%2Freprise%3F")
    assert 'value="nmorel"' in client.get(first["Location"]).content.decode()
    back = dict(parse_qsl(urlsplit(first["Location"]).query))["next"]
    signed = client.post("/alogin", {"username": "nmorel", "secret": PASSWORD, "next": back})
    assert signed["Location"] == back
    page = client.get(back)
    assert page.status_code == 200
    address = page.context["address"]
    assert f'content="0; url={address.replace("&", "&amp;")}"' in page.content.decode()
    told = answer_in(client.get(address))
    assert told["state"] == "s&t=é"
    assert told["iss"] == settings.CONFIG.public_url
    assert told["code"]


def test_an_application_learns_who_came_and_nothing_more(client: Client, secret: str) -> None:
    signs_in(client)
    tokens = exchanges(client, a_code(client), secret)
    assert tokens["Cache-Control"] == "no-store"
    given = tokens.json()
    header, claims = read(client, given["id_token"])
    assert header["alg"] == "ES256"
    assert claims["iss"] == settings.CONFIG.public_url
    assert claims["aud"] == "intranet"
    assert claims["nonce"] == "n-1"
    assert claims["acr"] == "eidas1"
    assert claims["amr"] == ["pwd"]
    assert set(claims) == {"iss", "sub", "aud", "iat", "exp", "auth_time", "acr", "amr", "sid", "at_hash", "nonce"}  # fmt: skip  # noqa: E501
    shown = client.get("/oidc/userinfo", headers={"Authorization": f"Bearer {given['access_token']}"}).json()
    assert shown == {
        "sub": claims["sub"],
        "name": "Nicolas Morel",
        "given_name": "Nicolas",
        "uid": "nmorel",
        "email": shown["email"],
    }
    assert shown["email"].endswith("@ac-amiens.test")


def test_nothing_but_the_subject_is_told_by_default(client: Client, nicolas: Account) -> None:
    secret = added(released=())
    signs_in(client)
    given = exchanges(client, a_code(client), secret).json()
    shown = client.get("/oidc/userinfo", headers={"Authorization": f"Bearer {given['access_token']}"}).json()
    assert set(shown) == {"sub"}


def test_the_subject_is_opaque_and_stays(client: Client, secret: str, nicolas: Account) -> None:
    signs_in(client)
    subs = set()
    for _ in range(2):
        _, claims = read(client, exchanges(client, a_code(client), secret).json()["id_token"])
        subs.add(claims["sub"])
    assert subs == {Subject.objects.get(account=nicolas).sub}
    (sub,) = subs
    assert isinstance(sub, str)
    assert len(sub) >= 22
    assert str(nicolas.pk) != sub
    assert "nmorel" not in sub


def test_a_second_factor_is_told(client: Client, secret: str, nicolas: Account) -> None:
    add_application(nicolas)
    with patch("vaguemestre.access.signin.services.steps.use_code", return_value=True):
        client.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
        client.post("/alogin/code", {"code": "123456"})
    _, claims = read(client, exchanges(client, a_code(client), secret).json()["id_token"])
    assert claims["amr"] == ["pwd", "totp", "mfa"]


@pytest.mark.parametrize("client_id", [None, "", "Intranet", "intranet ", "autre", "intranet\x00", "1"])
def test_an_unknown_application_is_sent_nothing(client: Client, secret: str, client_id: str | None) -> None:
    signs_in(client)
    answer = asks(client, client_id=client_id)
    assert answer.status_code == 400
    assert "Location" not in answer


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "state", "scope"])
def test_a_parameter_that_comes_twice_is_refused(client: Client, secret: str, name: str) -> None:
    signs_in(client)
    good = dict(parse_qsl(urlsplit(f"/x?{asks(client).request['QUERY_STRING']}").query))
    answer = client.get("/oidc/authorize", [*good.items(), (name, "https://mal.example/")])
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": CHALLENGE + "="}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "autre"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "1e3"}, "invalid_request"),
        ({"request": "x"}, "request_not_supported"),
        ({"request_uri": "https://mal.example/"}, "request_uri_not_supported"),
        ({"id_token_hint": "x.y.z"}, "login_required"),
    ],
)
def test_what_is_wrong_is_told_to_the_registered_address(
    client: Client, secret: str, more: dict[str, str | None], error: str
) -> None:
    signs_in(client)
    told = answer_in(asks(client, **more))
    assert told["error"] == error
    assert told["state"] == "s&t=é"
    assert "code" not in told


def test_a_silent_request_shows_no_page(client: Client, secret: str) -> None:
    assert answer_in(asks(client, prompt="none"))["error"] == "login_required"
    signs_in(client)
    assert "code" in answer_in(asks(client, prompt="none"))


@pytest.mark.parametrize("more", [{"prompt": "login"}, {"max_age": "0"}, {"prompt": "select_account"}])
def test_proving_it_again_opens_the_way_once_only(client: Client, secret: str, more: dict[str, str]) -> None:
    signs_in(client)
    later = timezone.now() + timedelta(seconds=30)
    with patch("django.utils.timezone.now", return_value=later):
        first = asks(client, **more)
        assert "confirmer=1" in first["Location"]
        back = dict(parse_qsl(urlsplit(first["Location"]).query))["next"]
        address = client.get(back).context["address"]
        assert client.get(address)["Location"].startswith("/alogin?")  # coming back is not proving
        asked = {"username": "nmorel", "secret": PASSWORD, "next": back}
        assert client.post("/alogin?confirmer=1", asked)["Location"] == back
        assert "code" in answer_in(client.get(address))
        assert client.get(address.replace("prouve=", "prouve=x"))["Location"].startswith("/alogin?")


def test_a_question_asked_from_another_browser_is_no_proof_in_this_one(client: Client, secret: str) -> None:
    elsewhere = asks(Client(), prompt="login", max_age="0")
    back = dict(parse_qsl(urlsplit(elsewhere["Location"]).query))["next"]
    signs_in(client)  # later, and for something else
    address = client.get(back).context["address"]
    assert client.get(address)["Location"].startswith("/alogin?")


def test_max_age_is_kept(client: Client, secret: str) -> None:
    signs_in(client)
    assert "code" in answer_in(asks(client, max_age="60"))
    with patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(seconds=90)):
        assert asks(client, max_age="60")["Location"].startswith("/alogin?")
        assert answer_in(asks(client, max_age="60", prompt="none"))["error"] == "login_required"


def test_a_hint_of_somebody_else_is_not_served(client: Client, secret: str) -> None:
    signs_in(client)
    token = exchanges(client, a_code(client), secret).json()["id_token"]
    assert "code" in answer_in(asks(client, id_token_hint=token, scope="openid"))
    account("autre", last_name="Petit")
    other = Client()
    signs_in(other, "autre")
    assert answer_in(asks(other, id_token_hint=token, scope="openid"))["error"] == "login_required"


def test_who_may_not_enter_is_told_why_and_the_application_nothing(client: Client, nicolas: Account) -> None:
    added(categories=("1D_PUBLIC",), roles=("administrator",))
    signs_in(client)
    page = asks(client)
    assert page.status_code == 403
    assert "Intranet ne vous est pas ouverte" in page.content.decode()
    assert answer_in(asks(client, prompt="none"))["error"] == "access_denied"
    assert not Code.objects.exists()


def test_a_code_serves_once_and_a_second_use_takes_back_what_it_gave(client: Client, secret: str) -> None:
    signs_in(client)
    code = a_code(client)
    given = exchanges(client, code, secret).json()
    again = exchanges(client, code, secret)
    assert again.status_code == 400
    assert again.json()["error"] == "invalid_grant"
    bearer = {"Authorization": f"Bearer {given['access_token']}"}
    assert client.get("/oidc/userinfo", headers=bearer).status_code == 401
    assert not Token.objects.exists()


@pytest.mark.parametrize(
    "more",
    [
        {"code_verifier": None},
        {"code_verifier": "w" * 43},
        {"code_verifier": CHALLENGE},
        {"redirect_uri": None},
        {"redirect_uri": BACK + "/"},
        {"code": "x" * 43},
        {"code": None},
        {"grant_type": "password"},
        {"grant_type": None},
    ],
)
def test_an_exchange_that_does_not_fit_gives_nothing(
    client: Client, secret: str, more: dict[str, str | None]
) -> None:
    signs_in(client)
    code = a_code(client)
    answer = exchanges(client, code, secret, **more)
    assert answer.status_code == 400
    assert not Token.objects.exists()
    if "code_verifier" in more or "redirect_uri" in more:  # and the code is burnt
        assert exchanges(client, code, secret).status_code == 400


def test_a_code_lives_a_minute(client: Client, secret: str) -> None:
    signs_in(client)
    code = a_code(client)
    with patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(seconds=61)):
        assert exchanges(client, code, secret).json()["error"] == "invalid_grant"


def test_a_code_is_only_for_the_application_it_was_given_to(client: Client, secret: str) -> None:
    other = added(client_id="autre", addresses=("https://autre.example/",))
    signs_in(client)
    code = a_code(client)
    answer = exchanges(client, code, other, client_id="autre")
    assert answer.json()["error"] == "invalid_grant"
    assert exchanges(client, code, secret).status_code == 200


def test_a_wrong_secret_is_refused_however_it_comes(client: Client, secret: str) -> None:
    signs_in(client)
    code = a_code(client)

    def basic(text: str) -> dict[str, str]:
        return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}

    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    for more in ({"client_secret": "x"}, {"client_secret": None}, {"client_secret": ""}, {"client_id": "x"}):
        answer = exchanges(client, code, secret, **more)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert answer["WWW-Authenticate"].startswith("Basic")
    for header in (
        basic("intranet:x"),
        basic("intranet"),
        basic(f"x:{secret}"),
        {"Authorization": "Basic é"},
    ):
        assert client.post("/oidc/token", form, headers=header).status_code == 401
    twice = {**form, "client_id": "intranet", "client_secret": secret}
    assert client.post("/oidc/token", twice, headers=basic(f"intranet:{secret}")).status_code == 401
    assert client.post("/oidc/token", form, headers=basic(f"intranet:{secret}")).status_code == 200


def test_a_public_application_shows_no_secret_and_pkce_protects_it(client: Client, nicolas: Account) -> None:
    assert added(public=True) == ""
    signs_in(client)
    code = a_code(client)
    assert exchanges(client, code, "inventé").status_code == 401
    assert exchanges(client, code, "x", client_secret=None).status_code == 200
    assert exchanges(client, a_code(client), "", client_secret=None, code_verifier=None).status_code == 400


def test_refresh_tokens_turn_and_a_stolen_one_takes_the_family_with_it(client: Client, secret: str) -> None:
    signs_in(client)
    first = exchanges(client, a_code(client), secret).json()

    def refresh(token: str) -> tuple[int, dict[str, str]]:
        answer = exchanges(client, "", secret, grant_type="refresh_token", refresh_token=token)
        return answer.status_code, answer.json()

    status, second = refresh(first["refresh_token"])
    assert status == 200
    assert second["refresh_token"] != first["refresh_token"]
    old = {"Authorization": f"Bearer {first['access_token']}"}
    assert client.get("/oidc/userinfo", headers=old).status_code == 401
    assert refresh(first["refresh_token"])[0] == 400
    assert refresh(second["refresh_token"])[0] == 400
    assert not Token.objects.exists()


def test_a_suspended_account_gets_nothing_any_more(client: Client, secret: str, nicolas: Account) -> None:
    signs_in(client)
    given = exchanges(client, a_code(client), secret).json()
    code = a_code(client)
    Account.objects.filter(pk=nicolas.pk).update(state="suspended")
    bearer = {"Authorization": f"Bearer {given['access_token']}"}
    assert client.get("/oidc/userinfo", headers=bearer).status_code == 401
    assert exchanges(client, code, secret).status_code == 400


def test_who_may_enter_no_longer_is_not_renewed(client: Client, secret: str) -> None:
    signs_in(client)
    given = exchanges(client, a_code(client), secret).json()
    code = a_code(client)
    Application.objects.update(roles=["helpdesk"])
    refresh = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]}
    assert exchanges(client, "", secret, **refresh).status_code == 400
    assert exchanges(client, code, secret).status_code == 400


def test_a_token_is_taken_back_by_its_application_only(client: Client, secret: str) -> None:
    other = added(client_id="autre", addresses=("https://autre.example/",))
    signs_in(client)
    given = exchanges(client, a_code(client), secret).json()
    asked = {"token": given["refresh_token"], "client_id": "autre", "client_secret": other}
    assert client.post("/oidc/revoke", asked).status_code == 200
    assert Token.objects.count() == 2
    asked = {"token": given["refresh_token"], "client_id": "intranet", "client_secret": secret}
    assert client.post("/oidc/revoke", asked).status_code == 200
    assert not Token.objects.exists()


def test_discovery_tells_the_truth(client: Client) -> None:
    told = client.get("/.well-known/openid-configuration").json()
    assert told["issuer"] == settings.CONFIG.public_url
    assert told["response_types_supported"] == ["code"]
    assert told["code_challenge_methods_supported"] == ["S256"]
    for name, address in told.items():
        if name.endswith("_endpoint") or name == "jwks_uri":
            assert address.startswith(f"{told['issuer']}/")
            assert client.get(address.removeprefix(told["issuer"])).status_code != 404


@pytest.mark.heavy
def test_keys_are_published_before_they_sign_and_after(client: Client, nicolas: Account) -> None:
    secret = added(signing=Signing.RS256)
    signs_in(client)

    def kid_used() -> object:
        return read(client, exchanges(client, a_code(client), secret).json()["id_token"])[0]["kid"]

    first = kid_used()
    shown = client.get("/oidc/keys").json()["keys"]
    assert {key["alg"] for key in shown} == {"ES256", "RS256"}
    assert not any(set(key) & {"d", "p", "q", "dp", "dq", "qi"} for key in shown)
    now = timezone.now()
    rotate_keys(secret_keys.get(), by="test", now=now)
    assert kid_used() == first
    assert len(client.get("/oidc/keys").json()["keys"]) == 4
    with patch("django.utils.timezone.now", return_value=now + timedelta(minutes=61)):
        signs_in(client)
        second = kid_used()
        assert second != first
        assert first in {key["kid"] for key in client.get("/oidc/keys").json()["keys"]}
    with patch("django.utils.timezone.now", return_value=now + timedelta(hours=26)):
        assert first not in {key["kid"] for key in client.get("/oidc/keys").json()["keys"]}


def test_an_application_without_a_secret_is_opened_by_none(nicolas: Account) -> None:
    added(public=True)
    from vaguemestre.access.sso.registry.queries import find_application

    application = find_application("intranet")
    assert application is not None
    assert not is_secret_right(application, "", timezone.now())

"""The checks of the OpenID conformance plans (config, basic, logouts), one test of the same name for each.

Each request carries PKCE with S256 besides, which is required of every application here.
"""

import base64
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from joserfc import jws, jwt
from joserfc.jwk import KeySet
from tests.access.signin.people import PASSWORD
from tests.access.sso.conftest import Told
from tests.access.sso.people import BACK, BYE, added, answer_in, asks, exchanges, signs_in
from tests.answers import PageAnswer

from vaguemestre.access.sso.oidc.models import Code
from vaguemestre.access.sso.oidc.rules.claims import LOGOUT_EVENT
from vaguemestre.people.credentials.models import Account

pytestmark = pytest.mark.django_db
DISCOVERY = "/.well-known/openid-configuration"


@pytest.fixture
def secret(nicolas: Account) -> str:
    return added()


@pytest.fixture
def signed(client: Client, secret: str) -> Client:
    """Whoever is signed in, the application being registered."""
    signs_in(client)
    return client


def tokens(client: Client, secret: str, **more: str | None) -> dict[str, str]:
    answer = exchanges(Client(), answer_in(asks(client, **more))["code"], secret)
    assert answer.status_code == 200
    return answer.json()


def claims(given: dict[str, str]) -> dict[str, object]:
    """Of the identity token, its signature checked against the published keys."""
    keys = KeySet.import_key_set(Client().get("/oidc/keys").json())
    return dict(jwt.decode(given["id_token"], keys, algorithms=["ES256", "RS256"]).claims)


def told_by_userinfo(given: dict[str, str]) -> dict[str, object]:
    bearer = {"Authorization": f"Bearer {given['access_token']}"}
    return Client().get("/oidc/userinfo", headers=bearer).json()


def signs_in_again(client: Client, first: PageAnswer) -> PageAnswer:
    """From the page of sign-in an application led to, back to the application."""
    where = first["Location"]
    assert where.startswith("/alogin?"), where
    back = dict(parse_qsl(urlsplit(where).query))["next"]
    client.post(where, {"username": "nmorel", "secret": PASSWORD, "next": back})
    return client.get(client.get(back).context["address"])


# Config


def test_oidcc_discovery_endpoint_verification(client: Client, nicolas: Account) -> None:
    answer = client.get(DISCOVERY)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/json")
    told = answer.json()
    assert told["issuer"] == settings.CONFIG.public_url
    assert told["response_types_supported"] == ["code"]
    assert set(told["subject_types_supported"]) <= {"public", "pairwise"}
    assert "RS256" in told["id_token_signing_alg_values_supported"]
    assert "openid" in told["scopes_supported"]
    assert "authorization_code" in told["grant_types_supported"]
    assert {"client_secret_basic", "client_secret_post"} <= set(told["token_endpoint_auth_methods_supported"])
    assert told["claims_parameter_supported"] is False
    assert told["request_uri_parameter_supported"] is False
    for name, address in told.items():
        if name.endswith("_endpoint") or name == "jwks_uri":
            assert address.startswith(f"{told['issuer']}/")
    keys = client.get(told["jwks_uri"].removeprefix(told["issuer"])).json()["keys"]
    assert {key["alg"] for key in keys} == {"ES256", "RS256"}
    assert len({key["kid"] for key in keys}) == len(keys)
    assert not any(set(key) & {"d", "p", "q", "dp", "dq", "qi", "k"} for key in keys)


# Basic


def test_oidcc_server(signed: Client, secret: str) -> None:
    told = answer_in(asks(signed, state="s-1"))
    assert (told["state"], told["iss"]) == ("s-1", settings.CONFIG.public_url)
    basic = base64.b64encode(f"intranet:{secret}".encode()).decode()
    answer = exchanges(
        Client(headers={"Authorization": f"Basic {basic}"}),
        told["code"],
        "",
        client_id=None,
        client_secret=None,
    )
    assert answer["Cache-Control"] == "no-store"
    given = answer.json()
    assert given["token_type"] == "Bearer"
    read = claims(given)
    assert (read["iss"], read["aud"], read["nonce"]) == (settings.CONFIG.public_url, "intranet", "n-1")
    assert told_by_userinfo(given)["sub"] == read["sub"]


def test_oidcc_response_type_missing(signed: Client) -> None:
    assert answer_in(asks(signed, response_type=None))["error"] == "unsupported_response_type"
    assert not Code.objects.exists()


def test_oidcc_idtoken_signature(signed: Client, secret: str) -> None:
    given = tokens(signed, secret)
    header = jws.extract_compact(given["id_token"].encode()).headers()
    assert header["alg"] == "ES256"
    assert header["kid"] in {key["kid"] for key in signed.get("/oidc/keys").json()["keys"]}
    assert claims(given)


def test_oidcc_idtoken_unsigned(client: Client, nicolas: Account) -> None:
    """Unsigned tokens are neither offered nor given."""
    told = client.get(DISCOVERY).json()
    assert "none" not in told["id_token_signing_alg_values_supported"]


def test_oidcc_userinfo_get(signed: Client, secret: str) -> None:
    given = tokens(signed, secret)
    assert told_by_userinfo(given)["sub"] == claims(given)["sub"]


def test_oidcc_userinfo_post_header(signed: Client, secret: str) -> None:
    given = tokens(signed, secret)
    bearer = {"Authorization": f"Bearer {given['access_token']}"}
    answer = Client().post("/oidc/userinfo", headers=bearer)
    assert answer.json()["sub"] == claims(given)["sub"]


def test_oidcc_userinfo_post_body(signed: Client, secret: str) -> None:
    """In a form, not in an address, and in one way only."""
    given = tokens(signed, secret)
    form = {"access_token": given["access_token"]}
    assert Client().post("/oidc/userinfo", form).json()["sub"] == claims(given)["sub"]
    bearer = {"Authorization": f"Bearer {given['access_token']}"}
    assert Client().post("/oidc/userinfo", form, headers=bearer).status_code == 401
    assert Client().get("/oidc/userinfo", form).status_code == 401
    assert Client().post(f"/oidc/userinfo?{urlencode(form)}").status_code == 401


def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(signed: Client, secret: str) -> None:
    assert "nonce" not in claims(tokens(signed, secret, nonce=None))


def test_oidcc_scope_profile(signed: Client, secret: str) -> None:
    told = told_by_userinfo(tokens(signed, secret, scope="openid profile"))
    assert set(told) == {"sub", "name", "given_name", "uid"}


def test_oidcc_scope_email(signed: Client, secret: str) -> None:
    assert set(told_by_userinfo(tokens(signed, secret, scope="openid email"))) == {"sub", "email"}


def test_oidcc_scope_address(signed: Client, secret: str) -> None:
    """Not offered: asked for, nothing comes of it."""
    assert "address" not in signed.get(DISCOVERY).json()["scopes_supported"]
    assert set(told_by_userinfo(tokens(signed, secret, scope="openid address"))) == {"sub"}


def test_oidcc_scope_phone(signed: Client, secret: str) -> None:
    """Not offered: asked for, nothing comes of it."""
    assert "phone" not in signed.get(DISCOVERY).json()["scopes_supported"]
    assert set(told_by_userinfo(tokens(signed, secret, scope="openid phone"))) == {"sub"}


def test_oidcc_scope_all(signed: Client, secret: str) -> None:
    told = told_by_userinfo(tokens(signed, secret, scope="openid profile email address phone"))
    assert set(told) == {"sub", "name", "given_name", "uid", "email"}


def test_oidcc_alternate_happy_flow(signed: Client, secret: str) -> None:
    """Another application, another state, no nonce: the same person."""
    other = "https://autre.example/retour"
    second = added(client_id="autre", addresses=(other,))
    answer = asks(signed, client_id="autre", redirect_uri=other, nonce=None, state="x")
    code = dict(parse_qsl(urlsplit(answer["Location"]).query))["code"]
    given = exchanges(Client(), code, second, client_id="autre", redirect_uri=other).json()
    assert claims(given)["aud"] == "autre"
    assert claims(given)["sub"] == claims(tokens(signed, secret))["sub"]


@pytest.mark.parametrize("display", ["page"])
def test_oidcc_display_page(signed: Client, secret: str, display: str) -> None:
    assert tokens(signed, secret, display=display)


@pytest.mark.parametrize("display", ["popup"])
def test_oidcc_display_popup(signed: Client, secret: str, display: str) -> None:
    assert tokens(signed, secret, display=display)


def test_oidcc_prompt_login(signed: Client, secret: str) -> None:
    before = claims(tokens(signed, secret))
    with patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(seconds=5)):
        first = asks(signed, prompt="login")
        assert "confirmer=1" in first["Location"]
        code = answer_in(signs_in_again(signed, first))["code"]
        after = claims(exchanges(Client(), code, secret).json())
    assert int(str(after["auth_time"])) > int(str(before["auth_time"]))
    assert after["sub"] == before["sub"]


def test_oidcc_prompt_none_not_logged_in(client: Client, secret: str) -> None:
    assert answer_in(asks(client, prompt="none"))["error"] == "login_required"


def test_oidcc_prompt_none_logged_in(signed: Client, secret: str) -> None:
    first, second = claims(tokens(signed, secret)), claims(tokens(signed, secret, prompt="none"))
    assert (first["sub"], first["auth_time"]) == (second["sub"], second["auth_time"])


def test_oidcc_max_age_1(signed: Client, secret: str) -> None:
    before = claims(tokens(signed, secret))
    with patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(seconds=5)):
        first = asks(signed, max_age="1")
        code = answer_in(signs_in_again(signed, first))["code"]
        after = claims(exchanges(Client(), code, secret).json())
    assert int(str(after["auth_time"])) > int(str(before["auth_time"]))


def test_oidcc_max_age_10000(signed: Client, secret: str) -> None:
    before = claims(tokens(signed, secret))
    assert claims(tokens(signed, secret, max_age="10000"))["auth_time"] == before["auth_time"]


def test_oidcc_ensure_request_with_unknown_parameter_succeeds(signed: Client, secret: str) -> None:
    assert tokens(signed, secret, extra="foobar")


def test_oidcc_id_token_hint(signed: Client, secret: str) -> None:
    given = tokens(signed, secret)
    again = tokens(signed, secret, prompt="none", id_token_hint=given["id_token"])
    assert claims(again)["sub"] == claims(given)["sub"]


def test_oidcc_login_hint(client: Client, secret: str) -> None:
    first = asks(client, login_hint="nmorel")
    assert 'value="nmorel"' in client.get(first["Location"]).content.decode()


def test_oidcc_ui_locales(signed: Client, secret: str) -> None:
    assert tokens(signed, secret, ui_locales="se")
    assert signed.get(DISCOVERY).json()["ui_locales_supported"] == ["fr"]


def test_oidcc_claims_locales(signed: Client, secret: str) -> None:
    assert tokens(signed, secret, claims_locales="se")


def test_oidcc_ensure_request_with_acr_values_succeeds(signed: Client, secret: str) -> None:
    for known in signed.get(DISCOVERY).json()["acr_values_supported"]:
        assert claims(tokens(signed, secret, acr_values=f"{known} autre"))["acr"] == "eidas1"
    assert claims(tokens(signed, secret, acr_values="1 2"))["acr"] == "eidas1"


def test_oidcc_codereuse(signed: Client, secret: str) -> None:
    code = answer_in(asks(signed))["code"]
    assert exchanges(Client(), code, secret).status_code == 200
    again = exchanges(Client(), code, secret)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_oidcc_codereuse_30seconds(signed: Client, secret: str) -> None:
    """What the first use gave is taken back."""
    code = answer_in(asks(signed))["code"]
    given = exchanges(Client(), code, secret).json()
    bearer = {"Authorization": f"Bearer {given['access_token']}"}
    assert Client().get("/oidc/userinfo", headers=bearer).status_code == 200
    with patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(seconds=30)):
        again = exchanges(Client(), code, secret)
        assert again.json()["error"] == "invalid_grant"
        assert Client().get("/oidc/userinfo", headers=bearer).status_code == 401


def test_oidcc_ensure_registered_redirect_uri(signed: Client) -> None:
    answer = asks(signed, redirect_uri=f"{BACK}/autre")
    assert answer.status_code == 400
    assert "Location" not in answer


def test_oidcc_ensure_post_request_succeeds(signed: Client, secret: str) -> None:
    query = dict(parse_qsl(asks(signed).request["QUERY_STRING"]))
    posted = signed.post("/oidc/authorize", query)
    assert posted.status_code == 303
    code = answer_in(signed.get(posted["Location"]))["code"]
    assert exchanges(Client(), code, secret).status_code == 200


def test_oidcc_server_client_secret_post(signed: Client, secret: str) -> None:
    given = exchanges(Client(), answer_in(asks(signed))["code"], secret, client_secret=secret)
    assert claims(given.json())["aud"] == "intranet"


def unsigned(told: dict[str, str]) -> str:
    """A request object that nobody signed."""
    parts = ('{"alg":"none"}', str(told).replace("'", '"'))
    return ".".join(base64.urlsafe_b64encode(one.encode()).rstrip(b"=").decode() for one in parts) + "."


def test_oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(signed: Client) -> None:
    asked = asks(signed, request_uri="https://intranet.example/demande.jwt")
    assert answer_in(asked)["error"] == "request_uri_not_supported"


def test_oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(
    signed: Client,
) -> None:
    assert answer_in(asks(signed, request=unsigned({"state": "x"})))["error"] == "request_not_supported"


def test_oidcc_claims_essential(signed: Client, secret: str) -> None:
    """The parameter is not read, and discovery says so: the scope decides what is told."""
    wanted = '{"userinfo":{"name":{"essential":true}}}'
    assert set(told_by_userinfo(tokens(signed, secret, scope="openid", claims=wanted))) == {"sub"}


def test_oidcc_ensure_request_object_with_redirect_uri(signed: Client) -> None:
    asked = asks(signed, redirect_uri=f"{BACK}/autre", request=unsigned({"redirect_uri": BACK}))
    assert asked.status_code == 400
    assert "Location" not in asked


def test_oidcc_refresh_token(signed: Client, secret: str) -> None:
    """The same person, no nonce anew; another application's refresh token opens nothing."""
    other = added(client_id="autre", addresses=("https://autre.example/",))
    given = tokens(signed, secret)
    more = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]}
    stolen = exchanges(Client(), "", other, client_id="autre", **more)
    assert stolen.json()["error"] == "invalid_grant"
    again = exchanges(Client(), "", secret, **more).json()
    before, after = claims(given), claims(again)
    for name in ("iss", "sub", "aud", "auth_time"):
        assert after[name] == before[name]
    assert again["access_token"] != given["access_token"]


def test_oidcc_ensure_request_with_valid_pkce_succeeds(signed: Client, secret: str) -> None:
    code = answer_in(asks(signed))["code"]
    assert exchanges(Client(), code, secret, code_verifier="w" * 43).json()["error"] == "invalid_grant"
    assert tokens(signed, secret)


# Sign-outs


def out(client: Client, **asked: str) -> PageAnswer:
    return client.get(f"/oidc/logout?{urlencode(asked)}")


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_oidcc_rp_initiated_logout_discovery_endpoint_verification(client: Client, nicolas: Account) -> None:
    told = client.get(DISCOVERY).json()
    assert told["end_session_endpoint"].startswith(f"{told['issuer']}/")


def test_oidcc_rp_initiated_logout(signed: Client, secret: str) -> None:
    hint = tokens(signed, secret)["id_token"]
    answer = out(signed, id_token_hint=hint, post_logout_redirect_uri=BYE, state="x y")
    assert answer["Location"] == f"{BYE}?state=x+y"
    assert not is_in(signed)


def test_oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(signed: Client, secret: str) -> None:
    hint = tokens(signed, secret)["id_token"]
    answer = out(signed, id_token_hint=hint, post_logout_redirect_uri=f"{BYE}/autre")
    assert answer.status_code == 400
    assert "Location" not in answer


def test_oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri(
    signed: Client, secret: str
) -> None:
    hint = tokens(signed, secret)["id_token"]
    answer = out(signed, id_token_hint=hint, post_logout_redirect_uri=f"{BYE}?foo=bar")
    assert answer.status_code == 400
    assert "Location" not in answer


@pytest.mark.parametrize("how", ["alg-none", "signature", "claims"])
def test_oidcc_rp_initiated_logout_modified_id_token_hint(signed: Client, secret: str, how: str) -> None:
    """Spoilt, a hint names nobody: the person is asked, and what it said leads nowhere."""
    head, body, signature = tokens(signed, secret)["id_token"].split(".")
    spoilt = {
        "alg-none": f"{base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b'=').decode()}.{body}.",
        "signature": f"{head}.{body}.{signature[:-8]}AAAAAAAA",
        "claims": f"{head}.{body[:-4]}AAAA.{signature}",
    }[how]
    answer = out(signed, id_token_hint=spoilt, post_logout_redirect_uri=BYE)
    assert answer.status_code == 400
    assert "Location" not in answer
    assert is_in(signed)


def test_oidcc_rp_initiated_logout_bad_id_token_hint(signed: Client) -> None:
    answer = out(signed, id_token_hint="pas-un-jeton", post_logout_redirect_uri=BYE)
    assert answer.status_code == 400
    assert "Location" not in answer
    assert is_in(signed)


def test_oidcc_rp_initiated_logout_no_id_token_hint(signed: Client) -> None:
    """The person is asked first, then led back."""
    page = out(signed, client_id="intranet", post_logout_redirect_uri=BYE)
    assert page.status_code == 200
    assert is_in(signed)
    left = signed.post("/oidc/logout/confirmer", {"client_id": "intranet", "post_logout_redirect_uri": BYE})
    assert left.context["address"] == BYE
    assert not is_in(signed)


def test_oidcc_rp_initiated_logout_no_params(signed: Client) -> None:
    assert out(signed).status_code == 200
    assert is_in(signed)
    assert signed.post("/oidc/logout/confirmer").context["address"].startswith("/")
    assert not is_in(signed)


def test_oidcc_rp_initiated_logout_no_post_logout_redirect_uri(signed: Client, secret: str) -> None:
    hint = tokens(signed, secret)["id_token"]
    assert out(signed, id_token_hint=hint)["Location"].startswith("/")
    assert not is_in(signed)


def test_oidcc_rp_initiated_logout_only_state(signed: Client) -> None:
    page = out(signed, state="x")
    assert page.status_code == 200
    assert signed.post("/oidc/logout/confirmer", {"state": "x"}).context["address"].startswith("/")


def test_oidcc_rp_initiated_logout_no_state(signed: Client, secret: str) -> None:
    hint = tokens(signed, secret)["id_token"]
    assert out(signed, id_token_hint=hint, post_logout_redirect_uri=BYE)["Location"] == BYE


def test_oidcc_backchannel_logout_discovery_endpoint_verification(client: Client, nicolas: Account) -> None:
    told = client.get(DISCOVERY).json()
    assert told["backchannel_logout_supported"] is True
    assert told["backchannel_logout_session_supported"] is True


def test_oidcc_backchannel_rp_initiated_logout(signed: Client, secret: str, told: Told) -> None:
    given = tokens(signed, secret)
    out(signed, id_token_hint=given["id_token"], post_logout_redirect_uri=BYE)
    told.work()
    ((address, fields),) = told.forms
    assert address == "https://intranet.example/dehors"
    keys = KeySet.import_key_set(signed.get("/oidc/keys").json())
    read = jwt.decode(fields["logout_token"], keys, algorithms=["ES256", "RS256"])
    assert read.header["alg"] == jws.extract_compact(given["id_token"].encode()).headers()["alg"]
    entered = claims(given)
    assert (read.claims["sub"], read.claims["sid"]) == (entered["sub"], entered["sid"])
    assert (read.claims["iss"], read.claims["aud"]) == (settings.CONFIG.public_url, "intranet")
    assert read.claims["events"] == {LOGOUT_EVENT: {}}
    assert {"iat", "exp", "jti"} <= set(read.claims)
    assert "nonce" not in read.claims


def test_oidcc_frontchannel_logout_discovery_endpoint_verification(client: Client, nicolas: Account) -> None:
    told = client.get(DISCOVERY).json()
    assert told["frontchannel_logout_supported"] is True
    assert told["frontchannel_logout_session_supported"] is True


def test_oidcc_frontchannel_rp_initiated_logout(client: Client, nicolas: Account) -> None:
    """The browser loads the registered address with `iss` and `sid`, then goes where it was asked to."""
    front = "https://intranet.example/dehors"
    secret = added(tell_sign_out="", front_sign_out=front)
    signs_in(client)
    given = tokens(client, secret)
    left = out(client, id_token_hint=given["id_token"], post_logout_redirect_uri=BYE)
    page = client.get(left["Location"])
    (frame,) = page.context["frames"]
    asked = dict(parse_qsl(urlsplit(frame).query))
    assert frame.startswith(f"{front}?")
    assert asked == {"iss": settings.CONFIG.public_url, "sid": claims(given)["sid"]}
    assert page.context["then"] == BYE

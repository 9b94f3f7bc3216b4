"""Introspection, names for one application only, agreement, two factors, sign-outs told by the browser."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import KeySet
from tests.access.signin.people import account, add_application
from tests.access.sso.people import added, answer_in, asks, exchanges, registration, signs_in
from tests.answers import PageAnswer

from vaguemestre.access.sso.registry.models import Application, Consent, Tally
from vaguemestre.access.sso.registry.services import change_application
from vaguemestre.access.sso.registry.values import Assurance
from vaguemestre.people.credentials.models import Account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nicolas")]


def tokens(client: Client, secret: str, **more: str | None) -> dict[str, str]:
    code = answer_in(asks(client, **more))["code"]
    return exchanges(Client(), code, secret).json()


def claims(client: Client, token: str) -> dict[str, object]:
    keys = KeySet.import_key_set(client.get("/oidc/keys").json())
    return dict(jwt.decode(token, keys, algorithms=["ES256", "RS256"]).claims)


def looked_into(secret: str, token: str, client_id: str = "intranet") -> PageAnswer:
    given = {"token": token, "client_id": client_id, "client_secret": secret}
    return Client().post("/oidc/introspect", given)


def test_an_application_looks_into_its_own_tokens(client: Client) -> None:
    secret = added()
    signs_in(client)
    given = tokens(client, secret)
    told = looked_into(secret, given["access_token"]).json()
    assert told["active"] is True
    assert told["sub"] == claims(client, given["id_token"])["sub"]
    assert told["client_id"] == told["aud"] == "intranet"
    assert set(told["scope"].split()) == {"openid", "profile", "email"}


def test_nobody_looks_into_anothers_tokens(client: Client) -> None:
    secret = added()
    other = added(client_id="autre", addresses=("https://autre.example/",))
    signs_in(client)
    token = tokens(client, secret)["access_token"]
    assert looked_into(other, token, "autre").json() == {"active": False}
    assert looked_into("faux", token).status_code == 401
    assert looked_into(secret, "x" * 43).json() == {"active": False}


def test_a_token_is_inactive_once_its_person_is_shut_out(client: Client, nicolas: Account) -> None:
    secret = added()
    signs_in(client)
    token = tokens(client, secret)["access_token"]
    Account.objects.filter(pk=nicolas.pk).update(state="suspended")
    assert looked_into(secret, token).json() == {"active": False}


def test_an_application_without_secret_looks_into_nothing(client: Client) -> None:
    added(public=True)
    assert Client().post("/oidc/introspect", {"token": "x", "client_id": "intranet"}).status_code == 401


@pytest.mark.heavy
def test_two_applications_cannot_put_together_what_they_know(client: Client) -> None:
    other = "https://autre.example/retour"
    secrets = {
        "intranet": added(pairwise=True),
        "autre": added(client_id="autre", addresses=(other,), pairwise=True),
    }
    signs_in(client)
    seen = []
    for _ in range(2):
        seen.append(claims(client, tokens(client, secrets["intranet"])["id_token"])["sub"])
        answer = asks(client, client_id="autre", redirect_uri=other)
        code = dict(parse_qsl(urlsplit(answer["Location"]).query))["code"]
        told = exchanges(Client(), code, secrets["autre"], client_id="autre", redirect_uri=other).json()
        seen.append(claims(client, told["id_token"])["sub"])
    assert seen[0] == seen[2]
    assert seen[1] == seen[3]
    assert seen[0] != seen[1]


def test_an_application_that_asks_for_an_agreement_waits_for_it(client: Client, nicolas: Account) -> None:
    added(consent=True)
    signs_in(client)
    asked = asks(client)
    assert asked.status_code == 200
    page = asked.content.decode()
    assert "Nicolas Morel" in page, "the person sees what will be told"
    silent = answer_in(asks(client, prompt="none"))
    assert silent["error"] == "consent_required"
    agreed = client.post("/applications/accord", {"stamp": asked.context["stamp"]})
    assert Consent.objects.filter(account=nicolas).exists()
    assert "code" in answer_in(client.get(agreed.context["address"]))
    assert "code" in answer_in(asks(client, prompt="none"))


def test_a_no_is_told_to_the_application(client: Client) -> None:
    added(consent=True)
    signs_in(client)
    refused = answer_in(client.get(asks(client).context["refusal_path"]))
    assert refused["error"] == "access_denied"
    assert not Consent.objects.exists()


def test_an_agreement_is_of_the_person_who_saw_the_page(client: Client) -> None:
    account("idupont")
    added(consent=True)
    signs_in(client)
    stamp = asks(client).context["stamp"]
    other = Client()
    signs_in(other, "idupont")
    assert other.post("/applications/accord", {"stamp": stamp}).status_code == 400
    assert other.post("/applications/accord", {"stamp": "x"}).status_code == 400
    assert not Consent.objects.exists()


def test_more_attributes_are_asked_again(client: Client, nicolas: Account) -> None:
    added(consent=True, released=("name",))
    signs_in(client)
    client.post("/applications/accord", {"stamp": asks(client).context["stamp"]})
    assert "code" in answer_in(asks(client))
    Application.objects.update(released=["name", "email"])
    assert asks(client).status_code == 200


def test_a_sensitive_application_wants_two_factors(client: Client, nicolas: Account) -> None:
    added(assurance=Assurance.OTP)
    signs_in(client)
    without = asks(client)
    assert without.status_code == 403
    assert "second facteur" in without.content.decode()
    assert answer_in(asks(client, prompt="none"))["error"] == "interaction_required"
    add_application(nicolas)
    assert asks(client).status_code == 403, "holding one is not having shown it"


def test_who_is_turned_away_reads_why_and_whom_to_ask(client: Client) -> None:
    account("ailleurs")  # somebody of that school
    added(categories=("CPE",), schools=("0800001A",), contact="intranet@ac-amiens.test")
    signs_in(client)
    answer = asks(client)
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "intranet@ac-amiens.test" in page
    assert "conseillers principaux d’éducation" in page
    assert "Collège Jean-Macé" in page, "by its name, not by its code"
    assert Tally.objects.get().refused == 1


def test_a_browser_tells_an_application_that_can_be_told_no_other_way(client: Client) -> None:
    front = "https://intranet.example/dehors?a=1"
    secret = added(tell_sign_out="", front_sign_out=front)
    signs_in(client)
    sid = claims(client, tokens(client, secret)["id_token"])["sid"]
    left = client.post("/deconnexion")
    page = client.get(left["Location"])
    (frame,) = page.context["frames"]
    assert frame.startswith(f"{front}&")
    told = dict(parse_qsl(urlsplit(frame).query))
    assert told["sid"] == sid
    assert told["iss"] == client.get("/.well-known/openid-configuration").json()["issuer"]
    assert "frame-src 'self' https://intranet.example" in page["Content-Security-Policy"]
    assert "Intranet" in page.content.decode()


def test_only_registered_scopes_are_granted_and_echoed(client: Client) -> None:
    secret = added(released=("name", "email"))
    signs_in(client)
    given = tokens(client, secret, scope="openid admin numen offline_access academie uid name email")
    assert given["scope"] == "openid name email"
    assert looked_into(secret, given["access_token"]).json()["scope"] == "openid name email"
    again = exchanges(
        Client(), None, secret, grant_type="refresh_token", refresh_token=given["refresh_token"],
        redirect_uri=None, code_verifier=None,
    ).json()  # fmt: skip
    assert again["scope"] == "openid name email"


def test_a_scope_no_longer_registered_is_no_longer_granted(client: Client) -> None:
    secret = added(released=("name", "email"))
    signs_in(client)
    given = tokens(client, secret, scope="openid name email")
    change_application(registration(released=("name",)), by="test", now=timezone.now())
    assert looked_into(secret, given["access_token"]).json()["scope"] == "openid name"

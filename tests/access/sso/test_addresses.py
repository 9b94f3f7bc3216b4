"""A list of hostile addresses in every parameter of every protocol: nothing leaves the registry.

Whatever a parameter holds, a browser is led to an address of the registry, letter for letter, or to a page of
ours; where the parameter is the address itself, no code, ticket, pass, assertion or visit comes of it.
"""

import base64
import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.sax.saxutils import escape

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from tests.access.signin.people import PASSWORD
from tests.access.sso.conftest import Told
from tests.access.sso.people import (
    BACK,
    BYE,
    CHALLENGE,
    HOSTILE,
    added,
    answer_in,
    asks,
    exchanges,
    registration,
    signs_in,
)
from tests.access.sso.saml.service_provider import CONSUMER, ENTITY, SLO, leaving, metadata, query, request
from tests.answers import PageAnswer
from tests.drawn import some_of

from vaguemestre.access.sso.cas.models import ProxyGrant, Ticket
from vaguemestre.access.sso.headers.models import Pass
from vaguemestre.access.sso.oidc.models import Code, Token
from vaguemestre.access.sso.oidc.rules.imports import parse_client
from vaguemestre.access.sso.registry.models import Application, Visit
from vaguemestre.access.sso.registry.services import add_application
from vaguemestre.access.sso.registry.values import Protocol
from vaguemestre.access.sso.saml.rules.documents import MalformedMessage
from vaguemestre.access.sso.saml.rules.metadata import read_metadata
from vaguemestre.access.sso.saml.services import register_provider
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import Account

pytestmark = [pytest.mark.django_db, pytest.mark.heavy]

HERE = settings.CONFIG.public_url
TRIED = 14  # hostile addresses, in each parameter
STOCK = "https://stock.example/stock/"
NGINX = {"X-Vaguemestre-Application": "stock"}
CALLBACK = "https://ent.example/pgt"
SP = BACK  # the assertion consumer, so that the near misses of the list are near
REGISTERED = {BACK, BYE, SLO, CALLBACK, f"{BACK}/deux", f"{STOCK}.vaguemestre/retour"}
OIDC = {
    "client_id": "intranet", "redirect_uri": BACK, "response_type": "code", "scope": "openid",
    "state": "s", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
}  # fmt: skip

type Asked = Callable[[Client, str], Iterator[PageAnswer]]


def hostile_for(parameter: str) -> list[str]:
    """Those of the list that it is tried with."""
    return some_of(HOSTILE[1:], TRIED, parameter)


def _get(client: Client, path: str, given: dict[str, str], **how: Any) -> PageAnswer:
    return client.get(f"{path}?{urlencode(given)}", **how)


def authorize(name: str) -> Asked:
    def asked(client: Client, hostile: str) -> Iterator[PageAnswer]:
        given = {**OIDC, name: hostile}
        yield _get(client, "/oidc/authorize", given)
        if name not in ("client_id", "redirect_uri"):
            return
        yield _get(client, "/oidc/authorize", {**given, "prompt": "none"})
        yield client.post("/oidc/authorize", given)
        yield _get(client, "/oidc/reprise", given)

    return asked


def oidc_logout(name: str) -> Asked:
    def asked(client: Client, hostile: str) -> Iterator[PageAnswer]:
        yield _get(client, "/oidc/logout", {"client_id": "intranet", name: hostile})
        if name == "post_logout_redirect_uri":
            yield _get(client, "/oidc/logout", {name: hostile})
        if name == "post_logout_redirect_uri" and hostile:
            yield client.post("/oidc/logout/confirmer", {"client_id": "intranet", name: hostile})

    return asked


def cas(path: str, name: str, **more: str) -> Asked:
    def asked(client: Client, hostile: str) -> Iterator[PageAnswer]:
        for extra in ({}, {"gateway": "true"}, {"renew": "true"}):
            yield _get(client, f"/cas/{path}", {**more, **extra, name: hostile})

    return asked


def cas_confirm(client: Client, hostile: str) -> Iterator[PageAnswer]:
    if hostile:
        yield client.post("/cas/logout/confirmer", {"service": hostile})


def authn(name: str) -> Asked:
    """An attribute of the AuthnRequest, its Issuer, or the RelayState beside it."""

    def asked(client: Client, hostile: str) -> Iterator[PageAnswer]:
        told: dict[str, Any] = {"here": f"{HERE}/saml/sso", "acs": SP}
        if name == "RelayState":
            yield client.get(f"/saml/sso?{query(request(**told), relay=hostile)}")
            return
        if name == "AssertionConsumerServiceURL":
            told |= {"acs": hostile}
        else:
            told |= {{"Issuer": "issuer", "Destination": "here"}.get(name, name): _plain(hostile)}
        if name == "AssertionConsumerServiceIndex":
            told |= {"acs": None}
        content = request(**told)
        yield client.get(f"/saml/sso?{query(content)}")
        yield client.post("/saml/sso", {"SAMLRequest": base64.b64encode(content).decode()})

    return asked


def logout_request(name: str) -> Asked:
    """The same of a LogoutRequest, signed by the application."""

    def asked(client: Client, hostile: str) -> Iterator[PageAnswer]:
        told = {"here": f"{HERE}/saml/slo", "name": "_personne"}
        relay = hostile[:900] if name == "RelayState" else ""
        if name != "RelayState":
            told |= {{"Issuer": "issuer", "Destination": "here"}.get(name, name): _plain(hostile)}
        yield client.get(f"/saml/slo?{query(leaving(**told), by='sp', relay=relay)}")

    return asked


def plainly(path: str, name: str, **more: str) -> Asked:
    def asked(client: Client, hostile: str) -> Iterator[PageAnswer]:
        yield _get(client, path, {**more, name: hostile})

    return asked


def depart(name: str, **more: str) -> Asked:
    def asked(client: Client, hostile: str) -> Iterator[PageAnswer]:
        for path in ("depart", "retour", "entrer"):
            yield _get(client, f"/acces/{path}", {**more, name: hostile}, headers=NGINX)

    return asked


def signing_in(client: Client, hostile: str) -> Iterator[PageAnswer]:
    yield client.post("/alogin", {"username": "nmorel", "secret": PASSWORD, "next": hostile})


# The parameter is the address, or names who gets the answer: nothing at all may come of it.
ADDRESSES: dict[str, Asked] = {
    "oidc-redirect_uri": authorize("redirect_uri"),
    "oidc-client_id": authorize("client_id"),
    "oidc-post_logout_redirect_uri": oidc_logout("post_logout_redirect_uri"),
    "oidc-logout-client_id": oidc_logout("client_id"),
    "cas-service": cas("login", "service"),
    "cas-service-come-back": cas("reprise", "service"),
    "cas-TARGET": cas("login", "TARGET"),
    "cas-url": cas("login", "url"),
    "cas-logout-service": cas("logout", "service"),
    "cas-logout-service-confirmed": cas_confirm,
    "cas-logout-url": cas("logout", "url"),
    "cas-targetService": cas("proxy", "targetService", pgt="PGT-x"),
    "saml-AssertionConsumerServiceURL": authn("AssertionConsumerServiceURL"),
    "saml-AssertionConsumerServiceIndex": authn("AssertionConsumerServiceIndex"),
    "saml-Destination": authn("Destination"),
    "saml-Issuer": authn("Issuer"),
    "saml-ProtocolBinding": authn("ProtocolBinding"),
    "saml-kept-request": plainly("/saml/suite", "stamp"),
    "saml-logout-Issuer": logout_request("Issuer"),
    "saml-logout-Destination": logout_request("Destination"),
    "headers-vers": depart("vers", application="stock", depart="x"),
    "headers-application": depart("application", vers="/stock/", depart="x"),
}
# The answer may be given, where the registry says.
OTHERS: dict[str, Asked] = {
    **{
        f"oidc-{name}": authorize(name)
        for name in (
            "state", "nonce", "scope", "response_type", "response_mode", "prompt", "max_age", "display",
            "login_hint", "id_token_hint", "ui_locales", "acr_values", "claims", "request", "request_uri",
            "initiate_login_uri", "next",
        )
    },
    "oidc-logout-state": oidc_logout("state"),
    "oidc-logout-id_token_hint": oidc_logout("id_token_hint"),
    "cas-method": cas("login", "method", service="https://ent.example/"),
    "cas-login-url-beside": cas("login", "url", service="https://ent.example/"),
    "saml-RelayState": authn("RelayState"),
    "saml-logout-RelayState": logout_request("RelayState"),
    "headers-rd": depart("rd", application="stock", vers="/stock/", depart="x"),
    "headers-next": depart("next", application="stock", vers="/stock/", depart="x"),
    "headers-depart": depart("depart", application="stock", vers="/stock/"),
    "sign-in-next": signing_in,
    "sign-in-next-shown": plainly("/alogin", "next"),
    "goodbye": plainly("/au-revoir", "de"),
}  # fmt: skip


@pytest.fixture
def _registered(nicolas: Account, told: Told) -> None:
    added()
    added(
        client_id="ent",
        protocol=Protocol.CAS,
        addresses=(BACK, "https://ent.example/"),
        proxies=(CALLBACK,),
        after_sign_out=(),
    )
    added(client_id="stock", protocol=Protocol.HEADERS, addresses=(STOCK,), home=STOCK, tell_sign_out="")
    now = timezone.now()
    register_provider(read_metadata(metadata(acs=SP), now)[0], by="test", now=now)


def _plain(hostile: str) -> str:
    return "".join(c for c in hostile if c >= " " and c not in "<>&\"'")


def led_to(answer: PageAnswer) -> list[str]:
    """Wherever that answer leads a browser: by itself, by a form, or by what it loads."""
    page = answer.content.decode() if "html" in answer.get("Content-Type", "") else ""
    found = re.findall(r'\b(?:action|formaction|src|data)="([^"]*)"', page)
    found += re.findall(r'http-equiv="refresh" content="\d+; ?url=([^"]*)"', page)
    found += re.findall(r'id="onwards" href="([^"]*)"', page)
    headers = [answer[name] for name in ("Location", "service", "Refresh", "HX-Redirect") if name in answer]
    return [unescape(one) for one in found] + headers


def is_ours(address: str) -> bool:
    """A path of this site, our own address, or one of the registry with an answer in its query."""
    if address.startswith(f"{HERE}/"):
        return True
    bare = address.partition("?")[0]
    return (
        bare in {*REGISTERED, "https://ent.example/"}
        or bool(re.match(r"(?![/\\]{2})[/?]", address))
        or not address
    )


def leaves_nothing() -> bool:
    return not any(model.objects.exists() for model in (Code, Token, Ticket, ProxyGrant, Pass, Visit))


@pytest.mark.usefixtures("_registered")
@pytest.mark.parametrize("parameter", ADDRESSES, ids=str)
def test_an_address_out_of_the_registry_gets_nothing(client: Client, told: Told, parameter: str) -> None:
    """Signed in or not."""
    stranger = Client()
    signs_in(client)
    for hostile in hostile_for(parameter):
        for browser in (client, stranger):
            for answer in ADDRESSES[parameter](browser, hostile):
                assert all(is_ours(one) for one in led_to(answer)), (hostile, led_to(answer))
                assert not any(one.partition("?")[0] in REGISTERED for one in led_to(answer)), hostile
        assert leaves_nothing(), hostile
    assert told.calls == []
    assert client.get("/").status_code == 200, "nobody was signed out either"


@pytest.mark.usefixtures("_registered")
@pytest.mark.parametrize("parameter", OTHERS, ids=str)
def test_whatever_else_is_asked_an_answer_goes_where_the_registry_says(
    client: Client, told: Told, parameter: str
) -> None:
    signs_in(client)
    for hostile in ("", *hostile_for(parameter)):
        for answer in OTHERS[parameter](client, hostile):
            assert all(is_ours(one) for one in led_to(answer)), (hostile, led_to(answer))
    assert told.calls == []


@pytest.mark.usefixtures("_registered")
def test_a_code_is_not_exchanged_for_another_address(client: Client, nicolas: Account) -> None:
    secret = added(client_id="autre")
    signs_in(client)
    for hostile in HOSTILE:
        code = answer_in(asks(client, client_id="autre"))["code"]
        assert exchanges(client, code, secret, client_id="autre", redirect_uri=hostile).status_code == 400
    assert not Token.objects.exists()


@pytest.mark.usefixtures("_registered")
@pytest.mark.parametrize("parameter", ["service", "pgtUrl"])
def test_a_ticket_is_not_validated_for_another_address(client: Client, told: Told, parameter: str) -> None:
    signs_in(client)
    for hostile in (*HOSTILE[1:], "https://ent.example/"):
        answer = _get(client, "/cas/login", {"service": BACK})
        ticket = dict(parse_qsl(urlsplit(answer["Location"]).query))["ticket"]
        asked = {"service": BACK, "ticket": ticket, parameter: hostile}
        assert b"authenticationSuccess" not in _get(client, "/cas/p3/proxyValidate", asked).content
    assert not ProxyGrant.objects.exists()
    assert told.calls == []


@pytest.mark.usefixtures("_registered")
def test_a_grant_opens_no_other_service(client: Client, told: Told) -> None:
    signs_in(client)
    answer = _get(client, "/cas/login", {"service": BACK})
    ticket = dict(parse_qsl(urlsplit(answer["Location"]).query))["ticket"]
    _get(client, "/cas/p3/serviceValidate", {"service": BACK, "ticket": ticket, "pgtUrl": CALLBACK})
    grant = dict(parse_qsl(urlsplit(told.calls[0]).query))["pgtId"]
    for hostile in HOSTILE[1:]:
        answer = _get(client, "/cas/proxy", {"pgt": grant, "targetService": hostile})
        assert b"UNAUTHORIZED_SERVICE" in answer.content
    assert Ticket.objects.count() == 1


def may_be_written(address: str) -> bool:
    """What a registry may hold: absolute, https or this machine, read by every program the same."""
    host = r"https://([a-z0-9._-]+|\[[0-9a-f:]+\])(:\d+)?|http://(localhost|127\.0\.0\.1)(:\d+)?"
    return bool(re.fullmatch(rf"({host})(/[!-~]*)?", address, re.I)) and not set(address) & set("\\#*")


def written() -> set[str]:
    found: set[str] = set()
    for row in Application.objects.all():
        found |= {*row.addresses, *row.after_sign_out, *row.proxies}
        found |= {row.home, row.tell_sign_out, row.front_sign_out}
    return found - {""}


FIELDS = ("addresses", "after_sign_out", "proxies", "home", "tell_sign_out", "front_sign_out")


@pytest.mark.parametrize("field", FIELDS)
def test_no_such_address_is_written_down_by_hand(db: None, field: str) -> None:
    several = field in FIELDS[:3]
    for number, hostile in enumerate(HOSTILE):
        told = registration(client_id=f"a-{number}", **{field: (hostile,) if several else hostile})
        try:
            add_application(told, by="test", now=timezone.now())
        except Refusal:
            continue
        assert hostile == "" or may_be_written(hostile), hostile
    assert all(may_be_written(one) for one in written())


OF_A_CLIENT = (
    "redirect_uris", "post_logout_redirect_uris", "initiate_login_uri", "client_uri",
    "backchannel_logout_uri", "frontchannel_logout_uri", "logo_uri", "policy_uri", "tos_uri", "jwks_uri",
    "sector_identifier_uri", "request_uris",
)  # fmt: skip


@pytest.mark.parametrize("name", OF_A_CLIENT)
def test_no_such_address_is_written_down_from_a_clients_metadata(db: None, told: Told, name: str) -> None:
    """Nor is any of them fetched."""
    for number, hostile in enumerate(HOSTILE):
        value = [hostile] if name.endswith("uris") else hostile
        given = {"client_name": "x", "redirect_uris": [BACK], name: value}
        try:
            add_application(parse_client(given, f"a-{number}"), by="test", now=timezone.now())
        except Refusal:
            continue
    assert all(may_be_written(one) for one in written())
    assert (told.calls, told.forms, told.documents) == ([], [], [])


IN_METADATA = {
    "acs-Location": lambda h: metadata(acs=h),
    "acs-ResponseLocation": lambda h: metadata().replace(
        b'Location="%s"' % CONSUMER.encode(),
        b'Location="%s" ResponseLocation="%s"' % (CONSUMER.encode(), h.encode()),
    ),
    "slo-Location": lambda h: metadata().replace(SLO.encode(), h.encode()),
    "slo-ResponseLocation": lambda h: metadata().replace(
        b'Location="%s"' % SLO.encode(), b'Location="%s" ResponseLocation="%s"' % (SLO.encode(), h.encode())
    ),
}


@pytest.mark.parametrize("name", IN_METADATA, ids=str)
def test_no_such_address_is_written_down_from_saml_metadata(
    client: Client, nicolas: Account, name: str
) -> None:
    """Nor led to by a sign-out that names nobody, which is answered where the registry says."""
    for hostile in HOSTILE[1:]:
        now = timezone.now()
        try:
            described = read_metadata(IN_METADATA[name](_attribute(hostile)), now)[0]
            register_provider(described, by="test", now=now)
        except (Refusal, MalformedMessage):
            continue
        told = leaving(here=f"{HERE}/saml/slo", name="_personne", issuer=ENTITY)
        answer = client.get(f"/saml/slo?{query(told, by='sp')}")
        assert all(may_be_written(one.partition("?")[0]) or one.startswith("/") for one in led_to(answer))
    assert all(may_be_written(one.partition("?")[0]) for one in written())


def _attribute(text: str) -> str:
    """As the value of an attribute; what XML cannot say at all is left out."""
    return escape("".join(c for c in text if c in "\t\r\n" or c >= " "), {'"': "&quot;", "\t": "&#9;"})

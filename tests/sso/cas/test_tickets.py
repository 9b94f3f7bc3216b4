"""Tickets of CAS: whom they are given to, what they say, once."""

import re
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import parse_qsl, quote, urlencode, urlsplit
from xml.etree import ElementTree

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from tests.signin.people import PASSWORD
from tests.sso.conftest import Told
from tests.sso.people import added, signs_in

from vaguemestre.credentials.models import Account
from vaguemestre.sso.registry.models import Visit
from vaguemestre.sso.registry.values import Protocol

pytestmark = pytest.mark.django_db

SERVICE = "https://intranet.example/retour"
OTHER = "https://ent.example/?page=1"
NS = {"cas": "http://www.yale.edu/tp/cas"}


@pytest.fixture(autouse=True)
def _ent(nicolas: Account) -> None:
    added(client_id="ent", protocol=Protocol.CAS, addresses=(SERVICE, OTHER), released=("name", "uai"))


def a_ticket(client: Client, service: str = SERVICE, **more: str) -> str:
    answer = client.get(f"/cas/login?{urlencode({'service': service, **more})}")
    joint = "&" if "?" in service else "?"
    assert answer["Location"].startswith(f"{service}{joint}ticket=ST-"), answer["Location"]
    return dict(parse_qsl(urlsplit(answer["Location"]).query))["ticket"]


def validated(ticket: str, service: str = SERVICE, **more: str) -> HttpResponse:
    return Client().get("/cas/p3/serviceValidate", {"ticket": ticket, "service": service, **more})  # type: ignore[return-value]


def failure(answer: HttpResponse) -> str | None:
    told = ElementTree.fromstring(answer.content).find("cas:authenticationFailure", NS)
    return told.get("code") if told is not None else None


def test_whoever_is_not_signed_in_signs_in_and_comes_back(client: Client) -> None:
    first = client.get(f"/cas/login?service={quote(OTHER)}")
    back = dict(parse_qsl(urlsplit(first["Location"]).query))["next"]
    assert back.startswith("/cas/reprise?service=")
    signed = client.post("/alogin", {"identifiant": "nmorel", "secret": PASSWORD, "next": back})
    address = client.get(signed["Location"]).context["address"]
    answer = client.get(address)
    assert answer["Location"].startswith(f"{OTHER}&ticket=ST-")
    ticket = dict(parse_qsl(urlsplit(answer["Location"]).query))["ticket"]
    assert failure(validated(ticket, OTHER, renew="true")) is None  # they proved it for this ticket


def test_a_service_learns_who_came_and_what_is_released(client: Client) -> None:
    signs_in(client)
    root = ElementTree.fromstring(validated(a_ticket(client)).content)
    assert root.findtext(".//cas:user", namespaces=NS) == "nmorel"
    told = root.find(".//cas:attributes", NS)
    assert told is not None
    found = {(one.tag.split("}")[1], one.text) for one in told if "Date" not in one.tag}
    assert found == {
        ("longTermAuthenticationRequestTokenUsed", "false"),
        ("isFromNewLogin", "false"),
        ("name", "Nicolas Morel"),
        ("uai", "0800001A"),
    }


def test_older_clients_and_json(client: Client) -> None:
    signs_in(client)
    asked = {"service": SERVICE}
    plain = client.get("/cas/validate", {**asked, "ticket": a_ticket(client)})
    assert plain.content == b"yes\nnmorel\n"
    assert client.get("/cas/validate", {**asked, "ticket": "ST-x"}).content == b"no\n\n"
    second = client.get("/cas/serviceValidate", {**asked, "ticket": a_ticket(client)})
    assert b"nmorel" in second.content
    assert b"attributes" not in second.content
    told = validated(a_ticket(client), format="JSON").json()  # type: ignore[attr-defined]
    assert told["serviceResponse"]["authenticationSuccess"]["user"] == "nmorel"


def test_names_are_encoded(client: Client, nicolas: Account) -> None:
    person = nicolas.person
    assert person is not None
    person.first_name = "Zoé</cas:user>&\x01"
    person.save()
    signs_in(client)
    root = ElementTree.fromstring(validated(a_ticket(client)).content)
    assert root.findtext(".//cas:name", namespaces=NS) == "Zoé</cas:user>& Morel"


def test_a_ticket_is_made_of_the_letters_clients_accept(client: Client) -> None:
    signs_in(client)
    for _ in range(20):
        assert re.fullmatch(r"ST-[A-Za-z0-9-]{29,}", a_ticket(client))


def test_a_ticket_serves_once(client: Client) -> None:
    signs_in(client)
    ticket = a_ticket(client)
    assert failure(validated(ticket)) is None
    assert failure(validated(ticket)) == "INVALID_TICKET"


def test_a_ticket_is_for_one_service_and_a_failure_uses_it_up(client: Client) -> None:
    signs_in(client)
    ticket = a_ticket(client)
    assert failure(validated(ticket, OTHER)) == "INVALID_SERVICE"
    assert failure(validated(ticket)) == "INVALID_TICKET"


def test_a_ticket_does_not_wait(client: Client) -> None:
    signs_in(client)
    ticket = a_ticket(client)
    with patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(seconds=11)):
        assert failure(validated(ticket)) == "INVALID_TICKET"


def test_a_ticket_dies_with_the_session(client: Client) -> None:
    signs_in(client)
    ticket = a_ticket(client)
    client.post("/deconnexion")
    assert failure(validated(ticket)) == "INVALID_TICKET"


@pytest.mark.parametrize(
    "asked", [{}, {"ticket": "ST-x"}, {"service": SERVICE}, {"ticket": "", "service": ""}]
)
def test_both_are_needed(client: Client, asked: dict[str, str]) -> None:
    assert failure(client.get("/cas/p3/serviceValidate", asked)) == "INVALID_REQUEST"  # type: ignore[arg-type]


def test_renew_asks_again_and_says_so(client: Client) -> None:
    signs_in(client)
    assert failure(validated(a_ticket(client), renew="true")) == "INVALID_TICKET_SPEC"
    answer = client.get(f"/cas/login?service={quote(SERVICE)}&renew=true&gateway=true")
    assert "confirmer=1" in answer["Location"]


def test_a_gateway_lets_strangers_through(client: Client) -> None:
    assert client.get(f"/cas/login?service={quote(SERVICE)}&gateway=true")["Location"] == SERVICE
    signs_in(client)
    assert a_ticket(client, gateway="true")


def test_two_services_at_once_are_refused(client: Client) -> None:
    signs_in(client)
    answer = client.get(f"/cas/login?service={quote(SERVICE)}&service=https://mal.example/")
    assert answer.status_code == 400


def test_an_application_of_another_protocol_gets_no_ticket(client: Client) -> None:
    added(addresses=("https://oidc.example/",))
    signs_in(client)
    assert client.get("/cas/login?service=https://oidc.example/").status_code == 400


def test_without_a_service_the_portal_opens(client: Client) -> None:
    assert client.get("/cas/login")["Location"] == "/alogin?next=%2F"
    signs_in(client)
    assert client.get("/cas/login")["Location"] == "/"


def test_signing_out_is_told_to_each_service_whose_ticket_served(client: Client, told: Told) -> None:
    signs_in(client)
    ticket = a_ticket(client)
    validated(ticket)
    a_ticket(client, OTHER)  # never validated
    client.post("/deconnexion")
    told.work()
    ((address, fields),) = told.forms
    assert address == SERVICE
    root = ElementTree.fromstring(fields["logoutRequest"])
    assert [one.text for one in root] == ["nmorel", ticket]
    assert not Visit.objects.exists()


def test_nobody_is_signed_out_without_a_word(client: Client, told: Told) -> None:
    signs_in(client)
    asked = client.get(f"/cas/logout?service={quote(SERVICE)}")
    assert "Se déconnecter partout" in asked.content.decode()
    assert "Une application demande" not in asked.content.decode(), "which one is said"
    assert client.get("/").status_code == 200
    left = client.post("/cas/logout/confirmer", {"service": SERVICE})
    assert left.context["address"] == SERVICE
    assert client.get("/").status_code == 302
    assert client.get(f"/cas/logout?service={quote(SERVICE)}")["Location"] == SERVICE

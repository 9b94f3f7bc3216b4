"""Tickets of CAS: whom they are given to, what they say, once."""

import re
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import parse_qsl, quote, urlencode, urlsplit
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone
from tests.access.signin.people import PASSWORD
from tests.access.sso.conftest import Told
from tests.access.sso.people import added, signs_in
from tests.answers import PageAnswer

from vaguemestre.access.sso.registry.models import Visit
from vaguemestre.access.sso.registry.values import Protocol
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import Account

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


def validated(ticket: str, service: str = SERVICE, **more: str) -> PageAnswer:
    return Client().get("/cas/p3/serviceValidate", {"ticket": ticket, "service": service, **more})


def failure(answer: PageAnswer) -> str | None:
    told = ElementTree.fromstring(answer.content).find("cas:authenticationFailure", NS)
    return told.get("code") if told is not None else None


def test_whoever_is_not_signed_in_signs_in_and_comes_back(client: Client) -> None:
    first = client.get(f"/cas/login?service={quote(OTHER)}")
    back = dict(parse_qsl(urlsplit(first["Location"]).query))["next"]
    assert back.startswith("/cas/reprise?service=")
    signed = client.post("/alogin", {"username": "nmorel", "secret": PASSWORD, "next": back})
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
    told = validated(a_ticket(client), format="JSON").json()
    assert told["serviceResponse"]["authenticationSuccess"]["user"] == "nmorel"


def test_names_are_encoded(client: Client, nicolas: Account) -> None:
    person = nicolas.person
    assert person is not None
    person.first_name = "Zoé</cas:user>&\x01"
    person.save()
    signs_in(client)
    root = ElementTree.fromstring(validated(a_ticket(client)).content)
    assert root.findtext(".//cas:name", namespaces=NS) == "Zoé</cas:user>& Morel"


@pytest.mark.heavy
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
    assert failure(client.get("/cas/p3/serviceValidate", asked)) == "INVALID_REQUEST"


def test_renew_asks_again_and_says_so(client: Client) -> None:
    signs_in(client)
    assert failure(validated(a_ticket(client), renew="true")) == "INVALID_TICKET_SPEC"
    answer = client.get(f"/cas/login?service={quote(SERVICE)}&renew=true&gateway=true")
    assert "confirmer=1" in answer["Location"]


def test_a_question_asked_from_another_browser_is_no_proof_in_this_one(client: Client) -> None:
    elsewhere = Client().get(f"/cas/login?service={quote(SERVICE)}&renew=true")
    back = dict(parse_qsl(urlsplit(elsewhere["Location"]).query))["next"]
    signs_in(client)  # later, and for something else
    address = client.get(back).context["address"]
    assert "confirmer=1" in client.get(address)["Location"]


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


BASE = "https://pronote.example/eleves/"


def _with_prefix(**more: object) -> None:
    home = "https://pronote.example/"
    added(client_id="pronote", protocol=Protocol.CAS, addresses=(home,), prefixes=(BASE,), **more)


@pytest.mark.parametrize(
    "page", ["", "4eB/cahier?semaine=12&jour=lundi", "a.b/..c/;v=1", "%C3%A9l%C3%A8ve", "x?u=../y"]
)
def test_a_deep_link_beneath_a_registered_prefix_is_entered(client: Client, page: str) -> None:
    _with_prefix()
    signs_in(client)
    ticket = a_ticket(client, BASE + page)
    told = failure(validated(ticket, BASE))
    assert told == ("INVALID_SERVICE" if page else None)  # the ticket is for the very page asked for
    assert failure(validated(a_ticket(client, BASE + page), BASE + page)) is None


@pytest.mark.parametrize(
    "hostile",
    [
        "https://pronote.example/eleves", "https://pronote.example/elevesX/", "https://pronote.example/Eleves/",
        "https://pronote.example.evil.example/eleves/", "https://pronote.example@evil.example/eleves/",
        "https://pronote.example:8443/eleves/", "http://pronote.example/eleves/", "HTTPS://pronote.example/eleves/",
        "//pronote.example/eleves/", f"{BASE}../admin", f"{BASE}./x", f"{BASE}a/../../admin", f"{BASE}..",
        f"{BASE}%2e%2e/admin", f"{BASE}%2E./admin", f"{BASE}%252e%252e/admin", f"{BASE}..;/admin",
        f"{BASE}..;a=b/admin", f"{BASE}..%2fadmin", f"{BASE}x%5c..%5cadmin", f"{BASE}a\\..\\admin",
        f"{BASE}..%252fadmin",
        f"{BASE}x?ticket=ST-other", f"{BASE}?a=b&ticket=ST-other", f"{BASE}?a;tic%6Bet=x",
        f"{BASE}?%20Ticket=x",
        f"{BASE}x#y", f"{BASE}a b", f"{BASE}%00", f"{BASE}%0d%0aSet-Cookie:a", f"{BASE}\u00e9", f" {BASE}",
    ],
)  # fmt: skip
def test_nothing_beside_a_prefix_is_served(client: Client, hostile: str) -> None:
    _with_prefix()
    signs_in(client)
    answer = client.get(f"/cas/login?{urlencode({'service': hostile})}")
    assert "Location" not in answer.headers
    assert client.get(f"/cas/logout?{urlencode({'service': hostile})}").headers.get("Location") is None
    assert not Visit.objects.exists()


def test_the_most_precise_prefix_says_whose_a_page_is(client: Client) -> None:
    _with_prefix()
    added(client_id="cantine", protocol=Protocol.CAS, addresses=("https://cantine.example/",),
          prefixes=(f"{BASE}cantine/",), released=("uai",))  # fmt: skip
    signs_in(client)
    told = [validated(a_ticket(client, page), page).content for page in (f"{BASE}x", f"{BASE}cantine/menu")]
    assert [b"<cas:uai>" in content for content in told] == [False, True]
    assert set(Visit.objects.values_list("application__client_id", flat=True)) == {"pronote", "cantine"}


def test_two_applications_share_no_prefix() -> None:
    _with_prefix()
    with pytest.raises(Refusal, match="address-taken"):
        added(
            client_id="autre", protocol=Protocol.CAS, addresses=("https://autre.example/",), prefixes=(BASE,)
        )
    for wrong in (
        "https://autre.example",
        "https://autre.example/?a=1",
        "https://*.example/",
        "http://autre.example/",
    ):
        with pytest.raises(Refusal):
            added(client_id="autre", protocol=Protocol.CAS, addresses=(OTHER + "2",), prefixes=(wrong,))
    with pytest.raises(Refusal, match="prefix-not-for-protocol"):
        added(client_id="autre", prefixes=("https://autre.example/",))

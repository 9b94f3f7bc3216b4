"""The doors of old applications behind nginx: who gets in, by which pass, and what is told."""

import hashlib
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.access.signin.people import account
from tests.access.sso.conftest import Told
from tests.access.sso.people import added, signs_in
from tests.answers import PageAnswer

from vaguemestre.access.sso.headers.models import Pass
from vaguemestre.access.sso.headers.rules import header_value, identity_headers
from vaguemestre.access.sso.registry.models import Application, Visit
from vaguemestre.access.sso.registry.values import Protocol
from vaguemestre.people.credentials.models import Account

pytestmark = pytest.mark.django_db

APPLICATION = "vieux-stock"
ADDRESS = "https://stock.example/stock/"
NGINX = {"X-Vaguemestre-Application": APPLICATION}


@pytest.fixture(autouse=True)
def _stock(nicolas: Account) -> None:
    added(
        client_id=APPLICATION,
        protocol=Protocol.HEADERS,
        addresses=(ADDRESS,),
        home=ADDRESS,
        after_sign_out=(),
        tell_sign_out="",
        released=("name", "given_name"),
    )


def departs(door: Client, path: str = "/stock/fiche?n=3&x=%C3%A9") -> str:
    """Where the browser is sent to sign in, from the application's own host."""
    answer = door.get("/acces/depart", headers={**NGINX, "X-Vaguemestre-Path": path})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"]).removeprefix("http://localhost:8000")


def enters(client: Client, door: Client, path: str = "/stock/fiche?n=3&x=%C3%A9") -> PageAnswer:
    """The whole way there: departure, signing in here, back with a ticket."""
    here = client.get(urlsplit(departs(door, path))._replace(scheme="", netloc="").geturl())
    assert here["Location"].startswith(f"{ADDRESS}.vaguemestre/retour?ticket="), here["Location"]
    ticket = dict(parse_qsl(urlsplit(here["Location"]).query))["ticket"]
    return door.get(f"/acces/retour?ticket={ticket}", headers=NGINX)


def asked(door: Client, **more: str) -> PageAnswer:
    """What nginx asks before each request."""
    return door.get("/acces/verifier", headers={**NGINX, **more})


def test_a_stranger_is_refused_then_signs_in_and_comes_back_where_they_wanted() -> None:
    client, door = Client(), Client()
    assert asked(door).status_code == 401
    signs_in(client)
    answer = enters(client, door)
    assert answer["Location"] == "https://stock.example/stock/fiche?n=3&x=%C3%A9"
    told = asked(door)
    assert told.status_code == 200
    assert told["Remote-User"] == "nmorel"
    assert told["X-Vaguemestre-Name"] == "Nicolas Morel"
    assert told["X-Vaguemestre-Given-Name"] == "Nicolas"
    assert "X-Vaguemestre-Email" not in told


def test_somebody_not_signed_in_signs_in_on_the_way() -> None:
    answer = Client().get(urlsplit(departs(Client()))._replace(scheme="", netloc="").geturl())
    assert answer["Location"].startswith("/alogin?next=%2Facces%2Freprise%3F")


def test_a_ticket_serves_once_for_the_browser_that_left() -> None:
    client, door, thief = Client(), Client(), Client()
    signs_in(client)
    here = client.get(urlsplit(departs(door))._replace(scheme="", netloc="").geturl())
    ticket = dict(parse_qsl(urlsplit(here["Location"]).query))["ticket"]
    departs(thief)
    assert thief.get(f"/acces/retour?ticket={ticket}", headers=NGINX).status_code == 400
    assert door.get(f"/acces/retour?ticket={ticket}", headers=NGINX).status_code == 400, "spoilt by the thief"
    enters(client, door)
    assert asked(door).status_code == 200
    assert asked(thief).status_code == 401


def test_a_ticket_asked_without_leaving_serves_no_browser() -> None:
    """Its digest is that of no cookie at all: whoever were sent with it would enter as somebody else."""
    client = Client()
    signs_in(client)
    nothing = hashlib.sha256(b"").hexdigest()
    here = client.get(f"/acces/entrer?application={APPLICATION}&vers=/stock/&depart={nothing}")
    ticket = dict(parse_qsl(urlsplit(here["Location"]).query))["ticket"]
    assert Client().get(f"/acces/retour?ticket={ticket}", headers=NGINX).status_code == 400


def test_a_ticket_does_not_wait() -> None:
    client, door = Client(), Client()
    signs_in(client)
    here = client.get(urlsplit(departs(door))._replace(scheme="", netloc="").geturl())
    ticket = dict(parse_qsl(urlsplit(here["Location"]).query))["ticket"]
    later = timezone.now() + timedelta(seconds=31)
    with patch("vaguemestre.access.sso.headers.views.timezone.now", return_value=later):
        assert door.get(f"/acces/retour?ticket={ticket}", headers=NGINX).status_code == 400


def test_a_pass_opens_its_own_application_only() -> None:
    added(
        client_id="autre", protocol=Protocol.HEADERS, addresses=("https://autre.example/",),
        home="", after_sign_out=(), tell_sign_out="",
    )  # fmt: skip
    client, door = Client(), Client()
    signs_in(client)
    enters(client, door)
    assert asked(door, **{"X-Vaguemestre-Application": "autre"}).status_code == 401
    assert asked(door, **{"X-Vaguemestre-Application": ""}).status_code == 401


def test_signing_out_here_shuts_the_door_there(told: Told) -> None:
    client, door = Client(), Client()
    signs_in(client)
    enters(client, door)
    client.post("/deconnexion")
    assert asked(door).status_code == 401
    told.work()
    assert not Visit.objects.exists()


@pytest.mark.parametrize("state", ["suspended", "closed"])
def test_a_shut_account_is_refused_at_the_next_request(nicolas: Account, state: str) -> None:
    client, door = Client(), Client()
    signs_in(client)
    enters(client, door)
    Account.objects.filter(pk=nicolas.pk).update(state=state)
    assert asked(door).status_code == 401


def test_whoever_may_not_enter_is_told_why_and_gets_no_ticket() -> None:
    Application.objects.filter(client_id=APPLICATION).update(roles=["administrator"])
    client = Client()
    signs_in(client)
    answer = client.get(urlsplit(departs(Client()))._replace(scheme="", netloc="").geturl())
    assert answer.status_code == 403
    assert not Pass.objects.exists()


def test_who_may_no_longer_enter_is_refused_at_the_next_request() -> None:
    client, door = Client(), Client()
    signs_in(client)
    enters(client, door)
    Application.objects.filter(client_id=APPLICATION).update(roles=["administrator"])
    assert asked(door).status_code == 401


@pytest.mark.parametrize(
    "path",
    ["", "stock/", "/", "/autre", "/stock", "/stock/../autre", "//mal.example/stock/", "/stock/%2e%2e/x"],
)
def test_nothing_leads_outside_the_application(path: str) -> None:
    door = Client()
    assert door.get(f"/acces/depart?vers={quote(path)}", headers=NGINX).status_code == 400
    told = {**NGINX, "X-Vaguemestre-Path": path}
    assert door.get(f"/acces/depart?vers={quote(path)}", headers=told).status_code == 400
    signs_in(door)
    query = f"application={APPLICATION}&vers={quote(path)}&depart=x"
    assert door.get(f"/acces/entrer?{query}").status_code == 400


def test_an_application_of_another_protocol_has_no_such_door() -> None:
    added()
    door = Client()
    told = {"X-Vaguemestre-Application": "intranet"}
    assert door.get("/acces/depart?vers=/", headers=told).status_code == 400


def test_the_person_is_asked_before_leaving(nicolas: Account) -> None:
    client = Client()
    signs_in(client)
    assert client.get("/acces/sortir").status_code == 200
    assert client.get("/").status_code == 200, "still in"
    client.post("/acces/sortir")
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("door", ["/acces/verifier", "/acces/depart", "/acces/entrer", "/acces/retour"])
def test_these_doors_are_read_only(door: str) -> None:
    assert Client().post(door).status_code == 405


def test_another_persons_pass_is_another_pass() -> None:
    account("idupont")
    first, second, door = Client(), Client(), Client()
    signs_in(first)
    signs_in(second, "idupont")
    enters(first, door)
    enters(second, door)
    assert asked(door)["Remote-User"] == "idupont"


@given(st.text())
def test_a_header_is_one_line_whatever_a_name_holds(text: str) -> None:
    try:
        line = header_value(text)
    except UnicodeEncodeError:
        assert any("\ud800" <= char <= "\udfff" for char in text)
        return
    assert not set(line) & set(map(chr, range(32)))
    assert line.encode("latin-1").decode() or not text


def test_attributes_have_names_of_their_own() -> None:
    told = identity_headers(
        "nmorel", {"given_name": "Zoé", "email_verified": True, "uai": ["0800001A", "0800002B"]}
    )
    assert told == {
        "Remote-User": "nmorel",
        "X-Vaguemestre-Given-Name": "ZoÃ©",
        "X-Vaguemestre-Email-Verified": "true",
        "X-Vaguemestre-Uai": "0800001A;0800002B",
    }

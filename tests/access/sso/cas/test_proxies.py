"""Proxy tickets, and the other ways a ticket may leave: form, header (CAS 3.0 §2.2.4, §2.5.4, §2.6, §2.7)."""

from datetime import timedelta
from unittest.mock import patch
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone
from tests.access.sso.conftest import Told
from tests.access.sso.people import added, signs_in
from tests.answers import PageAnswer

from vaguemestre.access.sso.registry.models import Application, Consent
from vaguemestre.access.sso.registry.values import Assurance, Protocol
from vaguemestre.people.credentials.models import Account

pytestmark = pytest.mark.django_db

FRONT = "https://ent.example/"
BEHIND = "https://notes.example/"
CALLBACK = "https://ent.example/pgt?x=1"
NS = {"cas": "http://www.yale.edu/tp/cas"}


@pytest.fixture(autouse=True)
def _services(nicolas: Account) -> None:
    added(client_id="ent", protocol=Protocol.CAS, addresses=(FRONT,), proxies=(CALLBACK,), released=("name",))
    added(client_id="notes", protocol=Protocol.CAS, addresses=(BEHIND,), released=("name",))


def a_ticket(client: Client) -> str:
    answer = client.get(f"/cas/login?{urlencode({'service': FRONT})}")
    return dict(parse_qsl(urlsplit(answer["Location"]).query))["ticket"]


def validated(ticket: str, service: str, door: str = "p3/serviceValidate", **more: str) -> PageAnswer:
    return Client().get(f"/cas/{door}", {"ticket": ticket, "service": service, **more})


def code_in(answer: PageAnswer) -> str | None:
    root = ElementTree.fromstring(answer.content)
    for name in ("authenticationFailure", "proxyFailure"):
        if (found := root.find(f"cas:{name}", NS)) is not None:
            return found.get("code")
    return None


def granted(client: Client, told: Told) -> str:
    """The proxy-granting ticket the front service received at its callback."""
    answer = validated(a_ticket(client), FRONT, pgtUrl=CALLBACK)
    iou = ElementTree.fromstring(answer.content).findtext(".//cas:proxyGrantingTicket", namespaces=NS)
    address = told.calls[-1]
    assert address.startswith(f"{CALLBACK}&pgtId=PGT-")
    sent = dict(parse_qsl(urlsplit(address).query))
    assert iou == sent["pgtIou"]
    assert sent["pgtId"] not in answer.content.decode(), "the grant goes to its callback and nowhere else"
    return sent["pgtId"]


def proxied(grant: str, service: str = BEHIND) -> PageAnswer:
    return Client().get("/cas/proxy", {"pgt": grant, "targetService": service})


def a_proxy_ticket(grant: str) -> str:
    ticket = ElementTree.fromstring(proxied(grant).content).findtext(".//cas:proxyTicket", namespaces=NS)
    assert ticket is not None
    assert ticket.startswith("PT-")
    return ticket


def test_a_service_asks_another_on_behalf_of_a_person(client: Client, told: Told) -> None:
    signs_in(client)
    ticket = a_proxy_ticket(granted(client, told))
    root = ElementTree.fromstring(validated(ticket, BEHIND, "p3/proxyValidate").content)
    assert root.findtext(".//cas:user", namespaces=NS) == "nmorel"
    assert [one.text for one in root.findall(".//cas:proxy", NS)] == [CALLBACK]
    assert code_in(validated(ticket, BEHIND, "p3/proxyValidate")) == "INVALID_TICKET", "once"


@pytest.mark.parametrize("door", ["serviceValidate", "p3/serviceValidate"])
def test_a_proxy_ticket_is_refused_where_proxies_are(client: Client, told: Told, door: str) -> None:
    signs_in(client)
    assert code_in(validated(a_proxy_ticket(granted(client, told)), BEHIND, door)) == "INVALID_TICKET_SPEC"


def test_an_ordinary_ticket_is_taken_by_both(client: Client) -> None:
    signs_in(client)
    assert code_in(validated(a_ticket(client), FRONT, "proxyValidate")) is None


def test_a_callback_that_does_not_answer_gets_no_grant(client: Client, told: Told) -> None:
    signs_in(client)
    told.away = True
    answer = validated(a_ticket(client), FRONT, pgtUrl=CALLBACK)
    assert code_in(answer) is None
    assert b"proxyGrantingTicket" not in answer.content


def test_a_person_kept_out_of_a_service_is_not_let_in_through_another(client: Client, told: Told) -> None:
    signs_in(client)
    grant = granted(client, told)
    Application.objects.filter(client_id="notes").update(roles=["helpdesk"])
    assert code_in(proxied(grant)) == "UNAUTHORIZED_SERVICE"


@pytest.mark.parametrize("asked", [{"assurance": Assurance.OTP}, {"consent": True}])
def test_no_proxy_spares_a_second_factor_or_an_agreement(
    client: Client, told: Told, asked: dict[str, object]
) -> None:
    signs_in(client)
    grant = granted(client, told)
    Application.objects.filter(client_id="notes").update(**asked)
    assert code_in(proxied(grant)) == "UNAUTHORIZED_SERVICE"


def test_whoever_proved_a_second_factor_and_agreed_goes_on_through_a_proxy(
    client: Client, told: Told, nicolas: Account
) -> None:
    signs_in(client)
    session = client.session
    session["by"] = "passkey"
    session.save()
    grant = granted(client, told)
    Application.objects.filter(client_id="notes").update(assurance=Assurance.OTP, consent=True)
    application = Application.objects.get(client_id="notes")
    Consent.objects.create(
        application=application, account_id=nicolas.pk, released=["name"], given_at=timezone.now()
    )
    assert a_proxy_ticket(grant)


@pytest.mark.parametrize("withdrawn", [{"proxies": []}, {"roles": ["helpdesk"]}])
def test_a_grant_dies_with_the_right_of_the_service_that_holds_it(
    client: Client, told: Told, withdrawn: dict[str, object]
) -> None:
    """Whoever may no longer enter the front service, or ask through it, is not carried further by it."""
    signs_in(client)
    grant = granted(client, told)
    assert a_proxy_ticket(grant)
    Application.objects.filter(client_id="ent").update(**withdrawn)
    assert code_in(proxied(grant)) == "INVALID_TICKET"


def test_a_grant_dies_with_the_session(client: Client, told: Told) -> None:
    signs_in(client)
    grant = granted(client, told)
    ticket = a_proxy_ticket(grant)
    client.post("/deconnexion")
    assert code_in(proxied(grant)) == "INVALID_TICKET"
    assert code_in(validated(ticket, BEHIND, "proxyValidate")) == "INVALID_TICKET"


def test_a_proxy_ticket_does_not_wait(client: Client, told: Told) -> None:
    signs_in(client)
    ticket = a_proxy_ticket(granted(client, told))
    with patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(seconds=11)):
        assert code_in(validated(ticket, BEHIND, "proxyValidate")) == "INVALID_TICKET"


@pytest.mark.parametrize(
    "asked", [{}, {"pgt": "x"}, {"targetService": BEHIND}, {"pgt": "", "targetService": ""}]
)
def test_both_are_needed(asked: dict[str, str]) -> None:
    assert code_in(Client().get("/cas/proxy", asked)) == "INVALID_REQUEST"


def test_an_invented_grant_is_refused() -> None:
    assert code_in(proxied("PGT-" + "0" * 48)) == "INVALID_TICKET"


def test_a_ticket_leaves_by_a_form_that_may_go_nowhere_else(client: Client) -> None:
    signs_in(client)
    answer = client.get(f"/cas/login?{urlencode({'service': FRONT, 'method': 'POST'})}")
    assert answer.context["address"] == FRONT
    assert str(answer.context["fields"]["ticket"]).startswith("ST-")
    assert "form-action https://ent.example" in answer["Content-Security-Policy"]
    assert code_in(validated(answer.context["fields"]["ticket"], FRONT)) is None


def test_a_ticket_leaves_by_a_header(client: Client) -> None:
    signs_in(client)
    answer = client.get(f"/cas/login?{urlencode({'service': FRONT, 'method': 'HEADER'})}")
    assert answer.status_code == 200
    assert answer["service"] == FRONT
    assert code_in(validated(answer["ticket"], FRONT)) is None

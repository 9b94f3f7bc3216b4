"""Signing out: asked by a service provider, told to service providers."""

import base64
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from lxml import etree
from tests.access.sso.conftest import Told
from tests.access.sso.people import signs_in
from tests.access.sso.saml.service_provider import (
    NS,
    SLO,
    asks,
    form_in,
    leaving,
    metadata,
    query,
    registered,
    request,
    response_in,
    signed,
)

from vaguemestre.access.sso.saml.http import current_pair
from vaguemestre.access.sso.saml.rules.documents import inflate
from vaguemestre.access.sso.saml.rules.signatures import check_query
from vaguemestre.people.credentials.models import Account

pytestmark = pytest.mark.django_db
HERE = f"{settings.CONFIG.public_url}/saml/sso"
SLO_HERE = f"{settings.CONFIG.public_url}/saml/slo"


def enter(client: Client, content: bytes | None = None) -> tuple[str, str]:
    registered(content or metadata())
    signs_in(client)
    root = response_in(asks(client, request(here=HERE)))
    return str(root.findtext(".//a:NameID", namespaces=NS)), root.find(".//a:AuthnStatement", NS).get(
        "SessionIndex"
    )


def der_of_ours() -> bytes:
    text = current_pair().certificate.decode()
    return base64.b64decode("".join(line for line in text.splitlines() if "CERTIFICATE" not in line))


def status_of(root: etree._Element) -> str:
    return root.find(".//p:StatusCode", NS).get("Value").rpartition(":")[2]


def test_an_application_signs_out_and_is_answered_with_a_signed_redirect(
    client: Client, nicolas: Account
) -> None:
    name, index = enter(client)
    asked = query(leaving(here=SLO_HERE, name=name, index=index), by="sp", relay="retour")
    answer = client.get(f"/saml/slo?{asked}")
    # its own page first: the browser still has to tell this application, which knows no SOAP
    page = client.get(answer["Location"])
    onwards = page.content.decode().split('id="onwards" href="')[1].split('"')[0].replace("&amp;", "&")
    assert onwards.startswith(f"{SLO}?SAMLResponse=")
    raw = urlsplit(onwards).query
    given = dict(parse_qsl(raw))
    check_query(raw, "SAMLResponse", given["SigAlg"], given["Signature"], [der_of_ours()])
    root = etree.fromstring(inflate(given["SAMLResponse"]))
    assert root.get("InResponseTo") == "_l1"
    assert status_of(root) == "Success"
    assert given["RelayState"] == "retour"
    assert client.get("/").status_code == 302


def test_a_form_from_elsewhere_is_sent_again_by_a_page_of_ours(client: Client, nicolas: Account) -> None:
    name, index = enter(client, metadata(slo="HTTP-POST"))
    content = base64.b64encode(signed(leaving(here=SLO_HERE, name=name, index=index))).decode()
    where, fields = form_in(client.post("/saml/slo", {"SAMLRequest": content, "RelayState": "r"}))
    assert where == f"{settings.CONFIG.public_url}/saml/slo/suite"
    assert client.get("/").status_code == 200
    where, answered = form_in(client.post("/saml/slo/suite", fields))
    assert where == SLO
    root = etree.fromstring(base64.b64decode(answered["SAMLResponse"]))
    assert status_of(root) == "Success"
    assert root.find("ds:Signature", NS) is not None
    assert client.get("/").status_code == 302


def test_signing_out_here_is_told_by_soap(client: Client, nicolas: Account, told: Told) -> None:
    name, index = enter(client, metadata(slo="SOAP"))
    client.post("/deconnexion")
    told.work()
    address, content = told.documents[0]
    assert address == SLO
    body = etree.fromstring(content).find(".//p:LogoutRequest", NS)
    assert body.findtext("a:NameID", namespaces=NS) == name
    assert body.findtext("p:SessionIndex", namespaces=NS) == index
    assert body.find("ds:Signature", NS) is not None
    told.work()
    assert len(told.documents) == 1


def test_an_application_without_soap_is_told_through_the_browser(client: Client, nicolas: Account) -> None:
    enter(client)
    answer = client.post("/deconnexion")
    page = client.get(answer["Location"])
    text = page.content.decode()
    assert "Fédérée" in text
    assert f'<iframe class="vh" src="{SLO}?SAMLRequest=' in text
    assert "frame-src 'self' https://sp.example" in page["Content-Security-Policy"]


def test_the_answer_of_an_application_changes_nothing(client: Client, nicolas: Account) -> None:
    enter(client)
    assert client.get("/saml/slo?SAMLResponse=x").status_code == 200
    assert client.get("/").status_code == 200

"""The identity provider as a service provider meets it: in by redirect and form, out by a signed form."""

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from lxml import etree
from tests.access.signin.people import PASSWORD
from tests.access.signin.people import add_application as add_totp  # noqa: F401
from tests.access.sso.people import signs_in
from tests.access.sso.saml.service_provider import (
    CONSUMER,
    ENTITY,
    NS,
    asks,
    form_in,
    metadata,
    opened,
    query,
    registered,
    request,
    response_in,
    signed,
    xmlsec_believes,
)

from vaguemestre.access.sso.registry.models import Visit
from vaguemestre.access.sso.saml.http import current_pair
from vaguemestre.access.sso.saml.models import ProviderKey
from vaguemestre.people.credentials.models import Account

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> str:
    return f"{settings.CONFIG.public_url}/saml/sso"


def test_a_signed_answer_says_who_came_and_nothing_that_is_not_released(
    client: Client, nicolas: Account, here: str
) -> None:
    registered()
    signs_in(client)
    where, fields = form_in(asks(client, request(here=here), relay="http://sp.example/là?x=1"))
    assert where == CONSUMER
    assert fields["RelayState"] == "http://sp.example/là?x=1"
    root = etree.fromstring(base64.b64decode(fields["SAMLResponse"]))
    assert root.get("InResponseTo") == "_r1"
    assert root.get("Destination") == CONSUMER
    assertion = root.find("a:Assertion", NS)
    assert assertion is not None
    assert assertion.findtext(".//a:Audience", namespaces=NS) == ENTITY
    data = assertion.find(".//a:SubjectConfirmationData", NS)
    assert data.get("Recipient") == CONSUMER
    assert data.get("InResponseTo") == "_r1"
    assert assertion.find("a:AttributeStatement", NS) is None
    assert nicolas.username not in etree.tostring(root).decode()


def test_both_signatures_are_sha256_and_believed_by_another_implementation(
    client: Client, nicolas: Account, here: str, tmp_path: Path
) -> None:
    registered()
    signs_in(client)
    content = base64.b64decode(form_in(asks(client, request(here=here)))[1]["SAMLResponse"])
    certificate = current_pair().certificate
    assert xmlsec_believes(content, certificate, tmp_path, f"{NS['p']}:Response")
    root = etree.fromstring(content)
    algorithms = {one.get("Algorithm") for one in root.iter(f"{{{NS['ds']}}}SignatureMethod")}
    digests = {one.get("Algorithm") for one in root.iter(f"{{{NS['ds']}}}DigestMethod")}
    assert algorithms == {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"}
    assert digests == {"http://www.w3.org/2001/04/xmlenc#sha256"}
    assertion = etree.tostring(root.find("a:Assertion", NS))
    assert xmlsec_believes(assertion, certificate, tmp_path, f"{NS['a']}:Assertion")
    assert not xmlsec_believes(content.replace(b"_r1", b"_r2"), certificate, tmp_path, f"{NS['p']}:Response")


def test_attributes_go_out_by_their_registered_names(client: Client, nicolas: Account, here: str) -> None:
    registered(released=("uid", "mail", "FrEduRne", "supannCivilite", "eduPersonAffiliation"))
    signs_in(client)
    root = response_in(asks(client, request(here=here)))
    told = {
        one.get("Name"): [value.text for value in one.findall("a:AttributeValue", NS)]
        for one in root.iter(f"{{{NS['a']}}}Attribute")
    }
    assert told["urn:oid:0.9.2342.19200300.100.1.1"] == [nicolas.username]
    assert "employee" in told["urn:oid:1.3.6.1.4.1.5923.1.1.1.1"]


def test_an_assertion_is_for_its_reader_alone_when_the_metadata_have_a_key(
    client: Client, nicolas: Account, here: str, tmp_path: Path
) -> None:
    registered(metadata(encryption=True), released=("uid",))
    signs_in(client)
    root = response_in(asks(client, request(here=here)))
    assert root.find("a:Assertion", NS) is None
    assert nicolas.username not in etree.tostring(root).decode()
    assertion = opened(root)
    assert assertion.findtext(".//a:AttributeValue", namespaces=NS) == nicolas.username
    certificate = current_pair().certificate
    assert xmlsec_believes(etree.tostring(assertion), certificate, tmp_path, f"{NS['a']}:Assertion")


def name_in(root: etree._Element) -> tuple[str, str]:
    name = root.find(".//a:NameID", NS)
    assert name is not None
    return str(name.text), str(name.get("Format")).rpartition(":")[2]


def test_a_persistent_name_stays_and_is_another_elsewhere(
    client: Client, nicolas: Account, here: str
) -> None:
    registered()
    other = "https://autre.example/saml"
    registered(metadata(entity=other, acs="https://autre.example/acs"))
    signs_in(client)
    first = name_in(response_in(asks(client, request(here=here))))
    client.post("/deconnexion")
    signs_in(client)
    assert name_in(response_in(asks(client, request(here=here)))) == first
    elsewhere = request(here=here, issuer=other, acs="https://autre.example/acs")
    assert name_in(response_in(asks(client, elsewhere)))[0] != first[0]
    assert first[1] == "persistent"


def test_a_transient_name_lasts_a_visit(client: Client, nicolas: Account, here: str) -> None:
    registered()
    wanted = '<p:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient"/>'
    signs_in(client)
    first = name_in(response_in(asks(client, request(here=here, inside=wanted))))
    assert first[1] == "transient"
    assert name_in(response_in(asks(client, request(here=here, inside=wanted)))) == first
    client.post("/deconnexion")
    signs_in(client)
    assert name_in(response_in(asks(client, request(here=here, inside=wanted))))[0] != first[0]


def status_in(root: etree._Element) -> str:
    return [one.get("Value").rpartition(":")[2] for one in root.iter(f"{{{NS['p']}}}StatusCode")][-1]


@pytest.mark.parametrize(
    ("inside", "more", "status"),
    [
        (
            '<p:NameIDPolicy Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"/>',
            {},
            "InvalidNameIDPolicy",
        ),
        ("", {"IsPassive": "true"}, "NoPassive"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_signed_answer(
    client: Client, nicolas: Account, here: str, inside: str, more: dict[str, Any], status: str
) -> None:
    registered()
    root = response_in(asks(client, request(here=here, inside=inside, **more)))
    assert status_in(root) == status
    assert root.find("a:Assertion", NS) is None
    assert root.find("ds:Signature", NS) is not None
    assert not Visit.objects.exists()


def about(*names: str, more: str = "") -> str:
    """A Subject with NameIDs."""
    return f"<a:Subject>{''.join(f'<a:NameID>{name}</a:NameID>' for name in names)}{more}</a:Subject>"


@pytest.mark.parametrize(
    "inside",
    [
        about("pvasseur"),
        about("nmorel"),  # not released
        about(""),
        about("persistent", "pvasseur"),
        about("persistent") + about("pvasseur"),
        about("persistent", more='<a:SubjectConfirmation Method="urn:x"/>'),
        "<a:Subject><a:EncryptedID/></a:Subject>",
        "<a:Subject/>",
        about("x" * 300),
    ],
)
def test_a_request_about_somebody_else_is_not_answered_for_who_is_here(
    client: Client, nicolas: Account, here: str, inside: str
) -> None:
    registered()
    signs_in(client)
    persistent, _ = name_in(response_in(asks(client, request(here=here))))
    root = response_in(asks(client, request(here=here, inside=inside.replace("persistent", persistent))))
    assert status_in(root) == "UnknownPrincipal"
    assert root.find("a:Assertion", NS) is None
    assert root.find("ds:Signature", NS) is not None


def test_a_request_about_who_is_here_is_answered_by_any_name_it_was_given(
    client: Client, nicolas: Account, here: str
) -> None:
    registered(released=("uid",))
    signs_in(client)
    persistent, _ = name_in(response_in(asks(client, request(here=here))))
    wanted = '<p:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient"/>'
    transient, form = name_in(response_in(asks(client, request(here=here, inside=wanted))))
    assert form == "transient"
    for name in (transient, persistent, nicolas.username):
        answer = response_in(asks(client, request(here=here, inside=about(name))))
        assert name_in(answer)[0] == persistent, name


def test_who_signs_in_on_the_way_is_who_the_request_is_about(
    client: Client, nicolas: Account, here: str
) -> None:
    registered(released=("uid",))
    for name, is_answered in (("pvasseur", False), (nicolas.username, True)):
        answer = asks(client, request(here=here, inside=about(name)))
        back = dict(parse_qsl(urlsplit(answer["Location"]).query))["next"]
        sent = client.post("/alogin", {"username": nicolas.username, "secret": PASSWORD, "next": back})
        page = client.get(sent["Location"])
        onwards = page.content.decode().split("url=")[1].split('"')[0].replace("&amp;", "&")
        root = response_in(client.get(onwards))
        assert status_in(root) == ("Success" if is_answered else "UnknownPrincipal")
        client.post("/deconnexion")


def test_a_class_that_does_not_hold_is_not_claimed(client: Client, nicolas: Account, here: str) -> None:
    registered()
    signs_in(client)
    wanted = (
        "<p:RequestedAuthnContext><a:AuthnContextClassRef>https://refeds.org/profile/mfa"
        "</a:AuthnContextClassRef></p:RequestedAuthnContext>"
    )
    assert status_in(response_in(asks(client, request(here=here, inside=wanted)))) == "NoAuthnContext"


def test_a_form_is_answered_after_one_turn_that_brings_the_cookie(
    client: Client, nicolas: Account, here: str
) -> None:
    registered(metadata(signs=True))
    signs_in(client)
    content = base64.b64encode(signed(request(here=here))).decode()
    answer = client.post("/saml/sso", {"SAMLRequest": content, "RelayState": "x"})
    assert answer.status_code == 303
    where, fields = form_in(client.get(answer["Location"]))
    assert (where, fields["RelayState"]) == (CONSUMER, "x")


def test_somebody_unknown_signs_in_on_the_way(client: Client, nicolas: Account, here: str) -> None:
    registered()
    answer = asks(client, request(here=here), relay="x" * 500)
    assert answer["Location"].startswith("/alogin?next=")
    back = dict(parse_qsl(urlsplit(answer["Location"]).query))["next"]
    sent = client.post("/alogin", {"username": "nmorel", "secret": PASSWORD, "next": back})
    page = client.get(sent["Location"])
    onwards = page.content.decode().split("url=")[1].split('"')[0].replace("&amp;", "&")
    where, fields = form_in(client.get(onwards))
    assert where == CONSUMER
    assert fields["RelayState"] == "x" * 500


def test_force_authn_asks_again(client: Client, nicolas: Account, here: str) -> None:
    registered()
    signs_in(client)
    answer = asks(client, request(here=here, ForceAuthn="true"))
    assert answer.status_code == 302
    assert "confirmer=1" in answer["Location"]


def test_a_question_asked_from_another_browser_is_no_proof_in_this_one(
    client: Client, nicolas: Account, here: str
) -> None:
    registered()
    elsewhere = asks(Client(), request(here=here, ForceAuthn="true"))
    back = dict(parse_qsl(urlsplit(elsewhere["Location"]).query))["next"]
    signs_in(client)  # later, and for something else
    address = client.get(back).context["address"]
    assert "confirmer=1" in client.get(address)["Location"]


def test_the_portal_opens_an_application_that_has_no_door_of_its_own(
    client: Client, nicolas: Account
) -> None:
    client_id = registered()
    signs_in(client)
    root = response_in(client.get(f"/saml/ouvrir/{client_id}"))
    assert root.get("InResponseTo") is None
    assert client.get("/saml/ouvrir/inconnue").status_code == 404


def test_who_may_not_enter_gets_a_page_and_the_application_nothing(
    client: Client, nicolas: Account, here: str
) -> None:
    registered(categories=("DIRECTION",))
    signs_in(client)
    answer = asks(client, request(here=here))
    assert answer.status_code == 403
    assert "personnels de direction" in answer.content.decode()


def test_our_metadata_are_signed_and_say_what_is_done(client: Client, db: None, tmp_path: Path) -> None:
    content = client.get("/saml/metadata").content
    root = etree.fromstring(content)
    assert root.get("entityID") == f"{settings.CONFIG.public_url}/saml/metadata"
    assert xmlsec_believes(
        content, current_pair().certificate, tmp_path, "urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor"
    )
    listens = {
        (one.tag.rpartition("}")[2], one.get("Binding").rpartition("-")[2])
        for one in root.iter()
        if one.get("Binding")
    }
    assert listens == {
        ("SingleSignOnService", "Redirect"),
        ("SingleSignOnService", "POST"),
        ("SingleLogoutService", "Redirect"),
        ("SingleLogoutService", "POST"),
    }


def test_a_new_key_is_published_two_weeks_before_it_signs(client: Client, db: None) -> None:
    from unittest.mock import patch

    from django.utils import timezone

    from vaguemestre.access.sso.saml.services import rotate_pair, signing_pair
    from vaguemestre.people.credentials.ports import secret_keys

    client.get("/saml/metadata")
    now = timezone.now()
    rotate_pair(secret_keys.get(), "localhost", by="test", now=now)
    certificates = client.get("/saml/metadata").content.count(b"<ds:X509Certificate>")
    assert certificates == 3  # the signature's own, and the two keys
    assert signing_pair(secret_keys.get(), "localhost", now).number == 1
    assert signing_pair(secret_keys.get(), "localhost", now + timedelta(days=15)).number == 2
    with patch("django.utils.timezone.now", return_value=now + timedelta(days=15)):
        assert client.get("/saml/metadata").content.count(b"<ds:X509Certificate>") == 2
    assert b"PRIVATE" not in bytes(ProviderKey.objects.get(number=1).sealed)


def test_a_query_is_checked_as_it_came(client: Client, nicolas: Account, here: str) -> None:
    registered(metadata(signs=True))
    signs_in(client)
    assert asks(client, request(here=here), by="sp").status_code == 200
    lower = (
        query(request(here=here), by="sp").replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d")
    )
    assert (
        client.get(f"/saml/sso?{lower}").status_code == 400
    )  # another text: it was not that one that was signed

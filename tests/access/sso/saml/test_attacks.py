"""SAML attacks (OWASP SAML, SAML Security Considerations, docs/security.md §3.16): each one is refused.

Refused means: a page here, nothing to the application, no visit.
"""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from lxml import etree
from signxml.signer import XMLSigner
from tests.access.sso.people import signs_in
from tests.access.sso.saml.service_provider import (
    CONSUMER,
    ENTITY,
    NS,
    asks,
    form_in,
    key,
    leaving,
    metadata,
    packed,
    query,
    registered,
    request,
    response_in,
    signed,
)
from tests.answers import PageAnswer

from vaguemestre.access.sso.registry.models import Visit
from vaguemestre.access.sso.saml.rules.documents import MAX_MESSAGE_BYTES
from vaguemestre.people.credentials.models import Account

pytestmark = pytest.mark.django_db
HERE = f"{settings.CONFIG.public_url}/saml/sso"
SLO_HERE = f"{settings.CONFIG.public_url}/saml/slo"
DTD = b'<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = (
    b"<!DOCTYPE r ["
    + b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"ha") for n in range(9))
    + b"]>"
)


def posts(client: Client, content: bytes) -> PageAnswer:
    return client.post("/saml/sso", {"SAMLRequest": base64.b64encode(content).decode()})


def wrapped(place: Callable[[etree._Element, etree._Element], etree._Element]) -> bytes:
    """A good signed request moved inside, or beside, a forged one (XSW)."""
    good = etree.fromstring(signed(request(here=HERE, ID="_good")))
    evil = etree.fromstring(request(here=HERE, ID="_evil", acs=CONSUMER + "/deux"))
    return etree.tostring(place(good, evil))


def xsw_inside_extension(good: etree._Element, evil: etree._Element) -> etree._Element:
    etree.SubElement(evil, f"{{{NS['p']}}}Extensions").append(good)
    return evil


def xsw_signature_on_evil(good: etree._Element, evil: etree._Element) -> etree._Element:
    signature = good.find("ds:Signature", NS)
    good.remove(signature)
    evil.insert(1, signature)
    etree.SubElement(evil, f"{{{NS['p']}}}Extensions").append(good)
    return evil


def xsw_inside_signature_object(good: etree._Element, evil: etree._Element) -> etree._Element:
    signature = good.find("ds:Signature", NS)
    good.remove(signature)
    etree.SubElement(signature, f"{{{NS['ds']}}}Object").append(good)
    evil.insert(1, signature)
    return evil


def xsw_same_id(good: etree._Element, evil: etree._Element) -> etree._Element:
    evil.set("ID", "_good")
    return xsw_signature_on_evil(good, evil)


def xsw_evil_before(good: etree._Element, evil: etree._Element) -> etree._Element:
    good.insert(0, evil)
    return good


def xsw_evil_after(good: etree._Element, evil: etree._Element) -> etree._Element:
    good.append(evil)
    return good


def xsw_two_signatures(good: etree._Element, evil: etree._Element) -> etree._Element:
    evil = etree.fromstring(signed(etree.tostring(evil), "mallory"))
    etree.SubElement(evil, f"{{{NS['p']}}}Extensions").append(good)
    return evil


def xsw_in_another_namespace(good: etree._Element, evil: etree._Element) -> etree._Element:
    root = etree.Element("{urn:x}Wrapper", ID="_w")
    root.append(good)
    root.append(evil)
    return root


WRAPPINGS = [
    xsw_inside_extension,
    xsw_signature_on_evil,
    xsw_inside_signature_object,
    xsw_same_id,
    xsw_evil_before,
    xsw_evil_after,
    xsw_two_signatures,
    xsw_in_another_namespace,
]


@pytest.mark.parametrize("wrapping", WRAPPINGS, ids=lambda one: one.__name__)
def test_a_signature_is_of_the_whole_message_or_of_nothing(
    client: Client, nicolas: Account, wrapping: Callable[[etree._Element, etree._Element], etree._Element]
) -> None:
    registered(metadata(signs=True))
    signs_in(client)
    assert posts(client, wrapped(wrapping)).status_code == 400
    assert not Visit.objects.exists()


def unsigned_root_named_elsewhere() -> bytes:
    """A signature whose reference is another element than the root."""
    root = etree.fromstring(request(here=HERE))
    inner = etree.SubElement(root, f"{{{NS['p']}}}Extensions")
    inner.set("ID", "_inner")
    private, certificate = key("sp")
    from cryptography.hazmat.primitives.serialization import Encoding

    place = etree.Element(f"{{{NS['ds']}}}Signature", Id="placeholder")
    root.insert(1, place)
    pem = certificate.public_bytes(Encoding.PEM).decode()
    return etree.tostring(XMLSigner().sign(root, key=private, cert=pem, reference_uri="#_inner"))


def altered(content: bytes, before: bytes, after: bytes) -> bytes:
    assert before in content
    return content.replace(before, after, 1)


FORGED = {
    "unsigned": lambda: request(here=HERE),
    "signed-by-another": lambda: signed(request(here=HERE), "mallory"),
    "changed-after-signing": lambda: altered(signed(request(here=HERE)), b'ID="_r1"', b'ID="_r2"'),
    "issuer-changed-after-signing": lambda: altered(
        signed(request(here=HERE)), ENTITY.encode(), b"https://autre.example"
    ),
    "signature-emptied": lambda: altered(
        signed(request(here=HERE)), b"<ns0:SignatureValue>", b"<ns0:SignatureValue/><ns0:X>"
    ).replace(b"</ns0:SignatureValue>", b"</ns0:X>"),
    "digest-by-sha1-named": lambda: signed(request(here=HERE)).replace(
        b"http://www.w3.org/2001/04/xmlenc#sha256", b"http://www.w3.org/2000/09/xmldsig#sha1"
    ),
    "signature-by-sha1-named": lambda: signed(request(here=HERE)).replace(
        b"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", b"http://www.w3.org/2000/09/xmldsig#rsa-sha1"
    ),
    "signature-by-hmac-named": lambda: signed(request(here=HERE)).replace(
        b"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        b"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
    ),
    "transform-by-xslt": lambda: signed(request(here=HERE)).replace(
        b"http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        b"http://www.w3.org/TR/1999/REC-xslt-19991116",
    ),
    "reference-elsewhere": unsigned_root_named_elsewhere,
    "reference-outside": lambda: signed(request(here=HERE)).replace(
        b'URI="#_r1"', b'URI="http://mal.example/x"'
    ),
    "reference-file": lambda: signed(request(here=HERE)).replace(b'URI="#_r1"', b'URI="file:///etc/passwd"'),
}


@pytest.mark.parametrize("forged", FORGED, ids=str)
def test_a_forged_request_is_not_believed(client: Client, nicolas: Account, forged: str) -> None:
    registered(metadata(signs=True))
    signs_in(client)
    assert posts(client, FORGED[forged]()).status_code == 400
    assert not Visit.objects.exists()


UNREADABLE = {
    "document-type": DTD + request(here=HERE),
    "external-entity": DTD + request(here=HERE).replace(ENTITY.encode(), b"&e;"),
    "billion-laughs": LAUGHS + request(here=HERE).replace(ENTITY.encode(), b"&l8;"),
    "parameter-entity": b'<!DOCTYPE r [<!ENTITY % x SYSTEM "http://mal.example/x.dtd"> %x;]>'
    + request(here=HERE),
    "comment-in-issuer": request(here=HERE, issuer=f"{ENTITY}<!-- -->.mal.example"),
    "comment-before-issuer": request(here=HERE, issuer=f"<!-- x -->{ENTITY}"),
    "processing-instruction": request(here=HERE, inside="<?x y?>"),
    "element-in-issuer": request(here=HERE, issuer=f"{ENTITY}<x/>"),
    "utf-16": request(here=HERE).decode().encode("utf-16"),
    "not-xml": b"bonjour",
    "empty": b"",
    "two-roots": request(here=HERE) + request(here=HERE),
    "too-long": request(here=HERE, inside="<x>" + "a" * MAX_MESSAGE_BYTES + "</x>"),
    "too-deep": request(here=HERE, inside="<x>" * 5000 + "</x>" * 5000),
    "saml-1": request(here=HERE, Version="1.1"),
    "no-id": request(here=HERE, ID=""),
    "id-with-quotes": request(here=HERE, ID="a' or '1'='1"),
    "no-moment": request(here=HERE, IssueInstant="hier"),
    "a-response": request(here=HERE).replace(b"AuthnRequest", b"Response"),
}


@pytest.mark.parametrize("binding", ["form", "redirect"])
@pytest.mark.parametrize("ill", UNREADABLE, ids=str)
def test_what_is_not_a_plain_request_is_not_read(
    client: Client, nicolas: Account, ill: str, binding: str
) -> None:
    registered()
    signs_in(client)
    answer = posts(client, UNREADABLE[ill]) if binding == "form" else asks(client, UNREADABLE[ill])
    assert answer.status_code == 400
    assert "root:" not in answer.content.decode()
    assert not Visit.objects.exists()


MISSENT = {
    "another-destination": {"here": "https://autre.example/saml/sso"},
    "an-hour-old": {"here": HERE, "at": datetime.now(UTC) - timedelta(hours=1)},
    "an-hour-early": {"here": HERE, "at": datetime.now(UTC) + timedelta(hours=1)},
    "unknown-issuer": {"here": HERE, "issuer": "https://inconnu.example/saml"},
    "artifact-wanted": {
        "here": HERE,
        "ProtocolBinding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact",
    },
    "index-unknown": {"here": HERE, "acs": None, "AssertionConsumerServiceIndex": "7"},
}


@pytest.mark.parametrize("missent", MISSENT, ids=str)
def test_a_request_that_is_not_for_here_and_now_is_refused(
    client: Client, nicolas: Account, missent: str
) -> None:
    registered()
    signs_in(client)
    assert asks(client, request(**MISSENT[missent])).status_code == 400  # type: ignore[arg-type]
    assert not Visit.objects.exists()


def test_a_bomb_is_not_inflated(client: Client, nicolas: Account) -> None:
    registered()
    bomb = packed(b"<x>" + b"a" * 50_000_000)
    from urllib.parse import quote

    assert client.get(f"/saml/sso?SAMLRequest={quote(bomb, safe='')}").status_code == 400


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda text: text.replace("SAMLRequest=", "SAMLRequest=x&SAMLRequest="),
        lambda text: text + "&RelayState=autre",
        lambda text: text.replace("RelayState=ici", "RelayState=ailleurs"),
        lambda text: text.partition("&Signature=")[0] + "&Signature=AAAA",
        lambda text: text.partition("&Signature=")[0] + "&Signature=*",
        lambda text: text.partition("&SigAlg=")[0],
        lambda text: text + "&SAMLEncoding=urn:x",
    ],
    ids=["twice", "relay-added", "relay-changed", "other", "not-base64", "stripped", "encoding"],
)
def test_a_spoilt_query_is_not_believed(
    client: Client, nicolas: Account, spoilt: Callable[[str], str]
) -> None:
    registered(metadata(signs=True))
    signs_in(client)
    text = query(request(here=HERE), by="sp", relay="ici")
    assert client.get(f"/saml/sso?{text}").status_code == 200
    assert client.get(f"/saml/sso?{spoilt(text)}").status_code == 400


@pytest.mark.parametrize(
    ("by", "algorithm"),
    [
        ("mallory", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
        ("sp", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
    ],
    ids=["another-key", "sha1"],
)
def test_a_wrong_signature_is_never_ignored(
    client: Client, nicolas: Account, by: str, algorithm: str
) -> None:
    """Even from an application that need not sign."""
    registered()
    signs_in(client)
    assert client.get(f"/saml/sso?{query(request(here=HERE), by=by, algorithm=algorithm)}").status_code == 400


def test_a_relay_state_goes_back_as_it_came_and_leads_nowhere(client: Client, nicolas: Account) -> None:
    registered()
    signs_in(client)
    hostile = '"><script>alert(1)</script>\r\nLocation: https://mal.example'
    where, fields = form_in(asks(client, request(here=HERE), relay=hostile))
    assert where == CONSUMER
    assert fields["RelayState"] == hostile
    assert asks(client, request(here=HERE), relay="x" * 1000).status_code == 400


@pytest.mark.parametrize("name", ["%52elayState", "RelayState%00", "Relay%53tate"])
def test_a_relay_state_that_was_not_signed_is_not_added_under_another_spelling(
    client: Client, nicolas: Account, name: str
) -> None:
    registered(metadata(signs=True))
    signs_in(client)
    text = query(request(here=HERE), by="sp")
    assert client.get(f"/saml/sso?{text}").status_code == 200
    answer = client.get(f"/saml/sso?{text}&{name}=ailleurs")
    assert answer.status_code == 400 or "RelayState" not in form_in(answer)[1]


def test_an_answer_cannot_be_had_for_another_reader(client: Client, nicolas: Account) -> None:
    """Its audience, recipient and request are inside what is signed."""
    registered()
    signs_in(client)
    root = response_in(asks(client, request(here=HERE)))
    assertion = root.find("a:Assertion", NS)
    for path, name in (
        ("a:Issuer", None),
        (".//a:Audience", None),
        (".//a:SubjectConfirmationData", "Recipient"),
    ):
        found = assertion.find(path, NS)
        assert found is not None
        assert found.get(name) if name else found.text
    ends = datetime.fromisoformat(assertion.find("a:Conditions", NS).get("NotOnOrAfter"))
    assert ends - datetime.now(UTC) < timedelta(minutes=3)


def inside(client: Client) -> tuple[str, str]:
    """(name, index) of whoever just entered."""
    registered()
    signs_in(client)
    root = response_in(asks(client, request(here=HERE)))
    return str(root.findtext(".//a:NameID", namespaces=NS)), root.find(".//a:AuthnStatement", NS).get(
        "SessionIndex"
    )


LEAVING = {
    "unsigned": lambda name, index: query(leaving(here=SLO_HERE, name=name, index=index)),
    "signed-by-another": lambda name, index: query(
        leaving(here=SLO_HERE, name=name, index=index), by="mallory"
    ),
    "elsewhere": lambda name, index: query(
        leaving(here="https://autre.example/slo", name=name, index=index), by="sp"
    ),
    "over": lambda name, index: query(
        leaving(here=SLO_HERE, name=name, index=index, NotOnOrAfter="2020-01-01T00:00:00Z"), by="sp"
    ),
    "old": lambda name, index: query(
        leaving(here=SLO_HERE, name=name, index=index, IssueInstant="2020-01-01T00:00:00Z"), by="sp"
    ),
}


@pytest.mark.parametrize("how", LEAVING, ids=str)
def test_nobody_is_signed_out_by_a_request_that_is_not_believed(
    client: Client, nicolas: Account, how: str
) -> None:
    name, index = inside(client)
    assert client.get(f"/saml/slo?{LEAVING[how](name, index)}").status_code == 400
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(("name", "index"), [("_autre", ""), ("", "autre")])
def test_a_sign_out_that_names_somebody_else_ends_nothing(
    client: Client, nicolas: Account, name: str, index: str
) -> None:
    known, _ = inside(client)
    answer = client.get(
        f"/saml/slo?{query(leaving(here=SLO_HERE, name=name or known, index=index), by='sp')}"
    )
    assert answer.status_code == 302
    assert answer["Location"].startswith("https://sp.example/saml/slo?SAMLResponse=")
    assert client.get("/").status_code == 200

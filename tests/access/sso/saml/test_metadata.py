"""Metadata that come in: one service provider or an aggregate, signed or not, never more than is read."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone
from lxml import etree
from signxml.algorithms import SignatureConstructionMethod
from signxml.signer import XMLSigner
from tests.access.sso.saml.service_provider import CONSUMER, ENTITY, key, metadata, registered

from vaguemestre.access.sso.registry.queries import find_application
from vaguemestre.access.sso.saml.queries import peer_of
from vaguemestre.access.sso.saml.rules import metadata as rules
from vaguemestre.access.sso.saml.rules.documents import MalformedMessage
from vaguemestre.access.sso.saml.rules.metadata import read_metadata
from vaguemestre.access.sso.saml.rules.signatures import InvalidSignatureError
from vaguemestre.access.sso.saml.services import register_provider
from vaguemestre.foundation.kernel.errors import Refusal

MD = "urn:oasis:names:tc:SAML:2.0:metadata"


def aggregate(count: int, **more: str) -> bytes:
    root = etree.Element(f"{{{MD}}}EntitiesDescriptor", ID="_all", **more)
    for number in range(count):
        entity = f"https://sp{number}.example/saml"
        root.append(etree.fromstring(metadata(entity=entity, acs=f"https://sp{number}.example/acs")))
    return etree.tostring(root)


def signed(content: bytes, by: str) -> bytes:
    private, certificate = key(by)
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped, c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"
    )
    pem = certificate.public_bytes(Encoding.PEM).decode()
    return etree.tostring(
        signer.sign(etree.fromstring(content), key=private, cert=pem, reference_uri="#_all")
    )


def der(by: str) -> bytes:
    return key(by)[1].public_bytes(Encoding.DER)


def test_a_service_provider_is_read_as_described() -> None:
    (found,) = read_metadata(metadata(encryption=True, signs=True), timezone.now())
    assert found.entity_id == ENTITY
    assert [one.address for one in found.consumers] == [CONSUMER, f"{CONSUMER}/deux"]
    assert found.name == "Fédérée"
    assert found.signs_requests
    assert found.encryption in found.signing
    assert found.wanted == ("mail",)


def test_an_aggregate_is_believed_by_its_signature() -> None:
    now = timezone.now()
    content = signed(aggregate(3), "federation")
    assert len(read_metadata(content, now, der("federation"))) == 3
    with pytest.raises(InvalidSignatureError):
        read_metadata(content, now, der("mallory"))
    with pytest.raises(InvalidSignatureError):
        read_metadata(aggregate(3), now, der("federation"))
    with pytest.raises(InvalidSignatureError):
        read_metadata(content.replace(b"sp1.example/acs", b"mal.example/acs"), now, der("federation"))


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE x [<!ENTITY e "x">]>' + metadata(),
        b"<x/>",
        b"bonjour",
        metadata().replace(b"entityID=", b'validUntil="2020-01-01T00:00:00Z" entityID='),
        metadata().replace(b"<ds:X509Certificate>", b"<ds:X509Certificate>AAAA"),
        metadata(entity="x" * 1025),
    ],
    ids=["document-type", "something-else", "not-xml", "over", "certificate", "name-too-long"],
)
def test_what_is_wrong_is_not_read(content: bytes) -> None:
    with pytest.raises(MalformedMessage):
        read_metadata(content, timezone.now())


def test_more_than_a_federation_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MAX_ENTITIES", 2)
    with pytest.raises(MalformedMessage, match="too many"):
        read_metadata(aggregate(3), timezone.now())
    monkeypatch.setattr("vaguemestre.access.sso.saml.rules.documents.MAX_METADATA_BYTES", 1000)
    with pytest.raises(MalformedMessage, match="too long"):
        read_metadata(metadata(), timezone.now())


@pytest.mark.django_db
def test_what_was_decided_stays_when_metadata_are_read_again() -> None:
    client_id = registered(released=("mail",), name="Renommée")
    now = timezone.now() + timedelta(days=1)
    (moved,) = read_metadata(metadata(acs="https://sp.example/nouveau"), now)
    assert register_provider(moved, by="test", now=now) == client_id
    application = find_application(client_id)
    assert application is not None
    assert (application.name, application.released) == ("Renommée", ("mail",))
    assert application.addresses == ("https://sp.example/nouveau", "https://sp.example/nouveau/deux")


@pytest.mark.django_db
def test_what_is_asked_for_is_not_what_is_given() -> None:
    application = find_application(registered())
    assert application is not None
    assert application.released == ()


@pytest.mark.django_db
@pytest.mark.parametrize("acs", ["http://mal.example/acs", "javascript:alert(1)", "https://*.example/"])
def test_a_consumer_that_could_lead_elsewhere_is_not_written_down(acs: str) -> None:
    with pytest.raises(Refusal, match="address-not-allowed"):
        registered(metadata(acs=acs))


@pytest.mark.django_db
def test_an_entity_has_one_name_here() -> None:
    client_id = registered()
    (found,) = read_metadata(metadata(), timezone.now())
    with pytest.raises(Refusal, match="entity-taken"):
        register_provider(found, client_id="autre-nom", by="test", now=timezone.now())
    assert peer_of(client_id) is not None

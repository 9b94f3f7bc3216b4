"""Metadata read (one service provider, or a federation's aggregate) and written (SAML metadata §2)."""

import base64
import binascii
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from cryptography import x509
from lxml import etree

from vaguemestre.access.sso.saml.rules.documents import Element, NotRead, parse_metadata
from vaguemestre.access.sso.saml.rules.message_builder import fresh_id, moment
from vaguemestre.access.sso.saml.rules.names import BY_OID, DS, MD, MDUI, SAMLP, XML, tag
from vaguemestre.access.sso.saml.rules.signatures import verified
from vaguemestre.access.sso.saml.values import Binding, Described, Endpoint, Format, Provider, SigningPair

MOST_ENTITIES = 20_000
_MOST_ENDPOINTS = 60
_LONGEST_ID = 1024
_KEPT = timedelta(days=7)


def read_metadata(content: bytes, now: datetime, certificate: bytes = b"") -> list[Described]:
    """The service providers described. With `certificate` (DER), only what it signed is read.

    Raises NotRead (also for metadata that are over), NotSigned.
    """
    root = parse_metadata(content)
    if certificate:
        root = verified(root, [certificate])
    if root.tag not in (tag(MD, "EntityDescriptor"), tag(MD, "EntitiesDescriptor")):
        raise NotRead("not SAML metadata")
    _check_current(root, now)
    found: list[Described] = []
    for number, entity in enumerate(root.iter(tag(MD, "EntityDescriptor"))):
        if number >= MOST_ENTITIES:
            raise NotRead("too many entities")
        _check_current(entity, now)
        role = entity.find(tag(MD, "SPSSODescriptor"))
        if role is not None and SAMLP in role.get("protocolSupportEnumeration", "").split():
            found.append(_described(entity, role))
    return found


def read_provider(content: bytes, now: datetime) -> Provider:
    """The one identity provider described. Raises NotRead, also when there is none, or several."""
    root = parse_metadata(content)
    _check_current(root, now)
    known = [
        (entity, role)
        for entity in root.iter(tag(MD, "EntityDescriptor"))
        for role in entity.findall(tag(MD, "IDPSSODescriptor"))
        if SAMLP in role.get("protocolSupportEnumeration", "").split()
    ]
    if len(known) != 1:
        raise NotRead("these metadata describe no identity provider, or several")
    entity, role = known[0]
    _check_current(entity, now)
    doors = [one for one in _endpoints(role, "SingleSignOnService") if one.binding == Binding.REDIRECT]
    found = Provider(
        entity.get("entityID", ""),
        doors[0].address if doors else "",
        tuple(dict.fromkeys(_certificates(role, "signing"))),
    )
    if not found.entity_id or not found.address or not found.signing:
        raise NotRead("a name, a door by redirect and a certificate are needed")
    return found


def write_consumer(
    here: str, consumer: str, name: str, pairs: Sequence[SigningPair], now: datetime
) -> Element:
    """Ours where we ask another provider, unsigned."""
    root = etree.Element(tag(MD, "EntityDescriptor"), nsmap={"md": MD, "ds": DS, "mdui": MDUI})
    root.attrib.update({"ID": fresh_id(), "entityID": here, "validUntil": moment(now + _KEPT)})
    role = etree.SubElement(root, tag(MD, "SPSSODescriptor"))
    role.attrib.update({"protocolSupportEnumeration": SAMLP})
    role.attrib.update({"AuthnRequestsSigned": "true", "WantAssertionsSigned": "true"})
    _shown(role, name, pairs)
    etree.SubElement(role, tag(MD, "NameIDFormat")).text = Format.PERSISTENT.value
    service = etree.SubElement(role, tag(MD, "AssertionConsumerService"))
    service.attrib.update({"Binding": Binding.POST.value, "Location": consumer})
    service.attrib.update({"index": "0", "isDefault": "true"})
    return root


def write_metadata(
    here: str, paths: dict[str, str], name: str, pairs: Sequence[SigningPair], now: datetime
) -> Element:
    """Ours, unsigned. `paths`: `sso` and `slo`, absolute. Every pair is published, the next one too."""
    root = etree.Element(tag(MD, "EntityDescriptor"), nsmap={"md": MD, "ds": DS, "mdui": MDUI})
    root.attrib.update({"ID": fresh_id(), "entityID": here, "validUntil": moment(now + _KEPT)})
    role = etree.SubElement(root, tag(MD, "IDPSSODescriptor"))
    role.attrib.update({"protocolSupportEnumeration": SAMLP, "WantAuthnRequestsSigned": "false"})
    _shown(role, name, pairs)
    for binding in (Binding.REDIRECT, Binding.POST):
        service = etree.SubElement(role, tag(MD, "SingleLogoutService"))
        service.attrib.update({"Binding": binding.value, "Location": paths["slo"]})
    for form in Format:
        etree.SubElement(role, tag(MD, "NameIDFormat")).text = form.value
    for binding in (Binding.REDIRECT, Binding.POST):
        service = etree.SubElement(role, tag(MD, "SingleSignOnService"))
        service.attrib.update({"Binding": binding.value, "Location": paths["sso"]})
    return root


def _shown(role: Element, name: str, pairs: Sequence[SigningPair]) -> None:
    """How it is called, and the keys it signs with."""
    shown = etree.SubElement(etree.SubElement(role, tag(MD, "Extensions")), tag(MDUI, "UIInfo"))
    etree.SubElement(shown, tag(MDUI, "DisplayName"), {tag(XML, "lang"): "fr"}).text = name
    for pair in pairs:
        key = etree.SubElement(role, tag(MD, "KeyDescriptor"), use="signing")
        data = etree.SubElement(etree.SubElement(key, tag(DS, "KeyInfo")), tag(DS, "X509Data"))
        etree.SubElement(data, tag(DS, "X509Certificate")).text = _bare(pair.certificate)


def _described(entity: Element, role: Element) -> Described:
    entity_id = entity.get("entityID", "")
    if not entity_id or len(entity_id) > _LONGEST_ID:
        raise NotRead("an entity has no name, or one too long")
    return Described(
        entity_id=entity_id,
        consumers=tuple(_endpoints(role, "AssertionConsumerService")),
        sign_outs=tuple(_endpoints(role, "SingleLogoutService")),
        signing=tuple(dict.fromkeys(_certificates(role, "signing"))),
        encryption=next(_certificates(role, "encryption"), b""),
        formats=tuple(_said(one) for one in role.findall(tag(MD, "NameIDFormat"))),
        signs_requests=role.get("AuthnRequestsSigned", "") in ("true", "1"),
        name=_in_french(role, "DisplayName", entity)[:80],
        description=_in_french(role, "Description", entity)[:160],
        home=_in_french(role, "InformationURL", entity),
        contact=_contact(entity),
        wanted=tuple(dict.fromkeys(_wanted(role))),
    )


def _endpoints(role: Element, name: str) -> Iterator[Endpoint]:
    for number, one in enumerate(role.findall(tag(MD, name))[:_MOST_ENDPOINTS]):
        index = one.get("index", str(number))
        yield Endpoint(
            binding=one.get("Binding", ""),
            address=one.get("Location", ""),
            answers=one.get("ResponseLocation", ""),
            index=int(index) if index.isascii() and index.isdigit() and len(index) < 6 else number,
            is_default=one.get("isDefault", "") in ("true", "1"),
        )


def _certificates(role: Element, use: str) -> Iterator[bytes]:
    """DER. A key without a stated use serves both (metadata §2.4.1.1)."""
    for key in role.findall(tag(MD, "KeyDescriptor")):
        if key.get("use", use) != use:
            continue
        for one in key.iter(tag(DS, "X509Certificate")):
            try:
                der = base64.b64decode("".join(_said(one).split()), validate=True)
                x509.load_der_x509_certificate(der).public_key()
            except (binascii.Error, ValueError, TypeError) as error:
                raise NotRead("a certificate cannot be read") from error
            yield der


def _wanted(role: Element) -> Iterator[str]:
    for one in role.iter(tag(MD, "RequestedAttribute")):
        name = one.get("Name", "")
        yield BY_OID.get(name, name)


def _in_french(role: Element, name: str, entity: Element) -> str:
    """What the interface says of itself, in French if it does, else the first said."""
    found = list(role.iter(tag(MDUI, name)))
    if name == "DisplayName":
        found += list(role.iter(tag(MD, "ServiceName"))) + list(
            entity.iter(tag(MD, "OrganizationDisplayName"))
        )
    if not found:
        return ""
    french = [one for one in found if one.get(tag(XML, "lang")) == "fr"]
    return _said((french or found)[0])


def _contact(entity: Element) -> str:
    for kind in ("support", "technical", "administrative"):
        for person in entity.findall(tag(MD, "ContactPerson")):
            address = person.find(tag(MD, "EmailAddress"))
            if person.get("contactType") == kind and address is not None:
                return _said(address).removeprefix("mailto:")[:160]
    return ""


def _check_current(element: Element, now: datetime) -> None:
    until = element.get("validUntil")
    if until is None:
        return
    try:
        ends = datetime.fromisoformat(until)
    except ValueError as error:
        raise NotRead("validUntil is not a moment") from error
    if (ends if ends.tzinfo else ends.replace(tzinfo=UTC)) <= now:
        raise NotRead("these metadata are over")


def _said(element: Element) -> str:
    return (element.text or "").strip()


def _bare(pem: bytes) -> str:
    return "".join(line for line in pem.decode().splitlines() if "CERTIFICATE" not in line)

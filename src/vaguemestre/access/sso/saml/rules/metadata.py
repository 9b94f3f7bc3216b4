"""Metadata: parse one provider or a federation's aggregate, and build ours (SAML metadata §2)."""

import base64
import binascii
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from cryptography import x509
from lxml import etree

from vaguemestre.access.sso.saml.rules.documents import Element, MalformedMessage, parse_metadata
from vaguemestre.access.sso.saml.rules.message_builder import new_id, xml_time
from vaguemestre.access.sso.saml.rules.names import BY_OID, DS, MD, MDUI, SAMLP, XML, tag
from vaguemestre.access.sso.saml.rules.signatures import verify
from vaguemestre.access.sso.saml.values import (
    Binding,
    Endpoint,
    Format,
    IdentityProvider,
    ServiceProvider,
    SigningPair,
)

MAX_ENTITIES = 20_000
_MAX_ENDPOINTS = 60
_MAX_ID_CHARACTERS = 1024
_VALIDITY = timedelta(days=7)


def read_metadata(content: bytes, now: datetime, certificate: bytes = b"") -> list[ServiceProvider]:
    """The service providers described. With `certificate` (DER), the metadata must be signed by it.

    Raises MalformedMessage (also for expired metadata), InvalidSignatureError.
    """
    root = parse_metadata(content)
    if certificate:
        root = verify(root, [certificate])
    if root.tag not in (tag(MD, "EntityDescriptor"), tag(MD, "EntitiesDescriptor")):
        raise MalformedMessage("not SAML metadata")
    _check_current(root, now)
    providers: list[ServiceProvider] = []
    for number, entity in enumerate(root.iter(tag(MD, "EntityDescriptor"))):
        if number >= MAX_ENTITIES:
            raise MalformedMessage("too many entities")
        _check_current(entity, now)
        role = entity.find(tag(MD, "SPSSODescriptor"))
        if role is not None and SAMLP in role.get("protocolSupportEnumeration", "").split():
            providers.append(_service_provider(entity, role))
    return providers


def read_identity_provider(content: bytes, now: datetime) -> IdentityProvider:
    """The identity provider described. Raises MalformedMessage, also if there is none or several."""
    root = parse_metadata(content)
    _check_current(root, now)
    roles = [
        (entity, role)
        for entity in root.iter(tag(MD, "EntityDescriptor"))
        for role in entity.findall(tag(MD, "IDPSSODescriptor"))
        if SAMLP in role.get("protocolSupportEnumeration", "").split()
    ]
    if len(roles) != 1:
        raise MalformedMessage("these metadata describe no identity provider, or several")
    entity, role = roles[0]
    _check_current(entity, now)
    endpoints = _endpoints(role, "SingleSignOnService")
    redirects = [endpoint for endpoint in endpoints if endpoint.binding == Binding.REDIRECT]
    provider = IdentityProvider(
        entity.get("entityID", ""),
        redirects[0].address if redirects else "",
        tuple(dict.fromkeys(_certificates(role, "signing"))),
    )
    if not provider.entity_id or not provider.address or not provider.signing:
        raise MalformedMessage("an entityID, a redirect endpoint and a certificate are needed")
    return provider


def build_sp_metadata(
    here: str, consumer: str, name: str, pairs: Sequence[SigningPair], now: datetime
) -> Element:
    """Our metadata as a service provider of another identity provider, unsigned."""
    root = etree.Element(tag(MD, "EntityDescriptor"), nsmap={"md": MD, "ds": DS, "mdui": MDUI})
    root.attrib.update({"ID": new_id(), "entityID": here, "validUntil": xml_time(now + _VALIDITY)})
    role = etree.SubElement(root, tag(MD, "SPSSODescriptor"))
    role.attrib.update({"protocolSupportEnumeration": SAMLP})
    role.attrib.update({"AuthnRequestsSigned": "true", "WantAssertionsSigned": "true"})
    _add_name_and_keys(role, name, pairs)
    etree.SubElement(role, tag(MD, "NameIDFormat")).text = Format.PERSISTENT.value
    service = etree.SubElement(role, tag(MD, "AssertionConsumerService"))
    service.attrib.update({"Binding": Binding.POST.value, "Location": consumer})
    service.attrib.update({"index": "0", "isDefault": "true"})
    return root


def build_idp_metadata(
    here: str, paths: dict[str, str], name: str, pairs: Sequence[SigningPair], now: datetime
) -> Element:
    """Our metadata as identity provider, unsigned. `paths`: absolute addresses of `sso` and `slo`."""
    root = etree.Element(tag(MD, "EntityDescriptor"), nsmap={"md": MD, "ds": DS, "mdui": MDUI})
    root.attrib.update({"ID": new_id(), "entityID": here, "validUntil": xml_time(now + _VALIDITY)})
    role = etree.SubElement(root, tag(MD, "IDPSSODescriptor"))
    role.attrib.update({"protocolSupportEnumeration": SAMLP, "WantAuthnRequestsSigned": "false"})
    _add_name_and_keys(role, name, pairs)
    for binding in (Binding.REDIRECT, Binding.POST):
        service = etree.SubElement(role, tag(MD, "SingleLogoutService"))
        service.attrib.update({"Binding": binding.value, "Location": paths["slo"]})
    for form in Format:
        etree.SubElement(role, tag(MD, "NameIDFormat")).text = form.value
    for binding in (Binding.REDIRECT, Binding.POST):
        service = etree.SubElement(role, tag(MD, "SingleSignOnService"))
        service.attrib.update({"Binding": binding.value, "Location": paths["sso"]})
    return root


def _add_name_and_keys(role: Element, name: str, pairs: Sequence[SigningPair]) -> None:
    """Add the display name and the signing keys."""
    ui_info = etree.SubElement(etree.SubElement(role, tag(MD, "Extensions")), tag(MDUI, "UIInfo"))
    etree.SubElement(ui_info, tag(MDUI, "DisplayName"), {tag(XML, "lang"): "fr"}).text = name
    for pair in pairs:
        key = etree.SubElement(role, tag(MD, "KeyDescriptor"), use="signing")
        data = etree.SubElement(etree.SubElement(key, tag(DS, "KeyInfo")), tag(DS, "X509Data"))
        etree.SubElement(data, tag(DS, "X509Certificate")).text = _pem_body(pair.certificate)


def _service_provider(entity: Element, role: Element) -> ServiceProvider:
    entity_id = entity.get("entityID", "")
    if not entity_id or len(entity_id) > _MAX_ID_CHARACTERS:
        raise MalformedMessage("an entity has no name, or one too long")
    return ServiceProvider(
        entity_id=entity_id,
        consumers=tuple(_endpoints(role, "AssertionConsumerService")),
        sign_outs=tuple(_endpoints(role, "SingleLogoutService")),
        signing=tuple(dict.fromkeys(_certificates(role, "signing"))),
        encryption=next(_certificates(role, "encryption"), b""),
        formats=tuple(_text(element) for element in role.findall(tag(MD, "NameIDFormat"))),
        signs_requests=role.get("AuthnRequestsSigned", "") in ("true", "1"),
        name=_in_french(role, "DisplayName", entity)[:80],
        description=_in_french(role, "Description", entity)[:160],
        home=_in_french(role, "InformationURL", entity),
        contact=_contact(entity),
        wanted=tuple(dict.fromkeys(_requested_attributes(role))),
    )


def _endpoints(role: Element, name: str) -> Iterator[Endpoint]:
    for number, element in enumerate(role.findall(tag(MD, name))[:_MAX_ENDPOINTS]):
        index = element.get("index", str(number))
        yield Endpoint(
            binding=element.get("Binding", ""),
            address=element.get("Location", ""),
            answers=element.get("ResponseLocation", ""),
            index=int(index) if index.isascii() and index.isdigit() and len(index) < 6 else number,
            is_default=element.get("isDefault", "") in ("true", "1"),
        )


def _certificates(role: Element, use: str) -> Iterator[bytes]:
    """Certificates (DER) of that use. A key without a use serves both (metadata §2.4.1.1)."""
    for key in role.findall(tag(MD, "KeyDescriptor")):
        if key.get("use", use) != use:
            continue
        for element in key.iter(tag(DS, "X509Certificate")):
            try:
                der = base64.b64decode("".join(_text(element).split()), validate=True)
                x509.load_der_x509_certificate(der).public_key()
            except (binascii.Error, ValueError, TypeError) as error:
                raise MalformedMessage("a certificate cannot be read") from error
            yield der


def _requested_attributes(role: Element) -> Iterator[str]:
    for element in role.iter(tag(MD, "RequestedAttribute")):
        name = element.get("Name", "")
        yield BY_OID.get(name, name)


def _in_french(role: Element, name: str, entity: Element) -> str:
    """A text of the user interface extension, in French if available, else the first one."""
    elements = list(role.iter(tag(MDUI, name)))
    if name == "DisplayName":
        elements += list(role.iter(tag(MD, "ServiceName"))) + list(
            entity.iter(tag(MD, "OrganizationDisplayName"))
        )
    if not elements:
        return ""
    french = [element for element in elements if element.get(tag(XML, "lang")) == "fr"]
    return _text((french or elements)[0])


def _contact(entity: Element) -> str:
    for kind in ("support", "technical", "administrative"):
        for person in entity.findall(tag(MD, "ContactPerson")):
            address = person.find(tag(MD, "EmailAddress"))
            if person.get("contactType") == kind and address is not None:
                return _text(address).removeprefix("mailto:")[:160]
    return ""


def _check_current(element: Element, now: datetime) -> None:
    until = element.get("validUntil")
    if until is None:
        return
    try:
        ends = datetime.fromisoformat(until)
    except ValueError as error:
        raise MalformedMessage("validUntil is not a moment") from error
    if (ends if ends.tzinfo else ends.replace(tzinfo=UTC)) <= now:
        raise MalformedMessage("these metadata are over")


def _text(element: Element) -> str:
    return (element.text or "").strip()


def _pem_body(pem: bytes) -> str:
    return "".join(line for line in pem.decode().splitlines() if "CERTIFICATE" not in line)

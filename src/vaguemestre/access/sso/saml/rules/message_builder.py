"""Unsigned messages (SAML core §2, §3.3, §3.7)."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lxml import etree

from vaguemestre.access.sso.registry.rules.release import AttributeValue
from vaguemestre.access.sso.saml.rules.documents import Element
from vaguemestre.access.sso.saml.rules.names import BEARER, BY_NAME, BY_URI, OIDS, SAML, SAMLP, SOAP, tag
from vaguemestre.access.sso.saml.values import Format, Status

ASSERTION_LIFE = timedelta(minutes=2)
_BEFORE = timedelta(minutes=2)  # for receivers whose clock is late
_UNWRITABLE = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACES = {"samlp": SAMLP, "saml": SAML}


@dataclass(frozen=True, slots=True)
class Statement:
    """The content of an assertion."""

    issuer: str
    audience: str
    recipient: str
    in_response_to: str
    name_id: str
    format: Format
    session_index: str
    signed_in_at: datetime
    context: str
    attributes: Mapping[str, AttributeValue]
    session_ends_at: datetime


def new_id() -> str:
    """A random message ID (an NCName)."""
    return f"_{secrets.token_hex(20)}"


def build_assertion(statement: Statement, now: datetime) -> Element:
    """An Assertion (core §2.3.3)."""
    root = etree.Element(tag(SAML, "Assertion"), nsmap={"saml": SAML})
    root.attrib.update({"ID": new_id(), "Version": "2.0", "IssueInstant": xml_time(now)})
    _text(root, SAML, "Issuer", statement.issuer)
    ends = xml_time(now + ASSERTION_LIFE)
    subject = etree.SubElement(root, tag(SAML, "Subject"))
    name = _text(subject, SAML, "NameID", statement.name_id)
    name.attrib.update({"Format": statement.format.value, "SPNameQualifier": statement.audience})
    confirmed = etree.SubElement(subject, tag(SAML, "SubjectConfirmation"), Method=BEARER)
    data = etree.SubElement(confirmed, tag(SAML, "SubjectConfirmationData"))
    data.attrib.update({"NotOnOrAfter": ends, "Recipient": statement.recipient})
    if statement.in_response_to:
        data.set("InResponseTo", statement.in_response_to)
    conditions = etree.SubElement(root, tag(SAML, "Conditions"))
    conditions.attrib.update({"NotBefore": xml_time(now - _BEFORE), "NotOnOrAfter": ends})
    restriction = etree.SubElement(conditions, tag(SAML, "AudienceRestriction"))
    _text(restriction, SAML, "Audience", statement.audience)
    _authentication(root, statement)
    _attributes(root, statement.attributes)
    return root


def build_response(
    issuer: str, destination: str, in_response_to: str, now: datetime, *, status: Status = Status.SUCCESS
) -> Element:
    """A Response, to which an assertion is appended."""
    root = _message("Response", issuer, destination, now)
    if in_response_to:
        root.set("InResponseTo", in_response_to)
    _status(root, status)
    return root


def logout_response(
    issuer: str, destination: str, in_response_to: str, now: datetime, *, status: Status = Status.SUCCESS
) -> Element:
    root = _message("LogoutResponse", issuer, destination, now)
    root.set("InResponseTo", in_response_to)
    _status(root, status)
    return root


def logout_request(issuer: str, destination: str, name_id: str, index: str, now: datetime) -> Element:
    root = _message("LogoutRequest", issuer, destination, now)
    root.set("NotOnOrAfter", xml_time(now + ASSERTION_LIFE))
    _text(root, SAML, "NameID", name_id)
    _text(root, SAMLP, "SessionIndex", index)
    return root


def set_name_format(root: Element, form: Format, audience: str) -> Element:
    """Set the NameID's format and qualifier to those it was issued with."""
    name = root.find(tag(SAML, "NameID"))
    if name is not None:
        name.attrib.update({"Format": form.value, "SPNameQualifier": audience})
    return root


def soap_envelope(message: Element) -> bytes:
    """The message in a SOAP envelope (bindings §3.2)."""
    root = etree.Element(tag(SOAP, "Envelope"), nsmap={"soap": SOAP})
    etree.SubElement(root, tag(SOAP, "Body")).append(message)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True))


def serialize(root: Element) -> bytes:
    return bytes(etree.tostring(root, encoding="utf-8"))


def xml_time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _message(name: str, issuer: str, destination: str, now: datetime) -> Element:
    root = etree.Element(tag(SAMLP, name), nsmap=_SPACES)
    root.attrib.update({"ID": new_id(), "Version": "2.0", "IssueInstant": xml_time(now)})
    if destination:
        root.set("Destination", destination)
    _text(root, SAML, "Issuer", issuer)
    return root


def _status(root: Element, status: Status) -> None:
    holder = etree.SubElement(root, tag(SAMLP, "Status"))
    if status in (Status.SUCCESS, Status.REQUESTER):
        etree.SubElement(holder, tag(SAMLP, "StatusCode"), Value=status.value)
        return
    responder = "urn:oasis:names:tc:SAML:2.0:status:Responder"
    first = etree.SubElement(holder, tag(SAMLP, "StatusCode"), Value=responder)
    etree.SubElement(first, tag(SAMLP, "StatusCode"), Value=status.value)


def _authentication(root: Element, statement: Statement) -> None:
    authn_statement = etree.SubElement(root, tag(SAML, "AuthnStatement"))
    authn_statement.attrib.update(
        {
            "AuthnInstant": xml_time(statement.signed_in_at),
            "SessionIndex": statement.session_index,
            "SessionNotOnOrAfter": xml_time(statement.session_ends_at),
        }
    )
    context = etree.SubElement(authn_statement, tag(SAML, "AuthnContext"))
    _text(context, SAML, "AuthnContextClassRef", statement.context)


def _attributes(root: Element, attributes: Mapping[str, AttributeValue]) -> None:
    if not attributes:
        return
    holder = etree.SubElement(root, tag(SAML, "AttributeStatement"))
    for name, value in attributes.items():
        attribute = etree.SubElement(holder, tag(SAML, "Attribute"))
        attribute.attrib.update(
            {"Name": OIDS.get(name, name), "NameFormat": BY_URI if name in OIDS else BY_NAME}
        )
        attribute.set("FriendlyName", name)
        for text in _each(value):
            _text(attribute, SAML, "AttributeValue", text)


def _each(value: AttributeValue) -> list[str]:
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [value] if isinstance(value, str) else list(value)


def _text(parent: Element, space: str, name: str, text: str) -> Element:
    child = etree.SubElement(parent, tag(space, name))
    child.text = "".join(
        c
        for c in text
        if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
    )
    return child

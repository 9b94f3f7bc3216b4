"""Writing what is answered (SAML core §2, §3.3, §3.7), unsigned."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lxml import etree

from vaguemestre.access.sso.registry.rules.release import Told
from vaguemestre.access.sso.saml.rules.documents import Element
from vaguemestre.access.sso.saml.rules.names import BEARER, BY_NAME, BY_URI, OIDS, SAML, SAMLP, SOAP, tag
from vaguemestre.access.sso.saml.values import Format, Status

ASSERTION_LIFE = timedelta(minutes=2)
_BEFORE = timedelta(minutes=2)  # clocks of readers that are late
_UNWRITABLE = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACES = {"samlp": SAMLP, "saml": SAML}


@dataclass(frozen=True, slots=True)
class Statement:
    """What an assertion says."""

    issuer: str
    audience: str
    recipient: str
    in_response_to: str
    name_id: str
    format: Format
    session_index: str
    signed_in_at: datetime
    context: str
    attributes: Mapping[str, Told]
    session_ends_at: datetime


def fresh_id() -> str:
    return f"_{secrets.token_hex(20)}"


def assertion(statement: Statement, now: datetime) -> Element:
    root = etree.Element(tag(SAML, "Assertion"), nsmap={"saml": SAML})
    root.attrib.update({"ID": fresh_id(), "Version": "2.0", "IssueInstant": moment(now)})
    _text(root, SAML, "Issuer", statement.issuer)
    ends = moment(now + ASSERTION_LIFE)
    subject = etree.SubElement(root, tag(SAML, "Subject"))
    name = _text(subject, SAML, "NameID", statement.name_id)
    name.attrib.update({"Format": statement.format.value, "SPNameQualifier": statement.audience})
    confirmed = etree.SubElement(subject, tag(SAML, "SubjectConfirmation"), Method=BEARER)
    data = etree.SubElement(confirmed, tag(SAML, "SubjectConfirmationData"))
    data.attrib.update({"NotOnOrAfter": ends, "Recipient": statement.recipient})
    if statement.in_response_to:
        data.set("InResponseTo", statement.in_response_to)
    conditions = etree.SubElement(root, tag(SAML, "Conditions"))
    conditions.attrib.update({"NotBefore": moment(now - _BEFORE), "NotOnOrAfter": ends})
    restriction = etree.SubElement(conditions, tag(SAML, "AudienceRestriction"))
    _text(restriction, SAML, "Audience", statement.audience)
    _authentication(root, statement)
    _attributes(root, statement.attributes)
    return root


def response(
    issuer: str, destination: str, in_response_to: str, now: datetime, *, status: Status = Status.SUCCESS
) -> Element:
    """A Response without assertion: it is appended."""
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
    root.set("NotOnOrAfter", moment(now + ASSERTION_LIFE))
    _text(root, SAML, "NameID", name_id)
    _text(root, SAMLP, "SessionIndex", index)
    return root


def named(root: Element, form: Format, audience: str) -> Element:
    """The same LogoutRequest, its NameID with the attributes it was given with."""
    name = root.find(tag(SAML, "NameID"))
    if name is not None:
        name.attrib.update({"Format": form.value, "SPNameQualifier": audience})
    return root


def enveloped(message: Element) -> bytes:
    """In a SOAP body (bindings §3.2)."""
    root = etree.Element(tag(SOAP, "Envelope"), nsmap={"soap": SOAP})
    etree.SubElement(root, tag(SOAP, "Body")).append(message)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True))


def written(root: Element) -> bytes:
    return bytes(etree.tostring(root, encoding="utf-8"))


def moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _message(name: str, issuer: str, destination: str, now: datetime) -> Element:
    root = etree.Element(tag(SAMLP, name), nsmap=_SPACES)
    root.attrib.update({"ID": fresh_id(), "Version": "2.0", "IssueInstant": moment(now)})
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
    told = etree.SubElement(root, tag(SAML, "AuthnStatement"))
    told.attrib.update(
        {
            "AuthnInstant": moment(statement.signed_in_at),
            "SessionIndex": statement.session_index,
            "SessionNotOnOrAfter": moment(statement.session_ends_at),
        }
    )
    context = etree.SubElement(told, tag(SAML, "AuthnContext"))
    _text(context, SAML, "AuthnContextClassRef", statement.context)


def _attributes(root: Element, attributes: Mapping[str, Told]) -> None:
    if not attributes:
        return
    holder = etree.SubElement(root, tag(SAML, "AttributeStatement"))
    for name, value in attributes.items():
        one = etree.SubElement(holder, tag(SAML, "Attribute"))
        one.attrib.update({"Name": OIDS.get(name, name), "NameFormat": BY_URI if name in OIDS else BY_NAME})
        one.set("FriendlyName", name)
        for text in _each(value):
            _text(one, SAML, "AttributeValue", text)


def _each(value: Told) -> list[str]:
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

"""CAS responses, as XML and JSON."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NotRequired, TypedDict
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from vaguemestre.access.sso.cas.values import Failure

type Attribute = str | bool | list[str]

_CAS = "http://www.yale.edu/tp/cas"
_SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
_SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
_UNWRITABLE = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DESCRIPTIONS = {
    Failure.REQUEST: "service and ticket are both needed, once each",
    Failure.TICKET: "the ticket is unknown, over, or served already",
    Failure.SERVICE: "the ticket was given to another service",
    Failure.KIND: "not proved for this ticket, or a ticket that came through another service",
    Failure.CALLBACK: "the proxy callback is not one of this service's in the registry",
    Failure.UNAUTHORIZED: "the service is not in the registry, or not open to this person",
}


class Success(TypedDict):
    """A successful validation, in JSON (CAS 3.0 §2.5.1)."""

    user: str
    attributes: NotRequired[dict[str, Attribute]]
    proxyGrantingTicket: NotRequired[str]
    proxies: NotRequired[list[str]]


class FailureReason(TypedDict):
    code: str
    description: str


class ServiceResponse(TypedDict, total=False):
    """One of the two."""

    authenticationSuccess: Success
    authenticationFailure: FailureReason


class CasDocument(TypedDict):
    """The JSON form of a CAS response."""

    serviceResponse: ServiceResponse


register_namespace("cas", _CAS)
register_namespace("samlp", _SAMLP)
register_namespace("saml", _SAML)


def cas_attributes(
    attributes: Mapping[str, Attribute], signed_in_at: datetime, *, fresh: bool
) -> dict[str, Attribute]:
    """The released attributes, and the three of CAS 3.0 §2.5.7."""
    return {
        "authenticationDate": signed_in_at.astimezone(UTC).isoformat(timespec="seconds"),
        "longTermAuthenticationRequestTokenUsed": False,
        "isFromNewLogin": fresh,
        **attributes,
    }


def success_xml(
    user: str, attributes: Mapping[str, Attribute] | None, iou: str = "", proxies: Sequence[str] = ()
) -> bytes:
    """A successful validation. `attributes` None: the CAS 2.0 response, which has none."""
    root = Element(_tag(_CAS, "serviceResponse"))
    success = SubElement(root, _tag(_CAS, "authenticationSuccess"))
    _text(success, _CAS, "user", user)
    if attributes is not None:
        holder = SubElement(success, _tag(_CAS, "attributes"))
        for name, value in attributes.items():
            for text in _each(value):
                _text(holder, _CAS, name, text)
    if iou:
        _text(success, _CAS, "proxyGrantingTicket", iou)
    if proxies:
        through = SubElement(success, _tag(_CAS, "proxies"))
        for proxy in proxies:
            _text(through, _CAS, "proxy", proxy)
    return _serialized(root)


def proxy_xml(ticket: str) -> bytes:
    """A proxy ticket (CAS 3.0 §2.7.2)."""
    root = Element(_tag(_CAS, "serviceResponse"))
    success = SubElement(root, _tag(_CAS, "proxySuccess"))
    _text(success, _CAS, "proxyTicket", ticket)
    return _serialized(root)


def proxy_failure_xml(failure: Failure) -> bytes:
    root = Element(_tag(_CAS, "serviceResponse"))
    element = SubElement(root, _tag(_CAS, "proxyFailure"), code=failure.value)
    element.text = _DESCRIPTIONS[failure]
    return _serialized(root)


def failure_xml(failure: Failure) -> bytes:
    root = Element(_tag(_CAS, "serviceResponse"))
    element = SubElement(root, _tag(_CAS, "authenticationFailure"), code=failure.value)
    element.text = _DESCRIPTIONS[failure]
    return _serialized(root)


def success_json(
    user: str, attributes: Mapping[str, Attribute] | None, iou: str = "", proxies: Sequence[str] = ()
) -> CasDocument:
    content: Success = {"user": user}
    if attributes is not None:
        content["attributes"] = dict(attributes)
    if iou:
        content["proxyGrantingTicket"] = iou
    if proxies:
        content["proxies"] = list(proxies)
    return {"serviceResponse": {"authenticationSuccess": content}}


def failure_json(failure: Failure) -> CasDocument:
    content: FailureReason = {"code": failure.value, "description": _DESCRIPTIONS[failure]}
    return {"serviceResponse": {"authenticationFailure": content}}


def logout_request(ticket: str, user: str, identifier: str, now: datetime) -> str:
    """CAS 3.0 §2.3.3: a SAML 2.0 LogoutRequest whose session is the ticket."""
    root = Element(
        _tag(_SAMLP, "LogoutRequest"),
        ID=identifier,
        Version="2.0",
        IssueInstant=now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    _text(root, _SAML, "NameID", user)
    _text(root, _SAMLP, "SessionIndex", ticket)
    return tostring(root, encoding="unicode")


def _tag(space: str, name: str) -> str:
    return f"{{{space}}}{name}"


def _each(value: Attribute) -> list[str]:
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [value] if isinstance(value, str) else list(value)


def _text(parent: Element, space: str, name: str, text: str) -> None:
    SubElement(parent, _tag(space, name)).text = _UNWRITABLE.sub("", text)


def _serialized(root: Element) -> bytes:
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))

"""Parsing of service providers' requests (SAML core §3.4, §3.7), and of common message parts."""

import re
from datetime import datetime, timedelta

from vaguemestre.access.sso.saml.rules.documents import Element, MalformedMessage
from vaguemestre.access.sso.saml.rules.names import SAML, SAMLP, tag
from vaguemestre.access.sso.saml.values import (
    MFA,
    PASSWORD,
    UNSPECIFIED,
    AuthnRequest,
    Binding,
    Endpoint,
    Format,
    LogoutRequest,
    RequestError,
    ServiceProvider,
)

CLOCK_SKEW = timedelta(minutes=5)  # clock skew and network delay
_NCNAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,255}", re.ASCII)
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_MAX_NAME_CHARACTERS = 256  # core §8.3
_TRUE = {"true", "1"}
# authentication contexts that any sign-in here satisfies
_PASSWORD_CLASSES = {
    PASSWORD,
    "urn:oasis:names:tc:SAML:2.0:ac:classes:Password",
    "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified",
}


def read_request(root: Element) -> AuthnRequest:
    """Parse an AuthnRequest. Raises MalformedMessage."""
    if root.tag != tag(SAMLP, "AuthnRequest"):
        raise MalformedMessage("not an AuthnRequest")
    policy = root.find(tag(SAMLP, "NameIDPolicy"))
    requested_context = root.find(tag(SAMLP, "RequestedAuthnContext"))
    contexts = (
        requested_context.findall(tag(SAML, "AuthnContextClassRef")) if requested_context is not None else []
    )
    return AuthnRequest(
        request_id=id_of(root),
        issuer=issuer_of(root),
        destination=root.get("Destination", ""),
        issued_at=time_of(root.get("IssueInstant", "")),
        consumer=root.get("AssertionConsumerServiceURL", ""),
        index=root.get("AssertionConsumerServiceIndex", ""),
        binding=root.get("ProtocolBinding", ""),
        format=policy.get("Format", "") if policy is not None else "",
        again=root.get("ForceAuthn", "") in _TRUE,
        passive=root.get("IsPassive", "") in _TRUE,
        contexts=tuple(text_of(context) for context in contexts[:10]),
        subject=_subject_of(root),
    )


def _subject_of(root: Element) -> str | None:
    """The NameID a request is about (core §3.4.1); None without Subject, "" for one in another form."""
    subjects = root.findall(tag(SAML, "Subject"))
    if not subjects:
        return None
    names = subjects[0].findall(tag(SAML, "NameID"))
    if len(subjects) > 1 or len(names) != 1 or len(subjects[0]) > 1:  # encrypted, or with a confirmation
        return ""
    name = text_of(names[0])
    return name if len(name) <= _MAX_NAME_CHARACTERS else ""


def read_logout_request(root: Element) -> LogoutRequest:
    """Parse a LogoutRequest. Raises MalformedMessage."""
    if root.tag != tag(SAMLP, "LogoutRequest"):
        raise MalformedMessage("not a LogoutRequest")
    name = root.find(tag(SAML, "NameID"))
    if name is None:
        raise MalformedMessage("no NameID in clear")
    ends = root.get("NotOnOrAfter", "")
    return LogoutRequest(
        request_id=id_of(root),
        issuer=issuer_of(root),
        destination=root.get("Destination", ""),
        issued_at=time_of(root.get("IssueInstant", "")),
        name_id=text_of(name),
        indexes=tuple(text_of(index) for index in root.findall(tag(SAMLP, "SessionIndex"))[:50]),
        ends_at=time_of(ends) if ends else None,
    )


def consumer_for(provider: ServiceProvider, request: AuthnRequest) -> Endpoint | RequestError:
    """The endpoint to respond to: exactly one of the registry (core §3.4.1, docs/security.md §3.16)."""
    if request.binding not in ("", Binding.POST):
        return RequestError("L’application demande une réponse autrement que par formulaire.")
    posts = [endpoint for endpoint in provider.consumers if endpoint.binding == Binding.POST]
    if request.consumer:
        matches = [endpoint for endpoint in posts if endpoint.address == request.consumer]
    elif request.index:
        matches = [endpoint for endpoint in posts if str(endpoint.index) == request.index]
    else:
        matches = [endpoint for endpoint in posts if endpoint.is_default] or posts
    return (
        matches[0]
        if matches
        else RequestError("L’adresse de retour demandée n’est pas celle qui est inscrite.")
    )


def fault_of(destination: str, issued_at: datetime, here: str, now: datetime, *, signed: bool) -> str:
    """Why a message is not for us, or not current; "" if it is."""
    if destination != here and (destination or signed):
        return "La demande n’est pas adressée à ce service."
    if abs(now - issued_at) > CLOCK_SKEW:
        return "La demande est trop ancienne : recommencez depuis l’application."
    return ""


def format_for(provider: ServiceProvider, requested: str) -> Format | None:
    """The NameID format to use; None if the one requested is not supported."""
    if requested in ("", UNSPECIFIED):
        stated = [name_format for name_format in provider.formats if name_format in tuple(Format)]
        return Format(stated[0]) if stated else Format.TRANSIENT
    return Format(requested) if requested in tuple(Format) else None


def context_for(requested: tuple[str, ...], *, has_two: bool) -> str | None:
    """The authentication context of a sign-in: the first requested one it satisfies; None if none."""
    if not requested:
        return MFA if has_two else PASSWORD
    for context in requested:
        if context == MFA and has_two:
            return MFA
        if context in _PASSWORD_CLASSES:
            return context
    return None


def id_of(root: Element) -> str:
    """The ID of a message or assertion. Raises MalformedMessage."""
    if root.get("Version") != "2.0":
        raise MalformedMessage("not SAML 2.0")
    named = str(root.get("ID", ""))
    if not _NCNAME.fullmatch(named):
        raise MalformedMessage("no ID")
    return named


def issuer_of(root: Element) -> str:
    """The Issuer of a message or assertion. Raises MalformedMessage."""
    issuer = root.find(tag(SAML, "Issuer"))
    if issuer is None:
        raise MalformedMessage("no Issuer")
    return text_of(issuer)


def text_of(element: Element) -> str:
    """The whole text of an element; child elements, which could hide part of it, raise MalformedMessage."""
    if len(element):
        raise MalformedMessage("text expected")
    return str(element.text or "").strip()


def time_of(text: str) -> datetime:
    """The time of an xs:dateTime. Raises MalformedMessage."""
    if not _DATE_TIME.fullmatch(text):
        raise MalformedMessage("not a moment")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise MalformedMessage("not a moment") from error

"""Reading what service providers send (SAML core §3.4, §3.7), and what any message is made of."""

import re
from datetime import datetime, timedelta

from vaguemestre.access.sso.saml.rules.documents import Element, NotRead
from vaguemestre.access.sso.saml.rules.names import SAML, SAMLP, tag
from vaguemestre.access.sso.saml.values import (
    MFA,
    PASSWORD,
    UNSPECIFIED,
    Binding,
    Described,
    Endpoint,
    Format,
    Leaving,
    Request,
    Wrong,
)

AROUND = timedelta(minutes=5)  # two clocks, and a slow network
_NCNAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,255}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_YES = {"true", "1"}
# classes a sign-in here is at least worth
_WORTH = {
    PASSWORD,
    "urn:oasis:names:tc:SAML:2.0:ac:classes:Password",
    "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified",
}


def read_request(root: Element) -> Request:
    """An AuthnRequest. Raises NotRead."""
    if root.tag != tag(SAMLP, "AuthnRequest"):
        raise NotRead("not an AuthnRequest")
    policy = root.find(tag(SAMLP, "NameIDPolicy"))
    asked = root.find(tag(SAMLP, "RequestedAuthnContext"))
    contexts = asked.findall(tag(SAML, "AuthnContextClassRef")) if asked is not None else []
    return Request(
        request_id=id_of(root),
        issuer=issuer_of(root),
        destination=root.get("Destination", ""),
        issued_at=moment_of(root.get("IssueInstant", "")),
        consumer=root.get("AssertionConsumerServiceURL", ""),
        index=root.get("AssertionConsumerServiceIndex", ""),
        binding=root.get("ProtocolBinding", ""),
        format=policy.get("Format", "") if policy is not None else "",
        again=root.get("ForceAuthn", "") in _YES,
        passive=root.get("IsPassive", "") in _YES,
        contexts=tuple(text_of(one) for one in contexts[:10]),
    )


def read_leaving(root: Element) -> Leaving:
    """A LogoutRequest. Raises NotRead."""
    if root.tag != tag(SAMLP, "LogoutRequest"):
        raise NotRead("not a LogoutRequest")
    name = root.find(tag(SAML, "NameID"))
    if name is None:
        raise NotRead("no NameID in clear")
    ends = root.get("NotOnOrAfter", "")
    return Leaving(
        request_id=id_of(root),
        issuer=issuer_of(root),
        destination=root.get("Destination", ""),
        issued_at=moment_of(root.get("IssueInstant", "")),
        name_id=text_of(name),
        indexes=tuple(text_of(one) for one in root.findall(tag(SAMLP, "SessionIndex"))[:50]),
        ends_at=moment_of(ends) if ends else None,
    )


def consumer_for(described: Described, request: Request) -> Endpoint | Wrong:
    """Where the answer goes: an address of the registry, exactly (core §3.4.1, docs/security.md §3.16)."""
    if request.binding not in ("", Binding.POST):
        return Wrong("L’application demande une réponse autrement que par formulaire.")
    posts = [one for one in described.consumers if one.binding == Binding.POST]
    if request.consumer:
        found = [one for one in posts if one.address == request.consumer]
    elif request.index:
        found = [one for one in posts if str(one.index) == request.index]
    else:
        found = [one for one in posts if one.is_default] or posts
    return found[0] if found else Wrong("L’adresse de retour demandée n’est pas celle qui est inscrite.")


def fault_of(destination: str, issued_at: datetime, here: str, now: datetime, *, signed: bool) -> str:
    """Why a message is not for us, or not of now; "" when it is."""
    if destination != here and (destination or signed):
        return "La demande n’est pas adressée à ce service."
    if abs(now - issued_at) > AROUND:
        return "La demande est trop ancienne : recommencez depuis l’application."
    return ""


def format_for(described: Described, wanted: str) -> Format | None:
    """The form of the name given; None when what is wanted is not known here."""
    if wanted in ("", UNSPECIFIED):
        stated = [one for one in described.formats if one in tuple(Format)]
        return Format(stated[0]) if stated else Format.TRANSIENT
    return Format(wanted) if wanted in tuple(Format) else None


def context_for(wanted: tuple[str, ...], *, has_two: bool) -> str | None:
    """The class told of a sign-in: the first wanted that holds; None when none does."""
    if not wanted:
        return MFA if has_two else PASSWORD
    for one in wanted:
        if one == MFA and has_two:
            return MFA
        if one in _WORTH:
            return one
    return None


def id_of(root: Element) -> str:
    """The name of a message, or of an assertion. Raises NotRead."""
    if root.get("Version") != "2.0":
        raise NotRead("not SAML 2.0")
    named = str(root.get("ID", ""))
    if not _NCNAME.fullmatch(named):
        raise NotRead("no ID")
    return named


def issuer_of(root: Element) -> str:
    """Raises NotRead."""
    issuer = root.find(tag(SAML, "Issuer"))
    if issuer is None:
        raise NotRead("no Issuer")
    return text_of(issuer)


def text_of(element: Element) -> str:
    """All of its text: elements inside would hide some of it. Raises NotRead."""
    if len(element):
        raise NotRead("text expected")
    return str(element.text or "").strip()


def moment_of(text: str) -> datetime:
    """Raises NotRead."""
    if not _MOMENT.fullmatch(text):
        raise NotRead("not a moment")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise NotRead("not a moment") from error

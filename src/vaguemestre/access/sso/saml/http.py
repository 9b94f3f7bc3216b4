"""What comes to the SAML doors and what leaves by them."""

from dataclasses import astuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from vaguemestre.access.sso.saml.rules.documents import Element, NotRead, decoded, inflated, parse
from vaguemestre.access.sso.saml.rules.signatures import NotSigned, check_query, verified
from vaguemestre.access.sso.saml.services import signing_pair
from vaguemestre.access.sso.saml.values import Asked, Peer, SigningPair, Wrong
from vaguemestre.people.credentials.ports import secret_keys

LONGEST_RELAY = 900
_SALT = "sso.saml.asked"
_PATIENCE = 1800  # seconds to sign in
_NOT_READ = Wrong("La demande de l’application est mal formée ou trop longue.")
_NOT_BELIEVED = Wrong("La signature de la demande n’est pas celle de l’application inscrite.")


def entity_id() -> str:
    return f"{settings.CONFIG.public_url}{reverse('saml:metadata')}"


def absolute(name: str) -> str:
    return f"{settings.CONFIG.public_url}{reverse(name)}"


def pair_now() -> SigningPair:
    host = urlsplit(settings.CONFIG.public_url).hostname or "vaguemestre"
    return signing_pair(secret_keys.get(), host, timezone.now())


def message_in(request: HttpRequest, name: str) -> Element | Wrong:
    """The message as it came, read but not believed."""
    given = _given(request)
    if any(len(values) > 1 for _, values in given.lists()):
        return _NOT_READ
    if len(given.get("RelayState", "")) > LONGEST_RELAY or "SAMLEncoding" in given:
        return _NOT_READ
    text = given.get(name, "")
    try:
        return parse(inflated(text) if request.method == "GET" else decoded(text))
    except NotRead:
        return _NOT_READ


def believed(
    request: HttpRequest, name: str, root: Element, peer: Peer, *, must_sign: bool
) -> tuple[Element, bool] | Wrong:
    """(the message, or what was signed of it; whether it was signed). A wrong signature is never ignored."""
    given, certificates = _given(request), peer.described.signing
    try:
        if request.method == "GET" and ("Signature" in given or "SigAlg" in given):
            raw = request.META.get("QUERY_STRING", "")
            check_query(raw, name, given.get("SigAlg", ""), given.get("Signature", ""), certificates)
            return root, True
        if request.method == "POST" and _is_signed(root):
            return verified(root, certificates), True
    except NotSigned:
        return _NOT_BELIEVED
    if request.method == "GET" and _is_signed(root):
        return _NOT_READ  # bindings §3.4.4.1: no signature inside a redirected message
    return _NOT_BELIEVED if must_sign else (root, False)


def relay_of(request: HttpRequest) -> str:
    return _given(request).get("RelayState", "")


def kept(asked: Asked) -> str:
    """A request found good, while its person signs in."""
    return signing.dumps(list(astuple(asked)), salt=_SALT, compress=True)


def found_again(text: str) -> Asked | None:
    try:
        told = signing.loads(text, salt=_SALT, max_age=_PATIENCE)
        client_id, request_id, consumer, relay, form, again, passive, contexts = told
        return Asked(client_id, request_id, consumer, relay, form, again, passive, tuple(contexts))
    except (signing.BadSignature, TypeError, ValueError):
        return None


def _given(request: HttpRequest) -> QueryDict:
    return request.GET if request.method == "GET" else request.POST


def _is_signed(root: Element) -> bool:
    return root.find(".//{http://www.w3.org/2000/09/xmldsig#}Signature") is not None

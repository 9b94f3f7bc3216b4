"""SAML messages received, their signatures, and requests kept while the user signs in."""

from dataclasses import astuple
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from vaguemestre.access.sso.saml.rules.documents import (
    Element,
    MalformedMessage,
    decode_base64,
    inflate,
    parse_message,
)
from vaguemestre.access.sso.saml.rules.signatures import InvalidSignatureError, check_query, verify
from vaguemestre.access.sso.saml.services import signing_pair
from vaguemestre.access.sso.saml.values import AcceptedRequest, Peer, RequestError, SigningPair
from vaguemestre.people.credentials.ports import secret_keys

MAX_RELAY_CHARACTERS = 900
_SALT = "sso.saml.asked"
_SIGN_IN_SECONDS = 1800  # to sign in and come back
_MALFORMED = RequestError("La demande de l’application est mal formée ou trop longue.")
_WRONG_SIGNATURE = RequestError("La signature de la demande n’est pas celle de l’application inscrite.")


def entity_id() -> str:
    return f"{settings.CONFIG.public_url}{reverse('saml:metadata')}"


def absolute(name: str) -> str:
    return f"{settings.CONFIG.public_url}{reverse(name)}"


def current_pair() -> SigningPair:
    host = urlsplit(settings.CONFIG.public_url).hostname or "vaguemestre"
    return signing_pair(secret_keys.get(), host, timezone.now())


def received_message(request: HttpRequest, name: str) -> Element | RequestError:
    """The message received, parsed but not yet verified."""
    parameters = _parameters(request)
    if any(len(values) > 1 for _, values in parameters.lists()):
        return _MALFORMED
    if len(parameters.get("RelayState", "")) > MAX_RELAY_CHARACTERS or "SAMLEncoding" in parameters:
        return _MALFORMED
    text = parameters.get(name, "")
    try:
        return parse_message(inflate(text) if request.method == "GET" else decode_base64(text))
    except MalformedMessage:
        return _MALFORMED


class CheckedMessage(NamedTuple):
    """A message, or exactly what was signed of it."""

    root: Element
    is_signed: bool


def check_signature(
    request: HttpRequest, name: str, root: Element, peer: Peer, *, must_sign: bool
) -> CheckedMessage | RequestError:
    """Verify the signature, if there is one: a wrong signature is never ignored. `must_sign`: require one."""
    parameters, certificates = _parameters(request), peer.provider.signing
    try:
        if request.method == "GET" and ("Signature" in parameters or "SigAlg" in parameters):
            raw = request.META.get("QUERY_STRING", "")
            check_query(
                raw, name, parameters.get("SigAlg", ""), parameters.get("Signature", ""), certificates
            )
            return CheckedMessage(root, is_signed=True)
        if request.method == "POST" and _is_signed(root):
            return CheckedMessage(verify(root, certificates), is_signed=True)
    except InvalidSignatureError:
        return _WRONG_SIGNATURE
    if request.method == "GET" and _is_signed(root):
        return _MALFORMED  # bindings §3.4.4.1: a redirected message carries no XML signature
    return _WRONG_SIGNATURE if must_sign else CheckedMessage(root, is_signed=False)


def relay_of(request: HttpRequest) -> str:
    return _parameters(request).get("RelayState", "")


def stamp_request(accepted: AcceptedRequest) -> str:
    """An accepted request, signed, to keep in the URL while the user signs in."""
    return signing.dumps(list(astuple(accepted)), salt=_SALT, compress=True)


def read_request_stamp(text: str) -> AcceptedRequest | None:
    """The request of a stamp; None if it is forged or expired."""
    try:
        fields = signing.loads(text, salt=_SALT, max_age=_SIGN_IN_SECONDS)
        client_id, request_id, consumer, relay, form, again, passive, contexts, subject = fields
        return AcceptedRequest(
            client_id, request_id, consumer, relay, form, again, passive, tuple(contexts), subject
        )
    except (signing.BadSignature, TypeError, ValueError):
        return None


def _parameters(request: HttpRequest) -> QueryDict:
    return request.GET if request.method == "GET" else request.POST


def _is_signed(root: Element) -> bool:
    return root.find(".//{http://www.w3.org/2000/09/xmldsig#}Signature") is not None

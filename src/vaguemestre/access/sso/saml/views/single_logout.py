"""Single logout (SAML profiles §4.4): providers' requests, and their responses to ours."""

import base64

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from vaguemestre.access.signin.http import end_browser_session, who_asks
from vaguemestre.access.sso.registry.http import bad_request_page, goodbye_address, post_page
from vaguemestre.access.sso.registry.queries import visits_of_session
from vaguemestre.access.sso.saml.http import (
    absolute,
    check_signature,
    current_pair,
    entity_id,
    received_message,
    relay_of,
)
from vaguemestre.access.sso.saml.queries import peer_named
from vaguemestre.access.sso.saml.rules import message_builder
from vaguemestre.access.sso.saml.rules.documents import MalformedMessage, deflate
from vaguemestre.access.sso.saml.rules.message_parser import fault_of, read_logout_request
from vaguemestre.access.sso.saml.rules.signatures import sign, sign_query
from vaguemestre.access.sso.saml.values import Binding, LogoutRequest, Peer, RequestError, Status


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def slo(request: HttpRequest) -> HttpResponse:
    parameters = request.GET if request.method == "GET" else request.POST
    if "SAMLResponse" in parameters:  # a provider's response to ours: there is nothing to do
        return render(request, "sso/saml/told.html")
    if (
        request.method == "POST"
    ):  # SameSite=Lax withholds the session cookie from a cross-site POST: repeat it from our own page
        return _relay_page(request)
    return _sign_out(request)


@csrf_exempt
@never_cache
@require_http_methods(["POST"])
def slo_again(request: HttpRequest) -> HttpResponse:
    """The same form, sent again from our own page, with the session cookie."""
    return _sign_out(request)


def _relay_page(request: HttpRequest) -> HttpResponse:
    fields = {"SAMLRequest": request.POST.get("SAMLRequest", "")[:100_000]}
    if relay := relay_of(request):
        fields["RelayState"] = relay
    return post_page(request, absolute("saml:slo-again"), fields)


def _sign_out(request: HttpRequest) -> HttpResponse:
    checked = _checked_request(request)
    if isinstance(checked, RequestError):
        return bad_request_page(request, checked.words)
    peer, leaving = checked
    who = who_asks(request)
    session_key = who.session_key if who else ""
    is_theirs = bool(session_key) and _names_visit_of(session_key, peer, leaving)
    status = Status.SUCCESS if is_theirs or who is None else Status.REQUESTER
    answer = _answer(request, peer, leaving, status, farewell_of=session_key if is_theirs else "")
    if answer is None:
        answer = HttpResponseRedirect(goodbye_address(session_key if is_theirs else ""))
    return end_browser_session(request, answer) if is_theirs else answer


def _checked_request(request: HttpRequest) -> tuple[Peer, LogoutRequest] | RequestError:
    """The request, if signed by a registered provider, for us and current (profiles §4.4.3.1)."""
    malformed = RequestError("La demande de déconnexion est mal formée.")
    root = received_message(request, "SAMLRequest")
    if isinstance(root, RequestError):
        return root
    try:
        first = read_logout_request(root)
        peer = peer_named(first.issuer)
        if peer is None:
            return RequestError("Cette application n’est pas inscrite auprès de l’académie.")
        verified = check_signature(request, "SAMLRequest", root, peer, must_sign=True)
        if isinstance(verified, RequestError):
            return verified
        leaving = read_logout_request(verified.root)
    except MalformedMessage:
        return malformed
    now = timezone.now()
    destinations = {absolute("saml:slo"), absolute("saml:slo-again")}
    here = leaving.destination if leaving.destination in destinations else absolute("saml:slo")
    fault = fault_of(leaving.destination, leaving.issued_at, here, now, signed=True)
    if leaving.issuer != peer.provider.entity_id or (leaving.ends_at and leaving.ends_at <= now):
        return malformed
    return RequestError(fault) if fault else (peer, leaving)


def _names_visit_of(session_key: str, peer: Peer, leaving: LogoutRequest) -> bool:
    """Whether the request names a visit of this browser session."""
    return any(
        visit.application.client_id == peer.client_id
        and visit.reference == leaving.name_id
        and (not leaving.indexes or visit.sid in leaving.indexes)
        for visit in visits_of_session(session_key)
    )


def _answer(
    request: HttpRequest, peer: Peer, leaving: LogoutRequest, status: Status, *, farewell_of: str
) -> HttpResponse | None:
    """A signed LogoutResponse, by redirect if possible; None if the provider has no logout endpoint."""
    by_redirect = next((e for e in peer.provider.sign_outs if e.binding == Binding.REDIRECT), None)
    by_post = next((e for e in peer.provider.sign_outs if e.binding == Binding.POST), None)
    endpoint = by_redirect or by_post
    if endpoint is None:
        return None
    address = endpoint.answers or endpoint.address
    now, pair = timezone.now(), current_pair()
    message = message_builder.logout_response(entity_id(), address, leaving.request_id, now, status=status)
    if endpoint is by_redirect:
        query = sign_query(
            "SAMLResponse", deflate(message_builder.serialize(message)), relay_of(request), pair
        )
        onwards = f"{address}{'&' if '?' in address else '?'}{query}"
        return HttpResponseRedirect(goodbye_address(farewell_of, onwards) if farewell_of else onwards)
    fields = {"SAMLResponse": base64.b64encode(message_builder.serialize(sign(message, pair))).decode()}
    if relay := relay_of(request):
        fields["RelayState"] = relay
    return post_page(request, address, fields)

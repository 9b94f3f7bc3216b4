"""Signing out (SAML profiles §4.4), asked by an application; and what applications answer to ours."""

import base64

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from vaguemestre.access.signin.http import go_out, who_asks
from vaguemestre.access.sso.registry.http import farewell, post_onwards, refused
from vaguemestre.access.sso.registry.queries import visits_of_session
from vaguemestre.access.sso.saml.http import absolute, believed, entity_id, message_in, pair_now, relay_of
from vaguemestre.access.sso.saml.queries import peer_named
from vaguemestre.access.sso.saml.rules import message_builder
from vaguemestre.access.sso.saml.rules.documents import NotRead, deflated
from vaguemestre.access.sso.saml.rules.message_parser import fault_of, read_leaving
from vaguemestre.access.sso.saml.rules.signatures import query_signed, sign
from vaguemestre.access.sso.saml.values import Binding, Leaving, Peer, Status, Wrong


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def slo(request: HttpRequest) -> HttpResponse:
    given = request.GET if request.method == "GET" else request.POST
    if "SAMLResponse" in given:  # an application's answer: whatever it says, nothing more is to be done
        return render(request, "sso/saml/told.html")
    if request.method == "POST":  # the cookie does not come with a form from elsewhere: ask the browser again
        return _relayed(request)
    return _leave(request)


@csrf_exempt
@never_cache
@require_http_methods(["POST"])
def slo_again(request: HttpRequest) -> HttpResponse:
    """The same form, sent again by a page of ours: the browser's cookie comes with it."""
    return _leave(request)


def _relayed(request: HttpRequest) -> HttpResponse:
    fields = {"SAMLRequest": request.POST.get("SAMLRequest", "")[:100_000]}
    if relay := relay_of(request):
        fields["RelayState"] = relay
    return post_onwards(request, absolute("saml:slo-again"), fields)


def _leave(request: HttpRequest) -> HttpResponse:
    found = _believed(request)
    if isinstance(found, Wrong):
        return refused(request, found.words)
    peer, leaving = found
    who = who_asks(request)
    session_key = who.session_key if who else ""
    is_theirs = bool(session_key) and _names(session_key, peer, leaving)
    status = Status.SUCCESS if is_theirs or who is None else Status.REQUESTER
    answer = _answer(request, peer, leaving, status, farewell_of=session_key if is_theirs else "")
    if answer is None:
        answer = HttpResponseRedirect(farewell(session_key if is_theirs else ""))
    return go_out(request, answer) if is_theirs else answer


def _believed(request: HttpRequest) -> tuple[Peer, Leaving] | Wrong:
    """Signed by the application that asks, to us, now (profiles §4.4.3.1): or nothing is done."""
    ill = Wrong("La demande de déconnexion est mal formée.")
    root = message_in(request, "SAMLRequest")
    if isinstance(root, Wrong):
        return root
    try:
        first = read_leaving(root)
        peer = peer_named(first.issuer)
        if peer is None:
            return Wrong("Cette application n’est pas inscrite auprès de l’académie.")
        told = believed(request, "SAMLRequest", root, peer, must_sign=True)
        if isinstance(told, Wrong):
            return told
        leaving = read_leaving(told[0])
    except NotRead:
        return ill
    now = timezone.now()
    destinations = {absolute("saml:slo"), absolute("saml:slo-again")}
    here = leaving.destination if leaving.destination in destinations else absolute("saml:slo")
    fault = fault_of(leaving.destination, leaving.issued_at, here, now, signed=True)
    if leaving.issuer != peer.described.entity_id or (leaving.ends_at and leaving.ends_at <= now):
        return ill
    return Wrong(fault) if fault else (peer, leaving)


def _names(session_key: str, peer: Peer, leaving: Leaving) -> bool:
    """Whether it names somebody's visit of this very browser."""
    return any(
        visit.application.client_id == peer.client_id
        and visit.reference == leaving.name_id
        and (not leaving.indexes or visit.sid in leaving.indexes)
        for visit in visits_of_session(session_key)
    )


def _answer(
    request: HttpRequest, peer: Peer, leaving: Leaving, status: Status, *, farewell_of: str
) -> HttpResponse | None:
    """A signed LogoutResponse, by redirect if the application listens there; None when it listens nowhere."""
    by_redirect = next((e for e in peer.described.sign_outs if e.binding == Binding.REDIRECT), None)
    by_post = next((e for e in peer.described.sign_outs if e.binding == Binding.POST), None)
    endpoint = by_redirect or by_post
    if endpoint is None:
        return None
    address = endpoint.answers or endpoint.address
    now, pair = timezone.now(), pair_now()
    message = message_builder.logout_response(entity_id(), address, leaving.request_id, now, status=status)
    if endpoint is by_redirect:
        query = query_signed(
            "SAMLResponse", deflated(message_builder.written(message)), relay_of(request), pair
        )
        onwards = f"{address}{'&' if '?' in address else '?'}{query}"
        return HttpResponseRedirect(farewell(farewell_of, onwards) if farewell_of else onwards)
    fields = {"SAMLResponse": base64.b64encode(message_builder.written(sign(message, pair))).decode()}
    if relay := relay_of(request):
        fields["RelayState"] = relay
    return post_onwards(request, address, fields)

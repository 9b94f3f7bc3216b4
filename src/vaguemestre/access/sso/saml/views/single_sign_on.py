"""Signing in (SAML profiles §4.1): a request in, by redirect or form; a Response out, by form."""

import base64
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from vaguemestre.access.signin.http import who_asks
from vaguemestre.access.signin.values import Who
from vaguemestre.access.sso.registry.http import (
    at_the_door,
    leave,
    mark_now,
    post_onwards,
    proved_since,
    refused,
    stopped,
    to_sign_in,
)
from vaguemestre.access.sso.registry.queries import find_application, identity_of
from vaguemestre.access.sso.registry.rules.methods import methods_of
from vaguemestre.access.sso.registry.values import Application
from vaguemestre.access.sso.saml import services
from vaguemestre.access.sso.saml.http import (
    absolute,
    believed,
    entity_id,
    found_again,
    kept,
    message_in,
    pair_now,
    relay_of,
)
from vaguemestre.access.sso.saml.queries import peer_named, peer_of
from vaguemestre.access.sso.saml.rules.documents import NotRead
from vaguemestre.access.sso.saml.rules.message_parser import (
    consumer_for,
    context_for,
    fault_of,
    format_for,
    read_request,
)
from vaguemestre.access.sso.saml.values import MFA, Asked, Binding, Peer, Request, Status, Wrong
from vaguemestre.people.credentials.queries import devices_of

_MARK = "prouve"
_UNKNOWN = "Cette application n’est pas inscrite auprès de l’académie."
_ILL = "La demande de l’application est mal formée ou trop longue."


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def sso(request: HttpRequest) -> HttpResponse:
    """Nothing leaves before the application, its signature and its address are found good."""
    found = _asked(request)
    if isinstance(found, Wrong):
        return refused(request, found.words)
    asked, peer = found
    if request.method == "POST":  # asked again by GET, which brings the session's cookie from anywhere
        answer = HttpResponseRedirect(_path("saml:go-on", asked))
        answer.status_code = 303
        return answer
    return _answer(request, asked, peer)


@never_cache
@require_GET
def go_on(request: HttpRequest) -> HttpResponse:
    """A request found good a moment ago."""
    asked = found_again(request.GET.get("demande", ""))
    if asked is None:
        return refused(request, "Cette demande est trop ancienne : recommencez depuis l’application.")
    return _answer(request, asked, peer_of(asked.client_id))


@never_cache
@require_GET
def resume(request: HttpRequest) -> HttpResponse:
    """Back from signing in: the browser itself asks again, no longer on behalf of a form."""
    return leave(request, f"{reverse('saml:go-on')}?{request.GET.urlencode()}")


@never_cache
@require_GET
def start(request: HttpRequest, client_id: str) -> HttpResponse:
    """From the portal to an application that has no door of its own to start from (profiles §4.1.5)."""
    peer = peer_of(client_id)
    if peer is None:
        raise Http404
    posts = [one for one in peer.described.consumers if one.binding == Binding.POST]
    chosen = next((one for one in posts if one.is_default), posts[0])
    return _answer(request, Asked(client_id, "", chosen.address, ""), peer)


def _asked(request: HttpRequest) -> tuple[Asked, Peer] | Wrong:
    root = message_in(request, "SAMLRequest")
    if isinstance(root, Wrong):
        return root
    try:
        first = read_request(root)
    except NotRead:
        return Wrong(_ILL)
    peer = peer_named(first.issuer)
    if peer is None:
        return Wrong(_UNKNOWN)
    told = believed(request, "SAMLRequest", root, peer, must_sign=peer.described.signs_requests)
    if isinstance(told, Wrong):
        return told
    try:
        asked = _checked(request, read_request(told[0]), peer, signed=told[1])
    except NotRead:
        return Wrong(_ILL)
    return asked if isinstance(asked, Wrong) else (asked, peer)


def _checked(request: HttpRequest, read: Request, peer: Peer, *, signed: bool) -> Asked | Wrong:
    fault = fault_of(read.destination, read.issued_at, absolute("saml:sso"), timezone.now(), signed=signed)
    if fault or read.issuer != peer.described.entity_id:
        return Wrong(fault or _UNKNOWN)
    consumer = consumer_for(peer.described, read)
    if isinstance(consumer, Wrong):
        return consumer
    return Asked(
        client_id=peer.client_id,
        request_id=read.request_id,
        consumer=consumer.address,
        relay=relay_of(request),
        format=read.format,
        again=read.again,
        passive=read.passive,
        contexts=read.contexts,
    )


def _answer(request: HttpRequest, asked: Asked, peer: Peer | None) -> HttpResponse:
    application = find_application(asked.client_id)
    if application is None or peer is None or asked.consumer not in application.addresses:
        return refused(request, _UNKNOWN)
    form = format_for(peer.described, asked.format)
    if form is None:
        return _declined(request, application, asked, Status.NAME_ID_POLICY)
    who = who_asks(request)
    proved = who is not None and proved_since(request.GET.get(_MARK, ""), who)
    methods = methods_of(who.by) if who else ()
    context = context_for(asked.contexts, has_two="mfa" in methods)
    must_prove = asked.again or (context is None and MFA in asked.contexts and _has_two(who))
    if who is None or (must_prove and not proved):
        if asked.passive:
            return _declined(request, application, asked, Status.NO_PASSIVE)
        return _sign_in_first(asked, known=who is not None)
    if context is None:
        return _declined(request, application, asked, Status.NO_CONTEXT)
    now = timezone.now()
    identity = identity_of(who.account_id, now)
    what = at_the_door(application, who, identity)
    if what:
        if asked.passive:
            return _declined(request, application, asked, Status.DENIED)
        return stopped(request, application, who, what, _path("saml:go-on", asked))
    content = services.answer_for(
        application,
        peer,
        asked,
        identity,
        pair_now(),
        issuer=entity_id(),
        form=form,
        context=context,
        session_key=who.session_key,
        signed_in_at=who.signed_in_at,
        now=now,
    )
    return _posted(request, application, asked, content)


def _has_two(who: Who | None) -> bool:
    return who is not None and bool(devices_of(who.account_id))


def _declined(request: HttpRequest, application: Application, asked: Asked, status: Status) -> HttpResponse:
    content = services.decline(asked, status, pair_now(), issuer=entity_id(), now=timezone.now())
    return _posted(request, application, asked, content)


def _posted(request: HttpRequest, application: Application, asked: Asked, content: bytes) -> HttpResponse:
    fields = {"SAMLResponse": base64.b64encode(content).decode()}
    if asked.relay:
        fields["RelayState"] = asked.relay
    return post_onwards(request, asked.consumer, fields, application.name)


def _sign_in_first(asked: Asked, *, known: bool) -> HttpResponse:
    back = f"{_path('saml:resume', asked)}&{urlencode({_MARK: mark_now()})}"
    return to_sign_in(back, again=known)


def _path(name: str, asked: Asked) -> str:
    return f"{reverse(name)}?{urlencode({'demande': kept(asked)})}"

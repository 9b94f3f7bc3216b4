"""Single sign-on (SAML profiles §4.1): requests by redirect or POST, responses by POST."""

import base64
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from vaguemestre.access.signin.http import who_asks
from vaguemestre.access.signin.rules.paths import PROOF_PARAMETER
from vaguemestre.access.signin.values import Who
from vaguemestre.access.sso.registry.http import (
    bad_request_page,
    is_proved,
    obstacle_for,
    obstacle_page,
    post_page,
    proof_mark,
    redirect_page,
    redirect_to_sign_in,
)
from vaguemestre.access.sso.registry.queries import find_application, identity_of
from vaguemestre.access.sso.registry.rules.methods import methods_of
from vaguemestre.access.sso.registry.values import Application
from vaguemestre.access.sso.saml import services
from vaguemestre.access.sso.saml.http import (
    absolute,
    check_signature,
    current_pair,
    entity_id,
    read_request_stamp,
    received_message,
    relay_of,
    stamp_request,
)
from vaguemestre.access.sso.saml.queries import peer_named, peer_of
from vaguemestre.access.sso.saml.rules.documents import MalformedMessage
from vaguemestre.access.sso.saml.rules.message_parser import (
    consumer_for,
    context_for,
    fault_of,
    format_for,
    read_request,
)
from vaguemestre.access.sso.saml.values import (
    MFA,
    AcceptedRequest,
    AuthnRequest,
    Binding,
    Format,
    Peer,
    RequestError,
    Status,
)
from vaguemestre.people.credentials.queries import devices_of

_UNKNOWN = "Cette application n’est pas inscrite auprès de l’académie."
_MALFORMED = "La demande de l’application est mal formée ou trop longue."


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def sso(request: HttpRequest) -> HttpResponse:
    """Answer an AuthnRequest. Nothing is sent before provider, signature and consumer address are checked."""
    checked = _accepted_request(request)
    if isinstance(checked, RequestError):
        return bad_request_page(request, checked.words)
    accepted, peer = checked
    if (
        request.method == "POST"
    ):  # repeat it by GET: SameSite=Lax sends the session cookie with a cross-site GET, not with a POST
        answer = HttpResponseRedirect(_path("saml:go-on", accepted))
        answer.status_code = 303
        return answer
    return _answer(request, accepted, peer)


@never_cache
@require_GET
def go_on(request: HttpRequest) -> HttpResponse:
    """Continue with a request accepted a moment ago."""
    accepted = read_request_stamp(request.GET.get("stamp", ""))
    if accepted is None:
        return bad_request_page(
            request, "Cette demande est trop ancienne : recommencez depuis l’application."
        )
    return _answer(request, accepted, peer_of(accepted.client_id))


@never_cache
@require_GET
def resume(request: HttpRequest) -> HttpResponse:
    """Back from sign-in: repeat the request by GET, so that redirects are no longer part of a form's."""
    return redirect_page(request, f"{reverse('saml:go-on')}?{request.GET.urlencode()}")


@never_cache
@require_GET
def start(request: HttpRequest, client_id: str) -> HttpResponse:
    """IdP-initiated sign-on, from the portal (profiles §4.1.5)."""
    peer = peer_of(client_id)
    if peer is None:
        raise Http404
    posts = [item for item in peer.provider.consumers if item.binding == Binding.POST]
    consumer = next((item for item in posts if item.is_default), posts[0])
    return _answer(request, AcceptedRequest(client_id, "", consumer.address, ""), peer)


def _accepted_request(request: HttpRequest) -> tuple[AcceptedRequest, Peer] | RequestError:
    root = received_message(request, "SAMLRequest")
    if isinstance(root, RequestError):
        return root
    try:
        first = read_request(root)
    except MalformedMessage:
        return RequestError(_MALFORMED)
    peer = peer_named(first.issuer)
    if peer is None:
        return RequestError(_UNKNOWN)
    verified = check_signature(request, "SAMLRequest", root, peer, must_sign=peer.provider.signs_requests)
    if isinstance(verified, RequestError):
        return verified
    try:
        accepted = _check_request(request, read_request(verified.root), peer, signed=verified.is_signed)
    except MalformedMessage:
        return RequestError(_MALFORMED)
    return accepted if isinstance(accepted, RequestError) else (accepted, peer)


def _check_request(
    request: HttpRequest, authn_request: AuthnRequest, peer: Peer, *, signed: bool
) -> AcceptedRequest | RequestError:
    fault = fault_of(
        authn_request.destination,
        authn_request.issued_at,
        absolute("saml:sso"),
        timezone.now(),
        signed=signed,
    )
    if fault or authn_request.issuer != peer.provider.entity_id:
        return RequestError(fault or _UNKNOWN)
    consumer = consumer_for(peer.provider, authn_request)
    if isinstance(consumer, RequestError):
        return consumer
    return AcceptedRequest(
        client_id=peer.client_id,
        request_id=authn_request.request_id,
        consumer=consumer.address,
        relay=relay_of(request),
        format=authn_request.format,
        again=authn_request.again,
        passive=authn_request.passive,
        contexts=authn_request.contexts,
        subject=authn_request.subject,
    )


def _answer(request: HttpRequest, accepted: AcceptedRequest, peer: Peer | None) -> HttpResponse:
    application = find_application(accepted.client_id)
    if application is None or peer is None or accepted.consumer not in application.addresses:
        return bad_request_page(request, _UNKNOWN)
    form = format_for(peer.provider, accepted.format)
    if form is None:
        return _decline(request, application, accepted, Status.NAME_ID_POLICY)
    who = who_asks(request)
    proved = is_proved(request, who)
    methods = methods_of(who.by) if who else ()
    context = context_for(accepted.contexts, has_two="mfa" in methods)
    must_prove = accepted.again or (context is None and MFA in accepted.contexts and _has_second_factor(who))
    if who is None or (must_prove and not proved):
        if accepted.passive:
            return _decline(request, application, accepted, Status.NO_PASSIVE)
        return _sign_in_first(accepted, is_signed_in=who is not None)
    if context is None:
        return _decline(request, application, accepted, Status.NO_CONTEXT)
    return _enter(request, application, peer, accepted, who, form, context)


def _enter(
    request: HttpRequest,
    application: Application,
    peer: Peer,
    accepted: AcceptedRequest,
    who: Who,
    form: Format,
    context: str,
) -> HttpResponse:
    """Answer for a user who is signed in as requested."""
    now = timezone.now()
    identity = identity_of(who.account_id, now)
    obstacle = obstacle_for(application, who, identity)
    if obstacle:
        if accepted.passive:
            return _decline(request, application, accepted, Status.DENIED)
        return obstacle_page(request, application, who, obstacle, _path("saml:go-on", accepted))
    if not services.is_requested_subject(accepted, application, identity, who.session_key):
        return _decline(request, application, accepted, Status.UNKNOWN_PRINCIPAL)
    content = services.answer_request(
        application,
        peer,
        accepted,
        identity,
        current_pair(),
        issuer=entity_id(),
        form=form,
        context=context,
        session_key=who.session_key,
        signed_in_at=who.signed_in_at,
        now=now,
    )
    return _post_response(request, application, accepted, content)


def _has_second_factor(who: Who | None) -> bool:
    return who is not None and bool(devices_of(who.account_id))


def _decline(
    request: HttpRequest, application: Application, accepted: AcceptedRequest, status: Status
) -> HttpResponse:
    content = services.decline_request(
        accepted, status, current_pair(), issuer=entity_id(), now=timezone.now()
    )
    return _post_response(request, application, accepted, content)


def _post_response(
    request: HttpRequest, application: Application, accepted: AcceptedRequest, content: bytes
) -> HttpResponse:
    fields = {"SAMLResponse": base64.b64encode(content).decode()}
    if accepted.relay:
        fields["RelayState"] = accepted.relay
    return post_page(request, accepted.consumer, fields, application.name)


def _sign_in_first(accepted: AcceptedRequest, *, is_signed_in: bool) -> HttpResponse:
    back = f"{_path('saml:resume', accepted)}&{urlencode({PROOF_PARAMETER: proof_mark()})}"
    return redirect_to_sign_in(back, again=is_signed_in)


def _path(name: str, accepted: AcceptedRequest) -> str:
    return f"{reverse(name)}?{urlencode({'stamp': stamp_request(accepted)})}"

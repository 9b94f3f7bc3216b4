"""Sign-in from the ENT (CAS or SAML), to the mailbox or to the composer with its recipient.

The ENT identifies its user; the user linked their account once, signed in on both sides. A cookie with a
random mark binds the request and the response to one browser, against login CSRF.
"""

import hashlib
import secrets
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import (
    SignedInRequest,
    act_words,
    recently_signed_in,
    signed_in,
    start_session_by_partner,
    who_asks,
)
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.schools.rosters import queries, services
from vaguemestre.schools.rosters.http import class_writer_of
from vaguemestre.schools.rosters.ports import ent_saml_provider, fetch_from_ent
from vaguemestre.schools.rosters.rules.addresses import audience_of
from vaguemestre.schools.rosters.rules.cas import user_of_ticket
from vaguemestre.schools.rosters.rules.group_names import group_label
from vaguemestre.schools.rosters.services.roster_import import digest_function

_SALT = "rosters.ent-link"
_ASSERTION_SALT = "rosters.ent-assertion"
_REDIRECT_SECONDS = 120  # between the ENT's response and our page
_FLOW_SECONDS = 900  # between our request and the ENT's response
_LINK_PARAMS = ("uai", "classe", "vers", "a", "objet")


@never_cache
@require_GET
def start_sign_in(request: HttpRequest) -> HttpResponse:
    """Start the sign-in at the ENT. Public parameters: `uai`, `classe`, `vers` (eleves, familles), or `a`."""
    next_url = f"{reverse('rosters:open-composer')}?{urlencode(_link_params(request))}"
    if who_asks(request):
        return HttpResponseRedirect(next_url)
    mark = secrets.token_urlsafe(24)
    if settings.CONFIG.ent.saml_metadata:
        response = HttpResponseRedirect(
            ent_saml_provider.get().sign_in_url(_request_id(mark), timezone.now())
        )
        _set_flow_cookie(response, _next_cookie(), next_url)
    else:
        response = HttpResponseRedirect(
            f"{_cas_url()}/login?{urlencode({'service': _service_url(mark, next_url)})}"
        )
    _set_flow_cookie(response, _mark_cookie(), mark)
    return response


@never_cache
@require_GET
def finish_cas_sign_in(request: HttpRequest) -> HttpResponse:
    """Validate the CAS ticket and sign in. Raises Refusal `rosters.ent-refused`."""
    mark, next_url = request.COOKIES.get(_mark_cookie(), ""), request.GET.get("next", "/messagerie/")
    if not mark or not secrets.compare_digest(request.GET.get("mark", ""), _public_mark(mark)):
        raise Refusal("rosters.ent-refused")
    query = urlencode(
        {"service": _service_url(mark, next_url), "ticket": request.GET.get("ticket", "")[:300]}
    )
    try:
        user = user_of_ticket(fetch_from_ent.get()(f"{_cas_url()}/p3/serviceValidate?{query}"))
    except (EngineDown, EngineRefused) as error:
        raise Refusal("rosters.ent-refused") from error
    return _enter(request, f"ent:{_cas_url()}:{user}", user, mark, next_url)


@csrf_exempt
@never_cache
@require_POST
def receive_saml_response(request: HttpRequest) -> HttpResponse:
    """Redirect the posted SAMLResponse to a GET, because the cross-site POST carries no SameSite=Lax cookie.

    Raises Refusal `rosters.ent-refused`.
    """
    _check_saml()
    assertion = ent_saml_provider.get().read_response(request.POST.get("SAMLResponse", ""), timezone.now())
    fields = [
        assertion.provider,
        assertion.user,
        assertion.in_response_to,
        assertion.key,
        assertion.until.isoformat(),
    ]
    query = urlencode({"assertion": signing.dumps(fields, salt=_ASSERTION_SALT)})
    response = HttpResponseRedirect(f"{reverse('rosters:finish-saml-sign-in')}?{query}")
    response.status_code = HTTPStatus.SEE_OTHER
    return response


@never_cache
@require_GET
def finish_saml_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with the signed assertion, once, in the browser that requested it.

    Raises Refusal `rosters.ent-refused`.
    """
    _check_saml()
    mark = request.COOKIES.get(_mark_cookie(), "")
    next_url = request.COOKIES.get(_next_cookie(), "/messagerie/")
    try:
        fields = signing.loads(
            request.GET.get("assertion", ""), salt=_ASSERTION_SALT, max_age=_REDIRECT_SECONDS
        )
    except signing.BadSignature as error:
        raise Refusal("rosters.ent-refused") from error
    provider, user, in_response_to, key, until = fields
    if not mark or not secrets.compare_digest(in_response_to.encode(), _request_id(mark).encode()):
        raise Refusal("rosters.ent-refused")
    services.consume_assertion(key, datetime.fromisoformat(until))
    try:
        return _enter(request, f"ent:{provider}:{user}", user, mark, next_url)
    except (EngineDown, DatabaseError):  # the page says « réessayez »: so it may be
        services.return_assertion(key)
        raise


@never_cache
@require_GET
def show_metadata(request: HttpRequest) -> HttpResponse:
    """Our SAML service provider metadata, for the ENT."""
    _check_saml()
    content = ent_saml_provider.get().metadata(timezone.now())
    return HttpResponse(content, content_type="application/samlmetadata+xml")


def _enter(request: HttpRequest, ent_user: str, user: str, mark: str, next_url: str) -> HttpResponse:
    """Sign in to the linked account, or redirect to the page that offers to link one."""
    subject = digest_function(numen_keys.get())(ent_user)
    account_id = queries.account_of_ent_user(subject)
    if account_id:
        return start_session_by_partner(request, account_id, next_url)
    link = signing.dumps({"s": subject, "u": user, "m": _public_mark(mark)}, salt=_SALT)
    return HttpResponseRedirect(
        f"{reverse('rosters:link')}?{urlencode({'link': link, 'next': next_url[:600]})}"
    )


@require_http_methods(["GET", "POST"])
@recently_signed_in
@act_words("relier votre compte ENT")
def link(request: SignedInRequest) -> HttpResponse:
    """« Relier »: confirm, then link. Raises Refusal `rosters.ent-link-over`, `rosters.ent-taken`."""
    token = request.POST.get("link") or request.GET.get("link", "")
    mark = request.COOKIES.get(_mark_cookie(), "")
    try:
        claims = signing.loads(token, salt=_SALT, max_age=_FLOW_SECONDS)
    except signing.BadSignature as error:
        raise Refusal("rosters.ent-link-over") from error
    if not mark or not secrets.compare_digest(str(claims["m"]), _public_mark(mark)):
        raise Refusal("rosters.ent-link-over")
    next_url = request.POST.get("next") or request.GET.get("next", "")
    if request.method == "GET":
        context = {"user": claims["u"], "link": token, "next": next_url, "ent": settings.CONFIG.ent.name}
        return render(request, "rosters/link.html", context)
    run_now(services.link_ent(request.who.own_account_id, str(claims["s"]), now=timezone.now()))
    return HttpResponseRedirect(
        next_url if next_url.startswith(reverse("rosters:open-composer")) else "/messagerie/"
    )


@require_POST
@recently_signed_in
@act_words("séparer votre compte ENT")
def unlink(request: SignedInRequest) -> HttpResponse:
    services.unlink_ent(request.who.own_account_id, by=request.who.actor, now=timezone.now())
    return HttpResponseRedirect(reverse("rosters:list-classes"))


@require_GET
@signed_in
def open_composer(request: SignedInRequest) -> HttpResponse:
    """Redirect to the composer with the recipient of the ENT's link; to the mailbox if it has none."""
    to, subject = _recipient(request), request.GET.get("objet", "")[:200]
    if not to:
        return HttpResponseRedirect("/messagerie/")
    return HttpResponseRedirect(f"/messagerie/ecrire/?{urlencode({'to': to, 'subject': subject})}")


def _recipient(request: SignedInRequest) -> str:
    uai, name, side = (request.GET.get(key, "")[:100] for key in ("uai", "classe", "vers"))
    for choice in queries.audiences_of(class_writer_of(request)) if name else ():
        prefix = f"{group_label(name)} — "
        is_class = choice.name.startswith(prefix) and choice.audience.side == side
        if is_class and uai.upper() in ("", choice.uai):
            return choice.recipient
    try:
        address = str(parse_address(request.GET.get("a", "")))
    except Refusal:
        return ""
    return "" if audience_of(address) else address


def _link_params(request: HttpRequest) -> dict[str, str]:
    return {key: request.GET[key][:200] for key in _LINK_PARAMS if request.GET.get(key)}


def _service_url(mark: str, next_url: str) -> str:
    query = urlencode({"mark": _public_mark(mark), "next": next_url})
    return f"{settings.CONFIG.public_url}{reverse('rosters:finish-cas-sign-in')}?{query}"


def _request_id(mark: str) -> str:
    """The id of the AuthnRequest bound to that mark (an NCName)."""
    return f"_{_public_mark(mark)}"


def _set_flow_cookie(response: HttpResponse, name: str, value: str) -> None:
    """Set a cookie that lasts until the browser returns from the ENT."""
    response.set_cookie(
        name,
        value,
        max_age=_FLOW_SECONDS,
        path="/ent/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _check_saml() -> None:
    if not settings.CONFIG.ent.saml_metadata:
        raise Http404


def _public_mark(mark: str) -> str:
    """The digest of the mark, which may appear in URLs."""
    return hashlib.sha256(mark.encode()).hexdigest()[:32]


def _cas_url() -> str:
    url = str(settings.CONFIG.ent.cas_url).rstrip("/")
    if not url:
        raise Http404
    return url


def _mark_cookie() -> str:
    return f"{settings.KNOWN_BROWSER_COOKIE_NAME}-ent"


def _next_cookie() -> str:
    return f"{_mark_cookie()}-next"

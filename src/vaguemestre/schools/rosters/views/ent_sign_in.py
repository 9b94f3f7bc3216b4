"""Coming from the ENT (CAS or SAML): one's mail opens, the composer ready when the ENT says to whom.

The ENT says who comes; whose account that is was said once by the person, signed in on both sides. A mark
left in the browser ties the way out and the way back: somebody else's ticket, or answer, opens nothing.
"""

import hashlib
import secrets
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import (
    SignedInRequest,
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
from vaguemestre.schools.rosters.http import asker_of
from vaguemestre.schools.rosters.ports import ask_ent, ent_by_saml
from vaguemestre.schools.rosters.rules.addresses import audience_of
from vaguemestre.schools.rosters.rules.cas import user_in
from vaguemestre.schools.rosters.rules.group_names import shown_group
from vaguemestre.schools.rosters.services.roster_import import digest_with

_SALT = "rosters.ent-link"
_SAID_SALT = "rosters.ent-said"
_ON_THE_WAY = 120  # seconds between the ENT's answer and our page
_AGE = 900  # seconds between the way out and the way back
_ASKED = ("uai", "classe", "vers", "a", "objet")


@never_cache
@require_GET
def come_in(request: HttpRequest) -> HttpResponse:
    """`/ent/`: `uai`, `classe` and `vers` (eleves, familles), or `a` (an address), say to whom to write."""
    place = f"{reverse('rosters:write-to')}?{urlencode(_wanted(request))}"
    if who_asks(request):
        return HttpResponseRedirect(place)
    mark = secrets.token_urlsafe(24)
    if settings.CONFIG.ent.saml_metadata:
        answer = HttpResponseRedirect(ent_by_saml.get().address(_request(mark), timezone.now()))
        _leave(answer, _place_cookie(), place)
    else:
        answer = HttpResponseRedirect(f"{_cas()}/login?{urlencode({'service': _service(mark, place)})}")
    _leave(answer, _cookie(), mark)
    return answer


@never_cache
@require_GET
def come_back(request: HttpRequest) -> HttpResponse:
    """From the ENT with a ticket. Raises Refusal `rosters.ent-refused`."""
    mark, place = request.COOKIES.get(_cookie(), ""), request.GET.get("suite", "/messagerie/")
    if not mark or not secrets.compare_digest(request.GET.get("marque", ""), _told(mark)):
        raise Refusal("rosters.ent-refused")
    asked = urlencode({"service": _service(mark, place), "ticket": request.GET.get("ticket", "")[:300]})
    try:
        user = user_in(ask_ent.get()(f"{_cas()}/p3/serviceValidate?{asked}"))
    except (EngineDown, EngineRefused) as error:
        raise Refusal("rosters.ent-refused") from error
    return _entered(request, f"ent:{_cas()}:{user}", user, mark, place)


@csrf_exempt
@never_cache
@require_POST
def consume(request: HttpRequest) -> HttpResponse:
    """The ENT's answer (SAML), posted from its own page and so without our marks: asked again by GET.

    Raises Refusal `rosters.ent-refused`.
    """
    _check_saml()
    said = ent_by_saml.get().said(request.POST.get("SAMLResponse", ""), timezone.now())
    told = [said.provider, said.user, said.answers, said.key, said.until.isoformat()]
    answer = HttpResponseRedirect(
        f"{reverse('rosters:come-back-by-saml')}?{urlencode({'dit': signing.dumps(told, salt=_SAID_SALT)})}"
    )
    answer.status_code = HTTPStatus.SEE_OTHER
    return answer


@never_cache
@require_GET
def come_back_by_saml(request: HttpRequest) -> HttpResponse:
    """What the ENT said, brought by the browser that asked, once. Raises Refusal `rosters.ent-refused`."""
    _check_saml()
    mark, place = request.COOKIES.get(_cookie(), ""), request.COOKIES.get(_place_cookie(), "/messagerie/")
    try:
        told = signing.loads(request.GET.get("dit", ""), salt=_SAID_SALT, max_age=_ON_THE_WAY)
    except signing.BadSignature as error:
        raise Refusal("rosters.ent-refused") from error
    provider, user, answers, key, until = told
    if not mark or not secrets.compare_digest(answers.encode(), _request(mark).encode()):
        raise Refusal("rosters.ent-refused")
    services.burn_answer(key, datetime.fromisoformat(until))
    return _entered(request, f"ent:{provider}:{user}", user, mark, place)


@never_cache
@require_GET
def show_metadata(request: HttpRequest) -> HttpResponse:
    """What the ENT's SAML provider needs to know of us."""
    _check_saml()
    content = ent_by_saml.get().metadata(timezone.now())
    return HttpResponse(content, content_type="application/samlmetadata+xml")


def _entered(request: HttpRequest, named: str, user: str, mark: str, place: str) -> HttpResponse:
    """Into the account they linked; else to the page that offers to."""
    subject = digest_with(numen_keys.get().digest)(named)
    known = queries.account_of_ent(subject)
    if known:
        return start_session_by_partner(request, known, place)
    link = signing.dumps({"s": subject, "u": user, "m": _told(mark)}, salt=_SALT)
    return HttpResponseRedirect(
        f"{reverse('rosters:link')}?{urlencode({'lien': link, 'suite': place[:600]})}"
    )


@require_http_methods(["GET", "POST"])
@recently_signed_in
def link(request: SignedInRequest) -> HttpResponse:
    """« Relier »: GET asks, POST does. Raises Refusal `rosters.ent-link-over`, `rosters.ent-taken`."""
    told = request.POST.get("lien") or request.GET.get("lien", "")
    mark = request.COOKIES.get(_cookie(), "")
    try:
        wanted = signing.loads(told, salt=_SALT, max_age=_AGE)
    except signing.BadSignature as error:
        raise Refusal("rosters.ent-link-over") from error
    if not mark or not secrets.compare_digest(str(wanted["m"]), _told(mark)):
        raise Refusal("rosters.ent-link-over")
    place = request.POST.get("suite") or request.GET.get("suite", "")
    if request.method == "GET":
        shown = {"user": wanted["u"], "link": told, "place": place, "ent": settings.CONFIG.ent.name}
        return render(request, "rosters/link.html", shown)
    run_now(services.link_ent(request.who.own_account_id, str(wanted["s"]), now=timezone.now()))
    return HttpResponseRedirect(place if place.startswith(reverse("rosters:write-to")) else "/messagerie/")


@require_POST
@recently_signed_in
def unlink(request: SignedInRequest) -> HttpResponse:
    services.unlink_ent(request.who.own_account_id, by=request.who.actor, now=timezone.now())
    return HttpResponseRedirect(reverse("rosters:list-classes"))


@require_GET
@signed_in
def write_to(request: SignedInRequest) -> HttpResponse:
    """The composer, filled with whom the ENT said; the mailbox when it said nobody, or nobody of theirs."""
    to, subject = _recipient(request), request.GET.get("objet", "")[:200]
    if not to:
        return HttpResponseRedirect("/messagerie/")
    return HttpResponseRedirect(f"/messagerie/ecrire/?{urlencode({'to': to, 'subject': subject})}")


def _recipient(request: SignedInRequest) -> str:
    uai, name, side = (request.GET.get(key, "")[:100] for key in ("uai", "classe", "vers"))
    for one in queries.audiences_of(asker_of(request)) if name else ():
        wanted = f"{shown_group(name)} — "
        if one.name.startswith(wanted) and one.audience.side == side and uai.upper() in ("", one.uai):
            return one.recipient
    try:
        address = str(parse_address(request.GET.get("a", "")))
    except Refusal:
        return ""
    return "" if audience_of(address) else address


def _wanted(request: HttpRequest) -> dict[str, str]:
    return {key: request.GET[key][:200] for key in _ASKED if request.GET.get(key)}


def _service(mark: str, place: str) -> str:
    asked = urlencode({"marque": _told(mark), "suite": place})
    return f"{settings.CONFIG.public_url}{reverse('rosters:come-back')}?{asked}"


def _request(mark: str) -> str:
    """The name of the request made for that mark (an NCName)."""
    return f"_{_told(mark)}"


def _leave(answer: HttpResponse, name: str, value: str) -> None:
    """In the browser, until it is back."""
    answer.set_cookie(
        name,
        value,
        max_age=_AGE,
        path="/ent/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _check_saml() -> None:
    if not settings.CONFIG.ent.saml_metadata:
        raise Http404


def _told(mark: str) -> str:
    """What is said of the mark outside the browser."""
    return hashlib.sha256(mark.encode()).hexdigest()[:32]


def _cas() -> str:
    address = str(settings.CONFIG.ent.cas_url).rstrip("/")
    if not address:
        raise Http404
    return address


def _cookie() -> str:
    return f"{settings.KNOWN_BROWSER_COOKIE_NAME}-ent"


def _place_cookie() -> str:
    return f"{_cookie()}-suite"

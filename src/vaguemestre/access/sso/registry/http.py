"""Shared by the endpoints of every protocol: redirects to sign in, interstitial and error pages."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from vaguemestre.access.signin.http import (
    SIGN_IN,
    blocking_page,
    is_stale,
)
from vaguemestre.access.signin.rules.paths import PROOF_PARAMETER, safe_next
from vaguemestre.access.signin.values import Who
from vaguemestre.access.sso.registry import services
from vaguemestre.access.sso.registry.ports import front_addresses
from vaguemestre.access.sso.registry.queries import has_agreed, identity_of, visits_of_session
from vaguemestre.access.sso.registry.rules.entrance import obstacle
from vaguemestre.access.sso.registry.rules.methods import methods_of
from vaguemestre.access.sso.registry.rules.release import attribute_label, released_attributes
from vaguemestre.access.sso.registry.rules.words import criteria_of, value_label
from vaguemestre.access.sso.registry.values import Application, Identity, Obstacle, Visit
from vaguemestre.foundation.ui.academy import academy_of
from vaguemestre.people.credentials.queries import devices_of, passkeys_of
from vaguemestre.people.directory.queries import place_names

GOODBYE = "/au-revoir"
MAX_QUERY_CHARACTERS = 1700  # fits the `next` parameter of the sign-in
_PROOF_SALT = "sso.prove-again"
_CONSENT_SALT = "sso.consent"
_GOODBYE_SALT = "sso.goodbye"
_GOODBYE_SECONDS = 600
_SIGN_IN_SECONDS = 1800  # to sign in and come back


def redirect_to_sign_in(back: str, *, again: bool = False, name: str = "") -> HttpResponse:
    """Redirect to sign in, then to `back`, a path of this site. `again`: even if already signed in."""
    query = {"next": back}
    if again:
        query["confirmer"] = "1"
    if name:
        query["identifiant"] = name
    return HttpResponseRedirect(f"{SIGN_IN}?{urlencode(query)}")


def proof_mark() -> str:
    """A signed timestamp: a sign-in after it counts as a fresh proof."""
    return signing.dumps(int(timezone.now().timestamp()), salt=_PROOF_SALT)


def is_proved(request: HttpRequest, who: Who | None) -> bool:
    """Whether the user signed in for this very request; False if its mark is forged or expired.

    A mark made for another sign-in, in another browser perhaps, proves nothing here.
    """
    mark = request.GET.get(PROOF_PARAMETER, "")
    if who is None or mark != who.proof_mark:
        return False
    try:
        since = int(signing.loads(mark, salt=_PROOF_SALT, max_age=_SIGN_IN_SECONDS))
    except (signing.BadSignature, TypeError, ValueError):
        return False
    return int(who.signed_in_at.timestamp()) >= since


def redirect_page(request: HttpRequest, address: str, name: str = "") -> HttpResponse:
    """A page that redirects by itself: after a form, CSP lets browsers follow no redirect to another site."""
    return render(request, "sso/registry/leave.html", {"address": address, "name": name})


def post_page(request: HttpRequest, address: str, fields: Mapping[str, str], name: str = "") -> HttpResponse:
    """A page whose form submits itself to a registered address, from where redirects may follow."""
    context = {"address": address, "fields": dict(fields), "name": name}
    answer = render(request, "sso/registry/onwards.html", context)
    parts = urlsplit(address)
    policy = {**settings.SECURE_CSP, "form-action": [f"{parts.scheme}://{parts.netloc}", "https:"]}
    answer._csp_config = policy  # type: ignore[attr-defined]
    answer["Cache-Control"] = "no-store"
    return answer


def sign_out_page(
    request: HttpRequest, action: str, fields: Mapping[str, str], name: str = ""
) -> HttpResponse:
    """Ask the user before signing them out everywhere: any site can send this request."""
    context = {"action": action, "fields": dict(fields), "name": name}
    return render(request, "sso/registry/sign_out.html", context)


def obstacle_for(application: Application, who: Who, identity: Identity) -> Obstacle | None:
    """What keeps the user from entering for now; None to go on."""
    now = timezone.now()
    if blocking_page(who, now) or is_stale(who, now):
        return Obstacle.HELD_BACK
    agreed = not application.consent or has_agreed(application, who.account_id)
    return obstacle(application, identity, methods_of(who.by), agreed=agreed)


def obstacle_page(
    request: HttpRequest,
    application: Application,
    who: Who,
    obstacle: Obstacle,
    back: str,
    refusal_path: str = "/",
) -> HttpResponse:
    """The page that explains an obstacle. `back`: path to ask again; `no`: path if consent is refused."""
    if obstacle is Obstacle.HELD_BACK:
        return HttpResponseRedirect(blocking_page(who, timezone.now()) or _prove_again(back))
    if obstacle is Obstacle.ASSURANCE:
        has_factor = bool(devices_of(who.account_id) or passkeys_of(who.account_id))
        context = {"application": application, "has_factor": has_factor, "again": _prove_again(back)}
        return render(request, "sso/registry/needs_factor.html", context, status=403)
    if obstacle is Obstacle.CONSENT:
        attributes = released_attributes(application, identity_of(who.account_id, timezone.now()))
        context = {
            "application": application,
            "attributes": [
                (attribute_label(name), value_label(name, value)) for name, value in attributes.items()
            ],
            "stamp": signing.dumps([application.client_id, back, who.account_id], salt=_CONSENT_SALT),
            "refusal_path": refusal_path,
        }
        return render(request, "sso/registry/consent.html", context)
    services.record_refusal(application, who.account_id, obstacle.value, now=timezone.now())
    return not_allowed_page(request, application)


def _prove_again(back: str) -> str:
    return f"{SIGN_IN}?{urlencode({'confirmer': '1', 'next': back})}"


class Consented(NamedTuple):
    """What a consent stamp names: the application, and the path to go on with."""

    client_id: str
    back: str


def read_consent_stamp(stamp: str, who: Who) -> Consented | None:
    """The content of a consent stamp of that user; None if forged or expired."""
    try:
        client_id, back, account_id = signing.loads(stamp, salt=_CONSENT_SALT, max_age=_SIGN_IN_SECONDS)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return Consented(str(client_id), safe_next(str(back))) if account_id == who.account_id else None


class EndedVisit(NamedTuple):
    """A visit ended by a sign-out. `front_address`: what the browser loads to end it, "" for none."""

    sid: str
    name: str
    front_address: str


class Goodbye(NamedTuple):
    """What the goodbye page shows, and the registered address to go to afterwards."""

    visits: list[EndedVisit]
    then: str


def goodbye_address(session_key: str, then: str = "") -> str:
    """The address of the page that lists the applications closed with that session.

    `then`: a registered address to go to afterwards.
    """
    open_visits = visits_of_session(session_key) if session_key else []
    visits = [EndedVisit(visit.sid, visit.application.name, _front_address(visit)) for visit in open_visits]
    if then and not any(visit.front_address for visit in visits):
        return then
    if not visits:
        return f"{SIGN_IN}?au-revoir=1"
    return f"{GOODBYE}?{urlencode({'de': signing.dumps([visits, then], salt=_GOODBYE_SALT, compress=True)})}"


def read_goodbye_stamp(stamp: str) -> Goodbye | None:
    """The content of a stamp of `goodbye_address`; None if forged or expired."""
    try:
        visits, then = signing.loads(stamp, salt=_GOODBYE_SALT, max_age=_GOODBYE_SECONDS)
        return Goodbye(
            [EndedVisit(str(sid), str(name), str(front)) for sid, name, front in visits], str(then)
        )
    except (signing.BadSignature, TypeError, ValueError):
        return None


def _front_address(visit: Visit) -> str:
    """The address a browser loads to end that visit; "" if its protocol has none."""
    addresses = (front_address(visit) for front_address in front_addresses.get())
    return next((address for address in addresses if address), "")


def bad_request_page(request: HttpRequest, words: str) -> HttpResponse:
    """The error page for a request that cannot be answered to the application."""
    return render(request, "sso/registry/refused.html", {"words": words}, status=400)


def not_allowed_page(request: HttpRequest, application: Application) -> HttpResponse:
    """The 403 page: who may enter, and whom to ask."""
    academy = academy_of(request)
    context = {
        "application": application,
        "criteria": criteria_of(application, place_names(application.schools)),
        "contact": application.contact or academy.help_address,
        "phone": academy.help_phone,
    }
    return render(request, "sso/registry/not_allowed.html", context, status=403)

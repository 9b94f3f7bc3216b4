"""What the doors of every protocol share: signing in on the way, and pages that send nobody anywhere."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from vaguemestre.signin.http import SIGN_IN
from vaguemestre.signin.values import Who
from vaguemestre.sso.registry.values import Application

LONGEST_QUERY = 1700  # what a sign-in can bring back
_SALT = "sso.prove-again"
_PATIENCE = 1800  # seconds to sign in


def to_sign_in(back: str, *, again: bool = False, name: str = "") -> HttpResponse:
    """Sign in, then come back to `back`, a path of this site. `again`: even whoever is signed in."""
    query = {"next": back}
    if again:
        query["confirmer"] = "1"
    if name:
        query["identifiant"] = name
    return HttpResponseRedirect(f"{SIGN_IN}?{urlencode(query)}")


def mark_now() -> str:
    """A mark that says from when on signing in counts as having proved it again."""
    return signing.dumps(int(timezone.now().timestamp()), salt=_SALT)


def proved_since(mark: str, who: Who) -> bool:
    """Whether that person signed in after the mark was made; False for a mark that is none of ours."""
    try:
        since = int(signing.loads(mark, salt=_SALT, max_age=_PATIENCE))
    except (signing.BadSignature, TypeError, ValueError):
        return False
    return int(who.signed_in_at.timestamp()) >= since


def leave(request: HttpRequest, address: str, name: str = "") -> HttpResponse:
    """A page that goes on by itself: after a form, browsers follow no redirect out of our own pages."""
    return render(request, "sso/registry/leave.html", {"address": address, "name": name})


def confirm_leaving(
    request: HttpRequest, action: str, fields: Mapping[str, str], name: str = ""
) -> HttpResponse:
    """Ask the person before signing them out everywhere: the request may be anybody's."""
    shown = {"action": action, "fields": dict(fields), "name": name}
    return render(request, "sso/registry/sign_out.html", shown)


def refused(request: HttpRequest, words: str) -> HttpResponse:
    """The application's request cannot be answered, not even to say so."""
    return render(request, "sso/registry/refused.html", {"words": words}, status=400)


def not_allowed(request: HttpRequest, application: Application) -> HttpResponse:
    return render(request, "sso/registry/not_allowed.html", {"application": application}, status=403)

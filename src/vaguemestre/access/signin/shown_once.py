"""A secret that a form made, shown once on the page that follows it: the form sent again makes no other.

Until then it is sealed in the browser's own cookie, for its account and that page: no table of ours holds it.
"""

import base64
import json
import time
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect

from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.rules.secret_box import seal, unseal
from vaguemestre.people.credentials.values import SecretKeys

_LIFETIME_SECONDS = 120


def redirect_to_secret(request: SignedInRequest, page: str, secret: str, keys: SecretKeys) -> HttpResponse:
    """To that page (its path, with or without a query), which shows the secret; "": none is made."""
    answer = HttpResponseRedirect(page)
    if secret:
        content = json.dumps([urlsplit(page).path, time.time(), secret])
        sealed = seal(content.encode(), request.who.account_id, keys)
        answer.set_cookie(
            settings.SHOWN_ONCE_COOKIE_NAME,
            base64.urlsafe_b64encode(sealed).decode(),
            max_age=_LIFETIME_SECONDS,
            path="/",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Strict",
        )
    return answer


def secret_to_show(request: SignedInRequest, keys: SecretKeys) -> str:
    """The secret to be shown on this page; "" if there is none."""
    cookie = request.COOKIES.get(settings.SHOWN_ONCE_COOKIE_NAME, "")
    try:
        content = unseal(base64.urlsafe_b64decode(cookie), request.who.account_id, keys)
        page, at, secret = json.loads(content)
    except (Refusal, ValueError):
        return ""
    is_fresh = 0 <= time.time() - at <= _LIFETIME_SECONDS
    return str(secret) if is_fresh and page == request.path else ""


def forget_secret(request: SignedInRequest, answer: HttpResponse) -> HttpResponse:
    """The page that showed it, which the browser neither keeps nor asks again with it."""
    if settings.SHOWN_ONCE_COOKIE_NAME in request.COOKIES:
        answer.delete_cookie(settings.SHOWN_ONCE_COOKIE_NAME, path="/", samesite="Strict")
        answer["Cache-Control"] = "no-store"
    return answer

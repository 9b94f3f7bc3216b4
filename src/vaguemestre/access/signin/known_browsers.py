"""The signed cookie of a known browser: its identifier, and the accounts that signed in there."""

import secrets
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

_SALT = "signin.known-browser"
_MAX_AGE_SECONDS = 180 * 24 * 3600
_MAX_ACCOUNTS = 5


class KnownBrowser(NamedTuple):
    """What the cookie holds; empty for a browser without one."""

    identifier: str = ""
    account_ids: tuple[int, ...] = ()


def known_browser(request: HttpRequest) -> KnownBrowser:
    """The browser a request comes from."""
    try:
        cookie = signing.loads(
            request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, ""), salt=_SALT, max_age=_MAX_AGE_SECONDS
        )
        return KnownBrowser(str(cookie["b"]), tuple(int(account_id) for account_id in cookie["a"]))
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return KnownBrowser()


def new_browser() -> KnownBrowser:
    """A new identifier, for a browser without a cookie."""
    return KnownBrowser(secrets.token_urlsafe(9))


def remember_browser(answer: HttpResponse, browser: KnownBrowser, account_id: int) -> None:
    """Set the cookie, with that account first."""
    others = (other for other in browser.account_ids if other != account_id)
    cookie = {"b": browser.identifier, "a": [account_id, *others][:_MAX_ACCOUNTS]}
    answer.set_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        signing.dumps(cookie, salt=_SALT),
        max_age=_MAX_AGE_SECONDS,
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )

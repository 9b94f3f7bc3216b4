"""Requests of somebody signed in, and the browser side of a sign-in."""

import ipaddress
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.utils import timezone

from vaguemestre.access.signin import services
from vaguemestre.access.signin.ports import revocations
from vaguemestre.access.signin.rules.browsers import browser_mark, passing_mark
from vaguemestre.access.signin.rules.interrupted_acts import may_be_kept
from vaguemestre.access.signin.rules.limits import RECENT, is_recent, reads_only
from vaguemestre.access.signin.rules.paths import safe_next
from vaguemestre.access.signin.rules.reading_scope import is_reading
from vaguemestre.access.signin.rules.throttle import network_named
from vaguemestre.access.signin.sessions import SessionStore
from vaguemestre.access.signin.values import Attempt, Denied, Factor, Granted, Who
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.ui.confirmation import MARK_FIELD
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.rules.second_factors import Policy, policy_of

SIGN_IN = "/alogin"
SECURITY = "/parametres/securite"
_MAIL = "/messagerie/"
RESUME = "/compte/reprise"
_LONGEST_PATH = 2000
RENEWAL = "/parametres/securite/mot-de-passe"
# Not "cookies": on a machine that serves several instances they are shared by all ports.
LEFT_BEHIND = '"cache", "storage"'
KEPT_ATTEMPT = "attempt"
_BROWSER_SALT = "signin.known-browser"
_BROWSER_AGE = 180 * 24 * 3600
_ACCOUNTS_A_BROWSER = 5


class SignedInRequest(HttpRequest):
    """A request whose asker is known: what `signed_in` gives to views."""

    who: Who


type _View = Callable[..., HttpResponse]


def who_asks(request: HttpRequest) -> Who | None:
    """The person signed in, if any (set by the middleware)."""
    return cast("Who | None", getattr(request, "who", None))


def signed_in(view: Callable[..., HttpResponse]) -> _View:
    """For pages of a signed-in person: others are sent to sign in and come back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        who = who_asks(request)
        if who is None:
            return _to_sign_in(request)
        if not request.path.startswith(SECURITY) and (where := held_back(who, timezone.now())):
            return HttpResponseRedirect(where)
        if request.path.startswith(_MAIL) and (until := mail_held_until(who, timezone.now())):
            return render(request, "signin/mail_held.html", {"until": until}, status=403)
        return view(request, *args, **kwargs)

    return guarded


def mail_held_until(who: Who, now: datetime) -> datetime | None:
    """When the mailbox opens again after a compromise; None when nothing holds it."""
    since = who.mail_held_since
    until = since + timedelta(hours=settings.CONFIG.lifecycle.compromise_hours) if since else now
    return until if until > now else None


def held_back(who: Who, now: datetime) -> str:
    """Where somebody must go before anything else is opened to them; "" when nothing holds them back.

    A second factor overdue, or a password barred. Applications ask `is_stale` as well: a long session reads
    mail and enters nowhere.
    """
    if must_enrol(who, now):
        return SECURITY
    if who.must_renew:
        return RENEWAL
    return ""


def factor_policy() -> Policy:
    """Who must hold a second factor here."""
    told = settings.CONFIG.signin
    return policy_of(told.second_factor_for, told.second_factor_from, told.second_factor_days)


def must_enrol(who: Who, now: datetime) -> bool:
    """Whether the time left to protect an account of that role is over: only its security pages answer."""
    return who.enrol_before is not None and now >= who.enrol_before


def prove_first(request: HttpRequest) -> HttpResponse | None:
    """A long session whose proof is old reads mail; for the rest its person proves who they are again."""
    who = who_asks(request)
    if who is None or not is_stale(who, timezone.now()):
        return None
    return None if is_reading(request.method or "GET", request.path) else _to_sign_in(request)


def is_stale(who: Who, now: datetime) -> bool:
    """« Mon appareil », and more than a school day since the last proof."""
    return reads_only(who.signed_in_at, now, mine=who.mine)


def act_words[View: Callable[..., HttpResponse]](
    words: str, acts: Mapping[str, str] | None = None, *, named_by: str = "acte"
) -> Callable[[View], View]:
    """What a view does, in words: « confirmer un import ». Said to whoever must prove who they are first.

    `acts`: the words of each value of `named_by`, a field of the form or a part of the address.
    """

    def said(request: HttpRequest) -> str:
        given = request.resolver_match.kwargs if request.resolver_match else {}
        value = request.POST.get(named_by) or given.get(named_by, "")
        return str((acts or {}).get(value, words))

    def mark(view: View) -> View:
        view.__dict__["act_words"] = said  # `wraps` carries it through every decorator
        return view

    return mark


def proved_within(period: timedelta, words: str = "") -> Callable[[Callable[..., HttpResponse]], _View]:
    """For sensitive acts: whoever proved who they are longer ago does so again, then goes on with the act.

    `words`: what it does, where the view's own `act_words` do not say it.
    """

    def decorate(view: Callable[..., HttpResponse]) -> _View:
        said: Callable[[HttpRequest], str] = getattr(view, "act_words", lambda _: words)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            who = who_asks(request)
            if who is None or not is_recent(who.signed_in_at, timezone.now(), period):
                return _to_sign_in(request, words or said(request))
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def recently_signed_in(view: Callable[..., HttpResponse]) -> _View:
    """For sensitive acts: whoever signed in more than five minutes ago proves it again and goes on."""
    return proved_within(RECENT)(view)


def _to_sign_in(request: HttpRequest, words: str = "") -> HttpResponse:
    """What was asked by GET is asked again afterwards; the form of somebody signed in is given back."""
    who = who_asks(request)
    if request.method == "GET":
        query = {"next": request.get_full_path()}
    elif who is None:
        query = {"next": _page_of_form(request)}
    else:
        _keep_act(request, who, words)
        query = {"next": RESUME}
    if who:
        query = {"confirmer": "1", **query}
    where = f"{SIGN_IN}?{urlencode(query)}"
    if "HX-Request" in request.headers:
        answer = HttpResponse(status=401)
        answer["HX-Redirect"] = where if who_asks(request) else SIGN_IN
        return answer
    return HttpResponseRedirect(where)


def _keep_act(request: HttpRequest, who: Who, words: str) -> None:
    """The form sent, for the page that gives it back. Pieces of a page are begun again on their page.

    Without the mark of what was confirmed: an act that says first what it will do says it again.
    """
    fields = tuple(
        (name, str(value))
        for name, values in request.POST.lists()
        if name not in ("csrfmiddlewaretoken", MARK_FIELD)
        for value in values
    )
    is_page = "HX-Request" not in request.headers and request.headers.get("Sec-Fetch-Dest", "document") in (
        "document",
        "iframe",
    )
    path = request.get_full_path()
    is_kept = is_page and len(path) <= _LONGEST_PATH and may_be_kept(fields, has_files=bool(request.FILES))
    act = services.Act(path[:_LONGEST_PATH], _page_of_form(request), words, fields if is_kept else None)
    services.keep_act(who.session_key, who.own_account_id, act, secret_keys.get(), now=timezone.now())


def _page_of_form(request: HttpRequest) -> str:
    """The page of ours a form was sent from (our referrer policy tells it), else home."""
    told = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    return safe_next(told.path) if told.path and told.netloc == request.get_host() else "/"


def enter(
    request: HttpRequest,
    account_id: int,
    *,
    shared: bool = False,
    mine: bool = False,
    back: str = "/",
    by: Factor = Factor.PASSWORD,
) -> HttpResponseRedirect:
    """Open the browser's session for that account and send it where it was going."""
    now = timezone.now()
    former = who_asks(request)
    browser, accounts = known_browser(request)
    browser = browser or secrets.token_urlsafe(9)
    network, told = network_of(request), request.headers.get("User-Agent", "")
    is_known = account_id in accounts
    touched = services.open_browser_session(
        cast("SessionStore", request.session),
        account_id,
        shared=shared,
        network=network,
        browser=told,
        now=now,
        by=by,
        mine=mine,
        mark=passing_mark(network, told) if shared and not is_known else browser_mark(browser),
    )
    if touched:
        run_now(touched)
    if former:
        same = former.account_id == account_id
        goes_on = cast("SessionStore", request.session).digest if same else ""
        if same:
            services.carry_act(former.session_key, account_id, goes_on)
        run_now(
            services.end_session(
                former.session_key, former.account_id, revocations.get(), now=now, continued_by=goes_on
            )
        )
    rotate_token(request)
    answer = HttpResponseRedirect(safe_next(back))
    if not shared:
        _remember_browser(answer, browser, accounts, account_id)
    return answer


def keep_attempt(request: HttpRequest, attempt: Attempt, name: str, back: str) -> None:
    """The attempt waits in the browser's anonymous session, out of its reach."""
    request.session.set_expiry(0)
    request.session[KEPT_ATTEMPT] = {
        **asdict(attempt),
        "started": attempt.started.isoformat(),
        "name": name,
        "back": back,
    }


def enter_by_partner(request: HttpRequest, account_id: int, back: str) -> HttpResponse:
    """What another house said, taken as the first step; then the page of codes, or of sign-in, if need be."""
    step = services.by_partner(account_id, shared=False, now=timezone.now(), policy=factor_policy())
    match step:
        case Granted():
            return enter(request, account_id, back=back, by=step.by)
        case Attempt():
            keep_attempt(request, step, "", back)
            return HttpResponseRedirect(f"{SIGN_IN}/code")
        case Denied():
            return HttpResponseRedirect(f"{SIGN_IN}?{urlencode({'next': safe_next(back)})}")


def go_out(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """End the session here: its mail tokens open nothing any more, on any worker, from this answer on."""
    who = who_asks(request)
    if who:
        run_now(services.end_session(who.session_key, who.account_id, revocations.get(), now=timezone.now()))
    request.session.flush()
    answer["Cache-Control"] = "no-store"
    if who and who.shared:
        answer["Clear-Site-Data"] = LEFT_BEHIND
        answer.delete_cookie(settings.KNOWN_BROWSER_COOKIE_NAME)
    return answer


def network_of(request: HttpRequest) -> str:
    """Where a request comes from: an IPv4 address, or the /64 of an IPv6 one (a home has that many)."""
    told = str(request.META.get("REMOTE_ADDR", ""))
    try:
        return network_named(ipaddress.ip_address(told.partition("%")[0]))
    except ValueError:
        return "unknown"


def known_browser(request: HttpRequest) -> tuple[str, tuple[int, ...]]:
    """(identifier, accounts) of a browser where somebody signed in before; ("", ()) of another."""
    try:
        told = signing.loads(
            request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, ""),
            salt=_BROWSER_SALT,
            max_age=_BROWSER_AGE,
        )
        return str(told["b"]), tuple(int(account) for account in told["a"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return "", ()


def _remember_browser(answer: HttpResponse, browser: str, accounts: tuple[int, ...], account_id: int) -> None:
    kept = [account_id, *(other for other in accounts if other != account_id)][:_ACCOUNTS_A_BROWSER]
    told = {"b": browser, "a": kept}
    answer.set_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        signing.dumps(told, salt=_BROWSER_SALT),
        max_age=_BROWSER_AGE,
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )

"""View decorators for signed-in users, and the browser side of a session."""

import ipaddress
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.utils import timezone

from vaguemestre.access.signin import services
from vaguemestre.access.signin.held_forms import drop_deferred_form
from vaguemestre.access.signin.known_browsers import known_browser, new_browser, remember_browser
from vaguemestre.access.signin.pending_sign_in import keep_pending_sign_in
from vaguemestre.access.signin.ports import revocations
from vaguemestre.access.signin.presence import present_secret
from vaguemestre.access.signin.rules.browsers import browser_mark, shared_computer_mark
from vaguemestre.access.signin.rules.interrupted_acts import can_be_stored
from vaguemestre.access.signin.rules.paths import proof_mark_in, safe_next
from vaguemestre.access.signin.rules.reading_scope import is_reading
from vaguemestre.access.signin.rules.session_lifetimes import RECENT, is_read_only, is_recent
from vaguemestre.access.signin.rules.throttle import network_of_address
from vaguemestre.access.signin.sessions import SessionStore
from vaguemestre.access.signin.values import Denied, Granted, PendingSignIn, Who
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.ui.confirmation import MARK_FIELD
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.rules.second_factors import Policy, policy_of

SIGN_IN = "/alogin"
SECURITY = "/parametres/securite"
_MAIL = "/messagerie/"
RESUME = "/compte/reprise"
_MAX_PATH_CHARACTERS = 2000
RENEWAL = "/parametres/securite/mot-de-passe"
# Clear-Site-Data without "cookies": all ports of a host share them, so other instances would lose theirs.
CLEARED_SITE_DATA = '"cache", "storage"'


class SignedInRequest(HttpRequest):
    """A request of a signed-in user, as `signed_in` passes it to views."""

    who: Who


type _View = Callable[..., HttpResponse]


def who_asks(request: HttpRequest) -> Who | None:
    """The signed-in user, set by the middleware; None if nobody is signed in."""
    return cast("Who | None", getattr(request, "who", None))


def signed_in(view: Callable[..., HttpResponse]) -> _View:
    """Decorator: require a signed-in user; others sign in first and come back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        who = who_asks(request)
        if who is None:
            return _redirect_to_sign_in(request)
        return _closed_page(request, who) or view(request, *args, **kwargs)

    return guarded


def _closed_page(request: HttpRequest, who: Who) -> HttpResponse | None:
    """What answers in place of the view: a page to complete first, a mailbox on hold; None to go on."""
    page = blocking_page(who, timezone.now())
    if page and not request.path.startswith(page):
        return HttpResponseRedirect(page)
    if request.path.startswith(_MAIL) and (until := mail_held_until(who.mail_held_since, timezone.now())):
        return render(request, "signin/mail_held.html", {"until": until}, status=403)
    return None


def mail_held_until(since: datetime | None, now: datetime) -> datetime | None:
    """When a mailbox reopens that a compromise closed at `since`; None when it is open."""
    until = since + timedelta(hours=settings.CONFIG.lifecycle.compromise_hours) if since else now
    return until if until > now else None


def blocking_page(who: Who, now: datetime) -> str:
    """The page the user must complete before any other opens; "" when there is none.

    A barred password, or an overdue second factor. Applications also check `is_stale`: a long session may
    read mail but enter no application. While the password is barred nothing else is added to the account.
    """
    if who.must_renew:
        return RENEWAL
    return SECURITY if who.enrol_before and now >= who.enrol_before else ""


def factor_policy() -> Policy:
    """The configured second-factor policy."""
    config = settings.CONFIG.signin
    return policy_of(config.second_factor_for, config.second_factor_from, config.second_factor_days)


def require_fresh_proof(request: HttpRequest) -> HttpResponse | None:
    """A redirect to sign in if a long session asks for more than reading mail; None to go on."""
    who = who_asks(request)
    if who is None or not is_stale(who, timezone.now()):
        return None
    if is_reading(request.method or "GET", request.path):
        return None
    return _redirect_to_sign_in(request, _words_of_act(request))


def is_stale(who: Who, now: datetime) -> bool:
    """Whether an own-device session is older than the last proof allows (a school day)."""
    return is_read_only(who.signed_in_at, now, mine=who.mine)


def act_words[View: Callable[..., HttpResponse]](
    words: str, acts: Mapping[str, str] | None = None, *, named_by: str = "act"
) -> Callable[[View], View]:
    """Decorator: name what a view does (« confirmer un import »), for the page that asks for a fresh proof.

    `acts`: words for each value of `named_by`, a form field or a URL parameter.
    """

    def describe(request: HttpRequest) -> str:
        url_values = request.resolver_match.kwargs if request.resolver_match else {}
        return str((acts or {}).get(url_values.get(named_by) or request.POST.get(named_by, ""), words))

    def mark(view: View) -> View:
        view.__dict__["act_words"] = describe  # `wraps` copies it through every decorator
        return view

    return mark


def proved_within(period: timedelta, words: str = "") -> Callable[[Callable[..., HttpResponse]], _View]:
    """Decorator for sensitive acts: require a proof of identity not older than `period`.

    `words` describe the act if the view has no `act_words`. The interrupted form is offered again afterwards.
    """

    def decorate(view: Callable[..., HttpResponse]) -> _View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            who = who_asks(request)
            if who is None or not is_recent(who.signed_in_at, timezone.now(), period):
                return _redirect_to_sign_in(request, words or _words_of_act(request))
            return _closed_page(request, who) or view(request, *args, **kwargs)

        return guarded

    return decorate


def _words_of_act(request: HttpRequest) -> str:
    """What the view of the address does, wherever `act_words` stands among its decorators."""
    describe = getattr(request.resolver_match and request.resolver_match.func, "act_words", lambda _: "")
    return str(describe(request))


def recently_signed_in(view: Callable[..., HttpResponse]) -> _View:
    """Decorator for sensitive acts: require a proof of the last five minutes."""
    return proved_within(RECENT)(view)


def _redirect_to_sign_in(request: HttpRequest, words: str = "") -> HttpResponse:
    """Redirect to sign in. Afterwards a GET is repeated, and a signed-in user's form is offered again."""
    who = who_asks(request)
    if request.method == "GET":
        query = {"next": request.get_full_path()}
    elif who is None:
        query = {"next": _referring_page(request)}
    else:
        _store_act(request, who, words)
        query = {"next": RESUME}
    if who:
        query = {"confirmer": "1", **query}
    address = f"{SIGN_IN}?{urlencode(query)}"
    if "HX-Request" in request.headers:
        answer = HttpResponse(status=401)
        answer["HX-Redirect"] = address if who else SIGN_IN
        return answer
    return HttpResponseRedirect(address)


def _store_act(request: HttpRequest, who: Who, words: str) -> None:
    """Store the submitted form for `/compte/reprise`. Fragments are started again on their page.

    The confirmation mark is left out: an act that asks for confirmation asks again.
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
    path, page = request.get_full_path(), _referring_page(request)
    is_storable = len(path) <= _MAX_PATH_CHARACTERS and can_be_stored(fields, has_files=bool(request.FILES))
    act = services.Act(path[:_MAX_PATH_CHARACTERS], page, words, fields if is_page and is_storable else None)
    own: Who = getattr(request, "own_who", who)  # the proof is given outside of a shared mailbox
    services.store_act(own.session_key, own.account_id, act, secret_keys.get(), now=timezone.now())


def _referring_page(request: HttpRequest) -> str:
    """The path of the page the form was sent from (from Referer), else `/`."""
    referrer = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    return safe_next(referrer.path) if referrer.path and referrer.netloc == request.get_host() else "/"


def start_session(request: HttpRequest, granted: Granted, *, back: str = "/") -> HttpResponseRedirect:
    """Open the browser session that was earned, and redirect to `back`.

    Raises Refusal `signin.ended-meanwhile`.
    """
    account_id, shared = granted.account_id, granted.shared
    now = timezone.now()
    former = who_asks(request)
    browser = known_browser(request)
    if not browser.identifier:
        browser = new_browser()
    network, user_agent = network_of(request), request.headers.get("User-Agent", "")
    is_unmarked = shared and account_id not in browser.account_ids
    mark = shared_computer_mark(network, user_agent) if is_unmarked else browser_mark(browser.identifier)
    session = cast("SessionStore", request.session)
    notice = services.open_browser_session(
        session,
        account_id,
        services.BrowserOrigin(network, user_agent, mark, proof_mark_in(back)),
        shared=shared,
        now=now,
        by=granted.by,
        mine=granted.mine,
        mark=granted.mark,
    )
    present_secret.set(session.session_key)
    if notice:
        run_now(notice)
    if former:
        _end_former_session(former, account_id, session.digest, now)
    if not former or former.account_id != account_id:
        rotate_token(request)  # else the pages of the same person that are open, and what they hold, go on
    answer = HttpResponseRedirect(safe_next(back))
    if not shared:
        remember_browser(answer, browser, account_id)
    return drop_deferred_form(request, answer, secret_keys.get())


def _end_former_session(former: Who, account_id: int, session_key: str, now: datetime) -> None:
    """End the session this one replaces; the same person keeps interrupted acts and applications."""
    continued_by = session_key if former.account_id == account_id else ""
    if continued_by:
        services.move_act(former.session_key, account_id, continued_by)
    run_now(
        services.end_session(
            former.session_key, former.account_id, revocations.get(), now=now, continued_by=continued_by
        )
    )


def start_session_by_partner(request: HttpRequest, account_id: int, back: str) -> HttpResponse:
    """Sign in with the identity a partner vouches for; the second factor or the sign-in page if due."""
    step = services.sign_in_by_partner(account_id, shared=False, now=timezone.now(), policy=factor_policy())
    match step:
        case Granted():
            return start_session(request, step, back=back)
        case PendingSignIn():
            keep_pending_sign_in(request, step, "", back)
            return HttpResponseRedirect(f"{SIGN_IN}/code")
        case Denied():
            return HttpResponseRedirect(f"{SIGN_IN}?{urlencode({'next': safe_next(back)})}")


def end_browser_session(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """End the browser session. From this response on, every worker refuses its mail tokens."""
    who = who_asks(request)
    if who:
        run_now(services.end_session(who.session_key, who.account_id, revocations.get(), now=timezone.now()))
    request.session.flush()
    answer["Cache-Control"] = "no-store"
    if who and who.shared:
        answer["Clear-Site-Data"] = CLEARED_SITE_DATA
        answer.delete_cookie(settings.KNOWN_BROWSER_COOKIE_NAME)
    return drop_deferred_form(request, answer, secret_keys.get())


def network_of(request: HttpRequest) -> str:
    """The network of a request: an IPv4 address, or the /64 of an IPv6 one (one home has that many)."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    try:
        return network_of_address(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return "unknown"

"""Middleware: site by host, errors as pages, session identity, content security policy."""

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DataError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseNotFound,
    HttpResponseRedirect,
)
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.shortcuts import render
from django.urls import get_script_prefix, set_script_prefix
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.csp import CSP, build_policy
from django.views.defaults import page_not_found

from vaguemestre.access.signin.http import CLEARED_SITE_DATA, factor_policy, require_fresh_proof, who_asks
from vaguemestre.access.signin.ports import revocations
from vaguemestre.access.signin.presence import present_secret, session_user
from vaguemestre.access.signin.queries import was_on_shared_computer
from vaguemestre.access.signin.rules.session_keys import session_digest
from vaguemestre.access.signin.services import acting_by_session
from vaguemestre.access.signin.values import Who
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.autoconfig.rules.offers import DOCUMENTS
from vaguemestre.mailbox.webmail.rules.listing.private_mail import is_private
from vaguemestre.people.credentials.queries import presented
from vaguemestre.post.mailstore.ports import MailboxSilent
from vaguemestre.schools.sharing import services
from vaguemestre.schools.sharing.http import identity_in_box
from vaguemestre.schools.sharing.queries import access_to, was_member
from vaguemestre.schools.sharing.rules.box_rights import (
    AS_ONESELF,
    activity_for,
    box_prefix,
    parse_box_path,
    required_right,
)
from vaguemestre.schools.sharing.rules.labels_fr import RIGHT_LABELS
from vaguemestre.schools.sharing.values import Right
from vaguemestre.site.error_pages import away_page, refusal_answer, refusal_page, server_trouble_page
from vaguemestre.site.hosts import Site
from vaguemestre.site.monitoring.logs import route_of

log = logging.getLogger(__name__)
_PING = "/sante/ping"

type Answer = Callable[[HttpRequest], HttpResponse]


class SiteByHost:
    """Serve the site that the Host header names; a name of ours at a port of another's answers nothing.

    On the origin of files only files answer, and nobody is known there whatever cookie comes. Under the names
    mail programs look for, only their documents answer: no page, no session. `/sante/ping` answers under any
    name, since probes ask by address and it tells nothing.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.hosts = settings.HOSTS
        self.public_host = settings.CONFIG.public_url.partition("//")[2]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == _PING:
            request.META["HTTP_HOST"] = self.public_host
            return self.get_response(request)
        site = self.hosts.site_named(request.META.get("HTTP_HOST", request.META["SERVER_NAME"]))
        if site is Site.REFUSED:
            return HttpResponseBadRequest(content_type="text/plain")
        if site is Site.FILES:
            request.urlconf = "vaguemestre.post.filelinks.public_urls"
            request.COOKIES.clear()
        if site is Site.PROGRAMS and request.path not in DOCUMENTS:
            return HttpResponseNotFound(content_type="text/plain")
        return self.get_response(request)


class Errors:
    """A Refusal is a sentence (422), an absent engine a « come back soon » page (503).

    The address of a form opened without its form says so (405): an empty page shows as a broken site.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED and _is_looked_at(request):
            page = render(request, "405.html", status=answer.status_code)
            page.headers["Allow"] = answer.headers["Allow"]
            return page
        return answer

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refusal):
            return refusal_page(request, sentence(error))
        if isinstance(error, EngineDown):
            log.warning("engine down on %s: %s", route_of(request), error)
            return away_page(request, status=503, is_of_mailbox=isinstance(error, MailboxSilent))
        if isinstance(error, EngineRefused):
            log.error("engine refused on %s: %s", route_of(request), error)
            return away_page(request, status=502)
        if _is_beyond_numbers(error):
            return page_not_found(request, error)
        return server_trouble_page(request, error)


class Policy(ContentSecurityPolicyMiddleware):
    """Django's, but that what it says of most pages is always the same and so is written once."""

    def __init__(self, get_response: Answer) -> None:
        super().__init__(get_response)
        self.usual = build_policy(settings.SECURE_CSP)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if hasattr(response, "_csp_config"):  # a page with a policy of its own
            answer: HttpResponse = super().process_response(request, response)
            return answer
        response.headers.setdefault(str(CSP.HEADER_ENFORCE), self.usual)
        return response


class OpenBox:
    """`/boites/<n>/…`: the same pages as one's own, in a mailbox of several people.

    Membership is asked at each request; the person stays known as `request.who.acting`.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        place = parse_box_path(request.path_info)
        if place is None:
            return self.get_response(request)
        box_id, request.path_info = place
        who = who_asks(request)
        if who is not None:
            access = access_to(box_id, who.account_id, timezone.now())
            box = presented(access.account_id) if access else None
            if access is None or box is None:
                if was_member(box_id, who.account_id):
                    return refusal_answer(request, Refusal("sharing.access-ended"), status=404)
                raise Http404
            request.own_who = who  # type: ignore[attr-defined]
            request.who = identity_in_box(who, access, box)  # type: ignore[attr-defined]
        before = get_script_prefix()
        set_script_prefix(box_prefix(box_id))
        try:
            return self.get_response(request)
        finally:
            set_script_prefix(before)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        who = who_asks(request)
        if who is None or who.acting is None:
            return None
        match = request.resolver_match
        name = match.view_name if match else ""
        right = required_right(name, lent=who.acting.is_lent)
        if who.acting.is_lent and match:
            self._look_after(request, who, name, match.kwargs)
        if right is None:  # that page is one's own
            if request.method not in ("GET", "HEAD") or who.acting.is_lent:
                raise Http404
            query = request.META.get("QUERY_STRING", "")
            return HttpResponseRedirect(f"{request.path_info}?{query}" if query else request.path_info)
        if right not in Right(who.acting.right).covers:
            return refusal_answer(request, Refusal("sharing.right-missing", needed=RIGHT_LABELS[right]))
        if match and (activity := activity_for(match.view_name, match.kwargs, dict(request.POST.lists()))):
            services.record_activity(who.acting.box_id, who.acting.account_id, activity, now=timezone.now())
        return None

    def _look_after(self, request: HttpRequest, who: Who, name: str, where: dict[str, object]) -> None:
        """Somebody's own mailbox, lent: private folders are not there, and its owner reads who came."""
        if is_private(str(where.get("folder", ""))):
            raise Http404
        if name in AS_ONESELF:
            request.who = request.own_who  # type: ignore[attr-defined]
        if name == "webmail:inbox" and who.acting:
            services.record_delegate_visit(who.acting.box_id, who.acting.account_id, now=timezone.now())


class Sessions(SessionMiddleware):
    """Django's, except that a request whose session is gone leaves the browser's cookie alone.

    What a page asks by itself may be answered after somebody signed in, under the key of before: taking that
    cookie away would take the new one. Signing out still does.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        session = getattr(request, "session", None)
        if session is None or session.modified:
            answer: HttpResponse = super().process_response(request, response)
            return answer
        if session.accessed:
            patch_vary_headers(response, ("Cookie",))
        return response


class WhoIsAsking:
    """`request.who` for every view; nothing shown to somebody signed in is kept by browsers."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.policy = factor_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        secret = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        present_secret.set(secret)  # not reset: a body that streams opens mailboxes after this returns
        key = session_digest(secret)
        acts = "HTTP_X_BY_ITSELF" not in request.META  # what a page asks by itself does not wind the clock
        who = (
            session_user(key, revocations.get(), timezone.now(), acts=acts, policy=self.policy)
            if key
            else None
        )
        request.who = who  # type: ignore[attr-defined]
        with acting_by_session(who.session_key if who else ""):
            answer = self.get_response(request)
        if who and who.shared:
            answer.headers["Cache-Control"] = "no-store"
        elif who:
            answer.headers.setdefault("Cache-Control", "no-store")
        elif key and was_on_shared_computer(key):  # left alone too long: nothing stays on that computer
            answer["Clear-Site-Data"] = CLEARED_SITE_DATA
        return answer


class FreshProof:
    """A long session proves itself again before it does more than read mail.

    Asked once the token against forgeries was checked: the interrupted form is kept, and offered again.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        return require_fresh_proof(request)


def _is_beyond_numbers(error: Exception) -> bool:
    """Whether a number of the request is larger than any row's: nothing has it."""
    is_too_long = isinstance(error, ValueError) and "integer string conversion" in str(error)
    return (
        is_too_long
        or (isinstance(error, OverflowError) and "SQLite INTEGER" in str(error))
        or (isinstance(error, DataError) and "out of range" in str(error))
    )


def _is_looked_at(request: HttpRequest) -> bool:
    """Whether a browser navigates to this address (as opposed to htmx or a script)."""
    headers = request.headers
    return (
        request.method == "GET" and "text/html" in headers.get("Accept", "") and "HX-Request" not in headers
    )

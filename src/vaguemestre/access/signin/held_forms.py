"""Forms deferred for proof of work or a free hashing slot, sealed in the browser's own cookie.

Nothing typed is on the page, in its address or in our tables. The page does the work, or waits where there
are no scripts, then submits again: the form goes through the same checks.
"""

import base64
import json
import random
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import wraps
from typing import Concatenate

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from vaguemestre.access.signin import services
from vaguemestre.access.signin.rules.proof_of_work import (
    CHALLENGE_LIFETIME,
    bits_of,
    is_solved,
    waited_seconds,
)
from vaguemestre.access.signin.values import BrowserWork, Deferred
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.rules.secret_box import seal, unseal
from vaguemestre.people.credentials.values import SecretKeys

_SEALING_OWNER = 0  # no account is known yet
_MAX_COOKIE_CHARACTERS = 3800
_BUSY_WAIT_SECONDS = (2, 4)


type _View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]


@dataclass(frozen=True, slots=True)
class DeferredForm:
    """A form submitted to `path`, and the work asked of the browser meanwhile. `at`: Unix time.

    `chain`: the same for each time one form is deferred again; all of them end with its answer.
    """

    path: str
    fields: Mapping[str, str]
    level: int
    count: int
    subject: str
    challenge: str
    at: float
    chain: str = ""

    def work_done(self, answer: str) -> BrowserWork:
        """The work paid for: by a correct answer, or without scripts by waiting long enough."""
        if not self.level:
            return BrowserWork()
        if answer and is_solved(self.challenge, self.level, answer):
            return BrowserWork(self.level, self.count, self.subject)
        if not answer and time.time() - self.at >= waited_seconds(self.level):
            return BrowserWork(self.level, self.count, self.subject, waited=True)
        return BrowserWork()


def defer_form(
    request: HttpRequest, path: str, fields: Mapping[str, str], later: Deferred, keys: SecretKeys
) -> HttpResponse:
    """The page « Un instant… », the form in its cookie. Raises Refusal `signin.busy` if it is too long."""
    challenge = secrets.token_urlsafe(18)
    before = _open_form(request, keys)
    chain = before.chain if before else secrets.token_urlsafe(18)
    form = DeferredForm(
        path, dict(fields), later.level, later.count, later.subject, challenge, time.time(), chain
    )
    cookie = base64.urlsafe_b64encode(seal(json.dumps(asdict(form)).encode(), _SEALING_OWNER, keys))
    if len(cookie) > _MAX_COOKIE_CHARACTERS:
        raise Refusal("signin.busy")
    level = later.level
    context = {
        "path": path,
        "level": level,
        "bits": bits_of(level),
        "challenge": challenge,
        "seconds": waited_seconds(level) + 1 if level else random.randint(*_BUSY_WAIT_SECONDS),  # noqa: S311
    }
    answer = render(request, "signin/please_wait.html", context, status=202)
    answer["Cache-Control"] = "no-store"
    answer.set_cookie(
        settings.HELD_FORM_COOKIE_NAME,
        cookie.decode(),
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return answer


def deferred_form(request: HttpRequest, path: str, keys: SecretKeys) -> DeferredForm | None:
    """The form this browser submitted to that path; None if there is none, too old or answered."""
    form = _open_form(request, keys)
    return form if form and form.path == path else None


def _open_form(request: HttpRequest, keys: SecretKeys) -> DeferredForm | None:
    form = _sealed_form(request, keys)
    return None if form is None or services.is_deferred_form_over(form.chain) else form


def _sealed_form(request: HttpRequest, keys: SecretKeys) -> DeferredForm | None:
    """The form in the browser's cookie, for as long as its challenge is valid."""
    cookie = request.COOKIES.get(settings.HELD_FORM_COOKIE_NAME, "")
    try:
        content = unseal(base64.urlsafe_b64decode(cookie), _SEALING_OWNER, keys)
        form = DeferredForm(**json.loads(content))
    except (Refusal, ValueError, TypeError):
        return None
    is_fresh = 0 <= time.time() - form.at <= CHALLENGE_LIFETIME.total_seconds()
    return form if form.chain and is_fresh else None


def drop_deferred_form[Answer: HttpResponse](
    request: HttpRequest, answer: Answer, keys: SecretKeys
) -> Answer:
    """Delete the form's cookie, and end its copies, unless this response sets another.

    It signs in whoever comes next.
    """
    name = settings.HELD_FORM_COOKIE_NAME
    if name in request.COOKIES and name not in answer.cookies:
        if form := _sealed_form(request, keys):
            services.end_deferred_form(form.chain, now=timezone.now())
        answer.delete_cookie(name, path="/", samesite="Strict")
    return answer


def dropping_deferred_form[**P](keys: Callable[[], SecretKeys]) -> Callable[[_View[P]], _View[P]]:
    """Decorator of a page with such a form: whatever it answers, what was deferred before is over."""

    def decorate(view: _View[P]) -> _View[P]:
        @wraps(view)
        def dropping(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            return drop_deferred_form(request, view(request, *args, **kwargs), keys())

        return dropping

    return decorate

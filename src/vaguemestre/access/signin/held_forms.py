"""A form that cannot be looked at yet: sealed in the browser's own cookie, it comes back by itself.

Nothing typed is on the page, in the address or in our tables. The page does the work asked, or waits where
there are no scripts, then asks again: the form goes through the same checks as at first.
"""

import base64
import json
import random
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from vaguemestre.access.signin.rules.tolls import PATIENCE, bits_of, is_solved, waited_seconds
from vaguemestre.access.signin.values import Later, Shown
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.rules.secret_box import seal, unseal
from vaguemestre.people.credentials.values import SecretKeys

_NOBODY = 0
_LONGEST_COOKIE = 3800
_BUSY_SECONDS = (2, 4)


@dataclass(frozen=True, slots=True)
class HeldForm:
    """What was typed at `door` (a path), and what is asked of the browser meanwhile. `at`: Unix time."""

    door: str
    fields: Mapping[str, str]
    level: int
    count: int
    subject: str
    challenge: str
    at: float

    def shown(self, answer: str) -> Shown:
        """What the browser did for it: the work if the answer solves it, the wait if it took that long."""
        if not self.level:
            return Shown()
        if answer and is_solved(self.challenge, self.level, answer):
            return Shown(self.level, self.count, self.subject)
        if not answer and time.time() - self.at >= waited_seconds(self.level):
            return Shown(self.level, self.count, self.subject, waited=True)
        return Shown()


def hold_form(
    request: HttpRequest, door: str, fields: Mapping[str, str], later: Later, keys: SecretKeys
) -> HttpResponse:
    """The page « Un instant… », with the form in its cookie; a sentence when it is too long for one."""
    challenge = secrets.token_urlsafe(18)
    held = HeldForm(door, dict(fields), later.level, later.count, later.subject, challenge, time.time())
    cookie = base64.urlsafe_b64encode(seal(json.dumps(asdict(held)).encode(), _NOBODY, keys))
    if len(cookie) > _LONGEST_COOKIE:
        raise Refusal("signin.busy")
    level = later.level
    shown = {
        "door": door,
        "level": level,
        "bits": bits_of(level),
        "challenge": held.challenge,
        "seconds": waited_seconds(level) + 1 if level else random.randint(*_BUSY_SECONDS),  # noqa: S311
    }
    answer = render(request, "signin/un_instant.html", shown, status=202)
    answer["Cache-Control"] = "no-store"
    answer.set_cookie(
        settings.HELD_FORM_COOKIE_NAME,
        cookie.decode(),
        max_age=int(PATIENCE.total_seconds()),
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return answer


def held_form(request: HttpRequest, door: str, keys: SecretKeys) -> HeldForm | None:
    """The form this browser sent at that door and holds; None once it is too old."""
    cookie = request.COOKIES.get(settings.HELD_FORM_COOKIE_NAME, "")
    try:
        content = unseal(base64.urlsafe_b64decode(cookie), _NOBODY, keys)
        held = HeldForm(**json.loads(content))
    except (Refusal, ValueError, TypeError):
        return None
    is_fresh = 0 <= time.time() - held.at <= PATIENCE.total_seconds()
    return held if held.door == door and is_fresh else None


def let_go(answer: HttpResponse) -> HttpResponse:
    """The same answer, taking the form out of the browser unless the answer holds another."""
    if settings.HELD_FORM_COOKIE_NAME not in answer.cookies:
        answer.delete_cookie(settings.HELD_FORM_COOKIE_NAME, path="/", samesite="Strict")
    return answer

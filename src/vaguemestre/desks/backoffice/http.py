"""Who may come to /administration/."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from vaguemestre.access.signin.http import SignedInRequest, recently_signed_in, signed_in, who_asks

type Door = Callable[..., HttpResponse]


def for_administrators(view: Callable[..., HttpResponseBase]) -> Door:
    """Everybody else is refused (403), whatever the address names."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        who = who_asks(request)
        if who and who.role != "administrator":
            raise PermissionDenied
        answer: Any = view(request, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        return answer  # type: ignore[no-any-return]

    return signed_in(guarded)


def changes(view: Callable[..., HttpResponse]) -> Door:
    """For what changes something: an administrator who signed in less than five minutes ago."""
    return for_administrators(recently_signed_in(view))


def by_(request: SignedInRequest) -> str:
    return f"account:{request.who.account_id}"

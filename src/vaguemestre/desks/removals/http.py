"""Access to removals: administrators of the installation who were given that right of its own."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from vaguemestre.access.signin.http import SignedInRequest, recently_signed_in, signed_in, who_asks
from vaguemestre.access.signin.offices import check_office
from vaguemestre.desks.removals.queries import is_security_officer

type View = Callable[..., HttpResponse]


def for_administrators(view: View) -> View:
    """Decorate a view for administrators of the installation: 403 for everybody else."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        check_office(request, ("administrator",), view)
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return signed_in(guarded)


def for_security(view: View) -> View:
    """Decorate a view for those who also have the right to remove messages."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        who = who_asks(request)
        if who is None or not is_security_officer(who.account_id):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return for_administrators(guarded)


def for_recent_security(view: View) -> View:
    """Decorate a view that decides: it also requires a sign-in of the last five minutes."""
    return for_security(recently_signed_in(view))


def for_recent_administrators(view: View) -> View:
    return for_administrators(recently_signed_in(view))


def actor_of(request: SignedInRequest) -> str:
    return f"account:{request.who.account_id}"

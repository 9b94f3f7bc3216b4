"""Access to the files of breaches: administrators only."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from vaguemestre.access.signin.http import SignedInRequest, recently_signed_in, signed_in
from vaguemestre.access.signin.offices import check_office

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


def for_recent_administrators(view: View) -> View:
    """Decorate a view that changes something: it also requires a recent sign-in."""
    return for_administrators(recently_signed_in(view))


def actor_of(request: SignedInRequest) -> str:
    return f"account:{request.who.account_id}"

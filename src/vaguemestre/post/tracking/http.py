"""Who may see everybody's held mail."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from vaguemestre.access.signin.http import signed_in, who_asks

_DESK = ("helpdesk", "administrator")


def for_the_desk(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For the help desk and administrators; everybody else is refused (403)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        who = who_asks(request)
        if who and who.role not in _DESK:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return signed_in(guarded)

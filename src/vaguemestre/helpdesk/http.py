"""Who may come to the desk."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from vaguemestre.helpdesk.rules.acts import OPERATORS
from vaguemestre.signin.http import signed_in, who_asks


def for_operators(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For pages of the help desk and of administrators; everybody else is refused (403)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        who = who_asks(request)
        if who and who.role not in OPERATORS:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return signed_in(guarded)

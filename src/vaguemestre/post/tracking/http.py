"""Access of the help desk to held mail and to the message search."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from vaguemestre.access.signin.http import signed_in
from vaguemestre.access.signin.offices import check_desk
from vaguemestre.people.credentials.values import AccountRole

_DESK_ROLES = (AccountRole.HELPDESK, AccountRole.ADMINISTRATOR)


def for_the_desk(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Restrict a view to the help desk and administrators (403 for anybody else)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        check_desk(request, _DESK_ROLES, view, kwargs)
        return view(request, *args, **kwargs)

    return signed_in(guarded)

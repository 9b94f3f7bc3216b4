"""Access to removals: administrators of the installation who were given that right of its own."""

from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from vaguemestre.access.signin.administrators import View, for_administrators
from vaguemestre.access.signin.http import recently_signed_in, who_asks
from vaguemestre.desks.removals.queries import is_security_officer


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

"""Access to removals: administrators of the installation who were given that right of its own."""

from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from vaguemestre.access.signin.administrators import View, for_administrators
from vaguemestre.access.signin.http import recently_signed_in, who_asks
from vaguemestre.desks.removals.queries import administers_installation, is_security_officer


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


def told_who_has_the_right(view: View) -> View:
    """Decorate a guarded page that others lead to: who lacks only the right is shown who has and gives it."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        who = who_asks(request)
        may_have_it = request.method == "GET" and who is not None and administers_installation(who.account_id)
        if may_have_it and who is not None and not is_security_officer(who.account_id):
            return HttpResponseRedirect(reverse("removals:list"))
        return view(request, *args, **kwargs)

    return told

"""Views of the administration: who may open them, and with which proof. Auditors read some of them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from vaguemestre.access.signin.http import SignedInRequest, recently_signed_in, signed_in
from vaguemestre.access.signin.offices import check_office
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.people.credentials.values import AccountRole

type View = Callable[..., HttpResponse]


def for_administrators(view: Callable[..., HttpResponseBase]) -> View:
    """Decorate a view for administrators: 403 for everybody else; no copy is kept of its answer.

    If their office covers one académie of several, the view must be marked `within_academy`.
    """

    return _for_roles(view, (AccountRole.ADMINISTRATOR,))


def for_auditors(view: Callable[..., HttpResponseBase]) -> View:
    """As `for_administrators`, for a view that changes nothing: auditors may open it too."""
    return _for_roles(view, (AccountRole.ADMINISTRATOR, AccountRole.AUDITOR))


def for_recent_administrators(view: View) -> View:
    """Decorate a view that changes something: an administrator who signed in in the last five minutes."""
    return for_administrators(recently_signed_in(view))


def may_act(request: SignedInRequest) -> bool:
    """Whether the page shows what leads further: an auditor reads it alone."""
    return request.who.role == AccountRole.ADMINISTRATOR


def actor_of(request: SignedInRequest) -> str:
    """The journal's name of who acts."""
    return account_subject(request.who.account_id)


def _for_roles(view: Callable[..., HttpResponseBase], roles: tuple[str, ...]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        check_office(request, roles, view)
        response: Any = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response  # type: ignore[no-any-return]

    return signed_in(guarded)

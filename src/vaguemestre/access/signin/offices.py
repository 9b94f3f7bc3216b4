"""Access to staff pages by role, limited to the académie that an office covers (ADR 0036)."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from vaguemestre.access.signin.http import who_asks
from vaguemestre.people.credentials.queries import is_account_in


def within_academy[View: Callable[..., Any]](view: View) -> View:
    """Mark a view that limits itself to `request.who.office_academy`.

    Staff views without this mark are closed to users whose office covers a single académie of several.
    """
    view.__dict__["is_within_academy"] = True  # `functools.wraps` copies it through every decorator
    return view


def check_office(request: HttpRequest, roles: Collection[str], view: object = None) -> None:
    """Raises PermissionDenied unless the user's role, and the reach of their office, allow the view."""
    who = who_asks(request)
    if who is None:
        return
    if who.role not in roles or (who.office_academy and not getattr(view, "is_within_academy", False)):
        raise PermissionDenied


def check_desk(
    request: HttpRequest, roles: Collection[str], view: object, parameters: Mapping[str, object]
) -> None:
    """As `check_office`; on the page of an account (`account_id`), Http404 if it is of another académie."""
    who, account_id = who_asks(request), parameters.get("account_id")
    if who is None or not isinstance(account_id, int) or who.role not in roles:
        check_office(request, roles, view)
    elif not is_account_in(account_id, who.office_academy):
        raise Http404


def reaches(request: HttpRequest, academy_id: int | None) -> bool:
    """Whether the office of the signed-in user covers that académie."""
    who = who_asks(request)
    return who is not None and who.office_academy in (0, academy_id)

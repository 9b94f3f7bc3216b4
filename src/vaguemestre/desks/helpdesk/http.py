"""Access to the desk, for operators only, and to the accounts it sees to."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from vaguemestre.access.signin.http import proved_within, signed_in
from vaguemestre.access.signin.offices import check_desk, check_office
from vaguemestre.access.signin.rules.session_lifetimes import RECENT_FOR_OTHERS
from vaguemestre.desks.helpdesk.queries.accounts import account_detail
from vaguemestre.desks.helpdesk.rules.actions import OPERATORS
from vaguemestre.desks.helpdesk.values import AccountDetail
from vaguemestre.people.credentials.values import AccountRole


def for_operators(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view for the help desk and administrators: 403 for everybody else.

    A POST acts on another person, so it requires recent authentication. The page of an account
    (`account_id`) is not found from another académie; other pages must be marked `within_academy`.
    """
    proved = proved_within(RECENT_FOR_OTHERS)(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        check_desk(request, OPERATORS, view, kwargs)
        return (proved if request.method == "POST" else view)(request, *args, **kwargs)

    return signed_in(guarded)


def for_readers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """As `for_operators`, for a page of figures that is only read: auditors may open it too."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        check_office(request, OPERATORS | {AccountRole.AUDITOR}, view)
        return view(request, *args, **kwargs)

    return signed_in(guarded)


def account_or_404(account_id: int, now: datetime) -> AccountDetail:
    """An account with its history. Raises Http404."""
    account = account_detail(account_id, now)
    if account is None:
        raise Http404
    return account


def person_or_404(account_id: int, now: datetime) -> AccountDetail:
    """As `account_or_404`, for what is done to somebody: a shared mailbox is not found."""
    account = account_or_404(account_id, now)
    if not account.is_person:
        raise Http404
    return account

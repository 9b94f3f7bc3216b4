"""Access to /gestion/: officers of a management service."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from vaguemestre.access.signin.http import SignedInRequest, proved_within, signed_in, who_asks
from vaguemestre.access.signin.rules.session_lifetimes import RECENT_FOR_OTHERS
from vaguemestre.desks.enrolment.queries import (
    RequestDetail,
    check_reach,
    person_in,
    request_detail,
    scope_of,
)
from vaguemestre.desks.enrolment.values import Scope
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.values import AccountRole


class OfficerRequest(SignedInRequest):
    """A request by an officer of at least one service."""

    scope: Scope


def for_officers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view for officers: 403 for everybody else; a POST requires recent authentication.

    A POST on a person (`person_id`) of a wider office, or on oneself, raises a Refusal (`check_reach`).
    """
    proved = proved_within(RECENT_FOR_OTHERS)(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        who = who_asks(request)
        if who:
            scope = scope_of(who.account_id)
            if who.role != AccountRole.HR_OFFICER or not scope:
                raise PermissionDenied
            request.scope = scope  # type: ignore[attr-defined]
            person_id = kwargs.get("person_id")
            if request.method == "POST" and isinstance(person_id, int) and person_in(scope, person_id):
                check_reach(scope, person_id)
        answer = (proved if request.method == "POST" else view)(request, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        return answer

    return signed_in(guarded)


def actor_of(request: SignedInRequest) -> str:
    """The journal's name of who acts."""
    return account_subject(request.who.account_id)


def request_acted_on(request: OfficerRequest, request_id: int) -> RequestDetail:
    """The request that a form is about.

    Raises Refusal `enrolment.unknown`: a colleague may have passed on the request of a page still open.
    """
    detail = request_detail(request.scope, request_id)
    if detail is None:
        raise Refusal("enrolment.unknown")
    return detail

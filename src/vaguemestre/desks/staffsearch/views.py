"""The page of the search of staff."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.access.signin.offices import check_office, within_academy
from vaguemestre.desks.staffsearch.queries import hit_groups
from vaguemestre.desks.staffsearch.rules import MAX_CHARACTERS, is_searchable
from vaguemestre.desks.staffsearch.values import Asker, Search
from vaguemestre.foundation.ui.places import STAFF
from vaguemestre.people.credentials.values import AccountRole


def for_staff(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view for officers, the help desk and administrators: 403 for everybody else."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        check_office(request, STAFF, view)
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return signed_in(guarded)


@require_GET
@for_staff
@within_academy
def search(request: SignedInRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "").strip()[:MAX_CHARACTERS]
    who = request.who
    asker = Asker(who.account_id, who.role, who.office_academy)
    is_searched = is_searchable(words)
    context = {
        "words": words,
        "most": MAX_CHARACTERS,
        "is_searched": is_searched,
        "groups": hit_groups(Search(words, asker, timezone.now())) if is_searched else [],
        "goes_further": who.role == AccountRole.ADMINISTRATOR and not who.office_academy,
    }
    return render(request, "staffsearch/search.html", context)

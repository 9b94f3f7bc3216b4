"""My classes: to whom one may write, a click away from writing to them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.schools.rosters import queries
from vaguemestre.schools.rosters.http import asker_of


@require_GET
@signed_in
def list_classes(request: SignedInRequest) -> HttpResponse:
    asker = asker_of(request)
    schools = [(school, queries.roster_shown(asker, school)) for school in queries.schools_of(asker)]
    shown = [(school, roster) for school, roster in schools if roster or school.is_owner]
    return render(
        request, "rosters/list.html", {"schools": shown, "is_linked": queries.is_linked(asker.account_id)}
    )

"""« Classes »: the classes a person may write to."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.schools.rosters import queries
from vaguemestre.schools.rosters.http import class_writer_of


@require_GET
@signed_in
def list_classes(request: SignedInRequest) -> HttpResponse:
    writer = class_writer_of(request)
    schools = [(school, queries.roster_summary(writer, school)) for school in queries.schools_of(writer)]
    visible = [(school, roster) for school, roster in schools if roster or school.is_owner]
    return render(
        request, "rosters/list.html", {"schools": visible, "is_linked": queries.is_linked(writer.account_id)}
    )

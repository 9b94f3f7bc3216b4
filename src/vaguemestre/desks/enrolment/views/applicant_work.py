"""Correction of an applicant's workplace and function by the officer who received the request."""

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.access.signin.http import act_words
from vaguemestre.desks.enrolment import services
from vaguemestre.desks.enrolment.forms.request_forms import WORK_LABELS, WORKPLACE_LABELS
from vaguemestre.desks.enrolment.http import OfficerRequest, actor_of, for_officers, request_acted_on
from vaguemestre.desks.enrolment.values import Applicant, Work, Workplace

_PLACES = {place: label for place, label in WORKPLACE_LABELS.items() if place is not Workplace.HIGHER}


class WorkForm(forms.Form):
    """Universities manage their own staff: none of theirs is created here."""

    workplace = forms.ChoiceField(choices=list(_PLACES.items()))
    work = forms.ChoiceField(choices=list(WORK_LABELS.items()))


def work_context(applicant: Applicant) -> dict[str, Any]:
    """What the page of a request shows of the applicant's work, and the choices of a correction."""
    return {
        "workplace": WORKPLACE_LABELS[applicant.workplace],
        "work": WORK_LABELS[applicant.work],
        "workplaces": list(_PLACES.items()),
        "works": list(WORK_LABELS.items()),
    }


@require_POST
@for_officers
@act_words("corriger où travaille l’auteur d’une demande de NUMEN")
def correct_work(request: OfficerRequest, request_id: int) -> HttpResponse:
    """Correct `workplace` and `work`; an unknown choice changes nothing."""
    former = request_acted_on(request, request_id).applicant
    back, form = reverse("enrolment:request", args=[request_id]), WorkForm(request.POST)
    if not form.is_valid():
        return HttpResponseRedirect(back)
    place, work = Workplace(form.cleaned_data["workplace"]), Work(form.cleaned_data["work"])
    note = (
        f"Exerce dans : {WORKPLACE_LABELS[place]}, {WORK_LABELS[work]} (la demande disait : "
        f"{WORKPLACE_LABELS[former.workplace]}, {WORK_LABELS[former.work]})."
    )
    services.correct_work(
        request.scope, request_id, place, work, note, by=actor_of(request), now=timezone.now()
    )
    return HttpResponseRedirect(f"{back}?fait=exercice")

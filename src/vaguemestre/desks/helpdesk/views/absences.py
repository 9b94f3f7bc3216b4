"""The neutral absence: set by the desk when the hierarchy asks (docs/domain.md §3.6)."""

from datetime import datetime

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from vaguemestre.access.signin.http import SignedInRequest, act_words
from vaguemestre.desks.helpdesk.forms import ReasonForm
from vaguemestre.desks.helpdesk.http import for_operators, person_or_404
from vaguemestre.desks.helpdesk.queries.accounts import action_target
from vaguemestre.desks.helpdesk.rules.actions import MAX_REASON_CHARACTERS, check_somebody_else, clean_reason
from vaguemestre.desks.helpdesk.values import AccountDetail
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.days import DayField
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.sorting.queries import absence_of
from vaguemestre.mailbox.sorting.services import end_neutral_absence, set_neutral_absence
from vaguemestre.mailbox.sorting.values import Place


class NeutralAbsenceForm(forms.Form):
    """When, and who asked for it; the text is not theirs to choose."""

    starts_on = DayField(label="Début")
    ends_on = DayField(label="Fin")
    requested_by = forms.CharField(
        label="Demandé par",
        max_length=MAX_REASON_CHARACTERS,
        help_text="Nom et fonction du supérieur hiérarchique, gardés au journal et montrés à la personne.",
        error_messages={"required": "Écrivez qui demande cette notification : la personne le lira."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@require_http_methods(["GET", "POST"])
@for_operators
@act_words("poser une absence, ou y mettre fin")
def set_absence(request: SignedInRequest, account_id: int) -> HttpResponse:
    """Set a neutral absence notice: the operator chooses the dates, the text is fixed. `end`: end it."""
    now = timezone.now()
    account = person_or_404(account_id, now)
    if "end" in request.POST:
        return _end(request, account, now)
    form = NeutralAbsenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data, operator_id = form.cleaned_data, request.who.account_id
        try:
            asked_by = clean_reason(data["requested_by"])
            check_somebody_else(action_target(account_id, operator_id, now), operator_id)
            event = set_neutral_absence(
                account_id,
                data["starts_on"],
                data["ends_on"],
                asked_by=asked_by,
                by=account_subject(operator_id),
                now=now,
            )
        except Refusal as refusal:
            form.add_error(
                "ends_on" if refusal.code.startswith("sorting.") else "requested_by", sentence(refusal)
            )
        else:
            waits = "" if run_now(event) else "&attente=1"
            url = reverse("helpdesk:account", args=[account_id])
            return HttpResponseRedirect(f"{url}?fait=absence{waits}")
    return _page(request, account, form, ReasonForm())


def _end(request: SignedInRequest, account: AccountDetail, now: datetime) -> HttpResponse:
    form, operator_id = ReasonForm(request.POST), request.who.account_id
    if form.is_valid():
        try:
            asked_by = clean_reason(form.cleaned_data["reason"])
            check_somebody_else(action_target(account.account_id, operator_id, now), operator_id)
            by = account_subject(operator_id)
            event = end_neutral_absence(account.account_id, asked_by=asked_by, by=by, now=now)
        except Refusal as refusal:
            form.add_error("reason", sentence(refusal))
        else:
            waits = "" if run_now(event) else "&attente=1"
            url = reverse("helpdesk:account", args=[account.account_id])
            return HttpResponseRedirect(f"{url}?fait=absence-ended{waits}")
    return _page(request, account, NeutralAbsenceForm(), form)


def _page(
    request: SignedInRequest, account: AccountDetail, form: NeutralAbsenceForm, end_form: ReasonForm
) -> HttpResponse:
    posted = absence_of(account.account_id, Place.DESK)
    is_on = posted is not None and posted.is_on and posted.ends_on >= paris_day(timezone.now())
    context = {"account": account, "form": form, "end_form": end_form, "posted": posted if is_on else None}
    return render(request, "helpdesk/absence.html", context)

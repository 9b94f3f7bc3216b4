"""A school's book: opened by its head, who chooses who else may write in it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.contacts import queries, services
from vaguemestre.mailbox.contacts.forms import WriterForm
from vaguemestre.mailbox.contacts.http import asked_shelf, back_to


@require_POST
@signed_in
def begin_book(request: SignedInRequest) -> HttpResponse:
    shelf = asked_shelf(request)
    services.begin_book(request.who.account_id, shelf, now=timezone.now())
    return back_to(shelf, "carnet")


@require_POST
@signed_in
def change_writers(request: SignedInRequest) -> HttpResponse:
    """`retirer` an account, or let `who` write."""
    shelf, account_id, now = asked_shelf(request), request.who.account_id, timezone.now()
    removed = request.POST.get("retirer", "")
    if removed.isdecimal():
        services.forbid_writer(account_id, shelf, int(removed), now=now)
        return back_to(shelf, "droits")
    form, error = WriterForm(request.POST), ""
    if form.is_valid():
        try:
            services.allow_writer(account_id, shelf, form.cleaned_data["who"], now=now)
            return back_to(shelf, "droits")
        except Refusal as refusal:
            error = sentence(refusal)
    shown = {
        "shelf": shelf,
        "shelves": queries.shelves_of(account_id),
        "has_book": True,
        "leads": True,
        "writers": queries.writers_of(shelf),
        "contacts": queries.contacts_on(shelf, only="kept"),
        "writer_error": error or "Écrivez un identifiant ou une adresse.",
        "typed": request.POST.get("who", ""),
    }
    return render(request, "contacts/list.html", shown, status=422)

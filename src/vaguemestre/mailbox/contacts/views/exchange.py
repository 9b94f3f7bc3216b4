"""Files in and out, and cards that are the same person."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.contacts import queries, services
from vaguemestre.mailbox.contacts.forms import FileForm
from vaguemestre.mailbox.contacts.http import asked_shelf, back_to
from vaguemestre.mailbox.contacts.rules.tables import written_table
from vaguemestre.mailbox.contacts.values import ContactCard

MOST_WRONG_SHOWN = 200


@require_POST
@signed_in
def import_contacts(request: SignedInRequest) -> HttpResponse:
    shelf, form = asked_shelf(request), FileForm(request.POST, request.FILES)
    imported, error = None, ""
    if form.is_valid():
        try:
            imported = services.import_file(shelf, form.cleaned_data["file"].read())
        except Refusal as refusal:
            error = sentence(refusal)
    wrong = imported.wrong[:MOST_WRONG_SHOWN] if imported else ()
    shown = {
        "shelf": shelf,
        "form": form,
        "imported": imported,
        "error": error,
        "wrong": [(one, sentence(Refusal(one.code, address=one.said))) for one in wrong],
    }
    return render(request, "contacts/imported.html", shown, status=200 if imported else 422)


@require_GET
@signed_in
def export_contacts(request: SignedInRequest, kind: str) -> HttpResponse:
    """`vcf` (3.0), `vcf4` or `csv`."""
    shelf = asked_shelf(request)
    day = timezone.localdate().isoformat()
    if kind == "csv":
        text, mime, name = "\ufeff" + written_table(_cards(request)), "text/csv", f"contacts-{day}.csv"
    else:
        version = "4.0" if kind == "vcf4" else "3.0"
        text, mime, name = queries.exported(shelf, version), "text/vcard", f"contacts-{day}.vcf"
    answer = HttpResponse(text, content_type=f"{mime}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_http_methods(["GET", "POST"])
@signed_in
def show_twins(request: SignedInRequest) -> HttpResponse:
    shelf = asked_shelf(request)
    if request.method == "POST":
        chosen = [int(one) for one in request.POST.getlist("contact") if one.isdecimal()]
        services.merge_cards(shelf, chosen)
        return back_to(shelf, "fusionne", "twins")
    shown = {"shelf": shelf, "sets": queries.twins_on(shelf), "done": request.GET.get("fait", "")}
    return render(request, "contacts/twins.html", shown)


def _cards(request: SignedInRequest) -> list[ContactCard]:
    return list(queries.cards_on(asked_shelf(request)))

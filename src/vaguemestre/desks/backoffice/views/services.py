"""Management services: how to reach them, and who answers for them."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words
from vaguemestre.desks.backoffice import services
from vaguemestre.desks.backoffice.forms import OfficerForm, ServiceForm
from vaguemestre.desks.backoffice.http import by_, changes, for_administrators
from vaguemestre.desks.enrolment.queries import officers_of
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.queries import find_account
from vaguemestre.people.directory.queries import ServiceSummary, service_summaries, service_summary

_ORDERS = {"code": "code", "nom": "name", "personnes": "people"}


@require_GET
@for_administrators
def list_all(request: SignedInRequest) -> HttpResponse:
    listing = Listing.of(request.GET, tuple(_ORDERS))
    typed = request.GET.get("q", "").strip()[:80]
    rows = [one for one in service_summaries() if typed.casefold() in f"{one.code} {one.name}".casefold()]
    rows.sort(key=lambda one: getattr(one, _ORDERS[listing.sort]), reverse=listing.backwards)
    shown = rows[listing.first : listing.first + listing.count]
    told = {
        "rows": [(one, officers_of(one.service_id)) for one in shown],
        "total": len(rows),
        "listing": listing,
        "typed": typed,
    }
    return render(request, "backoffice/services.html", told)


@require_http_methods(["GET", "POST"])
@changes
@act_words("modifier un service de gestion")
def show(request: SignedInRequest, service_id: int) -> HttpResponse:
    service = _known(service_id)
    names = ("name", "phone", "address", "postal")
    form = ServiceForm(request.POST or None, initial={name: getattr(service, name) for name in names})
    if request.method == "POST" and form.is_valid():
        told = {name: str(form.cleaned_data[name]).strip() for name in names}
        services.describe_service(service_id, told, by=by_(request), now=timezone.now())
        return _back(service_id)
    return _page(request, service, form=form)


@require_POST
@changes
@act_words("changer les gestionnaires d’un service")
def change_officers(request: SignedInRequest, service_id: int) -> HttpResponse:
    """`compte`: named; `retirer`: an account that answers for it no more."""
    service = _known(service_id)
    now = timezone.now()
    gone = request.POST.get("retirer", "")
    if gone.isascii() and gone.isdigit():
        if int(gone) in {account_id for account_id, _ in officers_of(service_id)}:
            services.drop_officer(int(gone), service_id, by=by_(request), now=now)
        return _back(service_id)
    form = OfficerForm(request.POST)
    if form.is_valid():
        found = find_account(form.cleaned_data["compte"])
        if found is None or found.state in ("suspended", "closed"):
            form.add_error("compte", "Aucun compte ouvert ne porte cet identifiant ou cette adresse.")
        else:
            try:
                services.name_officer(found.account_id, service_id, by=by_(request), now=now)
            except Refusal as refusal:
                form.add_error("compte", sentence(refusal))
    return _page(request, service, officer=form) if form.errors else _back(service_id)


def _known(service_id: int) -> ServiceSummary:
    found = service_summary(service_id)
    if found is None:
        raise Http404
    return found


def _back(service_id: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('backoffice:service', args=[service_id])}?fait=1")


def _page(
    request: SignedInRequest,
    service: ServiceSummary,
    *,
    form: ServiceForm | None = None,
    officer: OfficerForm | None = None,
) -> HttpResponse:
    names = ("name", "phone", "address", "postal")
    shown = form or ServiceForm(initial={name: getattr(service, name) for name in names})
    told = {
        "service": service,
        "form": shown,
        "officer": officer or OfficerForm(),
        "officers": officers_of(service.service_id),
        "done": "fait" in request.GET,
    }
    wrong = bool(shown.errors or (officer and officer.errors))
    return render(request, "backoffice/service.html", told, status=422 if wrong else 200)

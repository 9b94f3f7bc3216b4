"""Management services: contact details and officers."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.administrators import actor_of, for_administrators, for_recent_administrators
from vaguemestre.access.signin.http import SignedInRequest, act_words
from vaguemestre.access.signin.offices import reaches, within_academy
from vaguemestre.desks.backoffice import services
from vaguemestre.desks.backoffice.forms.administration import OfficerForm, ServiceForm
from vaguemestre.desks.backoffice.rules.roles import OFFICER_CONSEQUENCE
from vaguemestre.desks.enrolment.queries import officers_of
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.confirmation import Confirmation, confirmation_page
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.events import OfficeChanged
from vaguemestre.people.credentials.queries import find_account, presented
from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.directory.queries import ServiceSummary, service_summaries, service_summary

_ORDERS = {"code": "code", "nom": "name", "personnes": "people"}


@require_GET
@for_administrators
@within_academy
def list_all(request: SignedInRequest) -> HttpResponse:
    listing = Listing.of(request.GET, tuple(_ORDERS))
    typed = listing.search
    rows = [
        service
        for service in service_summaries(request.who.office_academy)
        if typed.casefold() in f"{service.code} {service.name}".casefold()
    ]
    rows.sort(key=lambda service: getattr(service, _ORDERS[listing.sort]), reverse=listing.backwards)
    page = rows[listing.first : listing.first + listing.count]
    context = {
        "rows": [(service, officers_of(service.service_id)) for service in page],
        "total": len(rows),
        "listing": listing,
        "typed": typed,
    }
    return render(request, "backoffice/services.html", context)


@require_http_methods(["GET", "POST"])
@for_recent_administrators
@act_words("modifier un service de gestion")
@within_academy
def show(request: SignedInRequest, service_id: int) -> HttpResponse:
    service = _service_or_404(request, service_id)
    names = ("name", "phone", "address", "postal")
    form = ServiceForm(request.POST or None, initial={name: getattr(service, name) for name in names})
    if request.method == "POST" and form.is_valid():
        fields = {name: str(form.cleaned_data[name]).strip() for name in names}
        services.describe_service(service_id, fields, by=actor_of(request), now=timezone.now())
        return _back(service_id)
    return _page(request, service, form=form)


@require_POST
@for_recent_administrators
@act_words("changer les gestionnaires d’un service")
@within_academy
def change_officers(request: SignedInRequest, service_id: int) -> HttpResponse:
    """Appoint the officer `account`, or remove the officer of id `remove`."""
    service = _service_or_404(request, service_id)
    now = timezone.now()
    removed = request.POST.get("remove", "")
    if removed.isascii() and removed.isdigit():
        if int(removed) in {account_id for account_id, _ in officers_of(service_id)}:
            services.remove_officer_of(int(removed), service_id, by=actor_of(request), now=now)
            run_now(OfficeChanged(int(removed)))
        return _back(service_id)
    form = OfficerForm(request.POST)
    if form.is_valid():
        account = find_account(form.cleaned_data["account"])
        if account is None or account.state in (AccountState.SUSPENDED, AccountState.CLOSED):
            form.add_error("account", "Aucun compte ouvert ne porte cet identifiant ou cette adresse.")
        else:
            try:
                services.check_appointment(account.account_id, service)
                if page := confirmation_page(request, _appointment(account.account_id, service, form)):
                    return page
                services.appoint_officer_of(
                    account.account_id, service,
                    by=actor_of(request), now=now, reason=form.cleaned_data["reason"],
                )  # fmt: skip
                run_now(OfficeChanged(account.account_id))
            except Refusal as refusal:
                form.add_error("account", sentence(refusal))
    return _page(request, service, officer=form) if form.errors else _back(service_id)


def _appointment(account_id: int, service: ServiceSummary, form: OfficerForm) -> Confirmation:
    """The confirmation page: who, of which service, what that opens, who is told."""
    account = presented(account_id)
    return Confirmation(
        title="Nommer gestionnaire ?",
        facts=[
            ("Personne", account.name if account else ""),
            ("Identifiant", account.username if account else ""),
            ("Service", f"{service.code}, {service.name}"),
            ("Motif", form.cleaned_data["reason"]),
        ],
        consequences=(OFFICER_CONSEQUENCE, "La personne l’apprend par un avertissement, avec le motif."),
        fields=[(name, form.cleaned_data[name]) for name in ("account", "reason")],
        button="Nommer",
        back=reverse("backoffice:service", args=[service.service_id]),
    )


def _service_or_404(request: SignedInRequest, service_id: int) -> ServiceSummary:
    service = service_summary(service_id)
    if service is None or not reaches(request, service.academy_id):
        raise Http404
    return service


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
    service_form = form or ServiceForm(initial={name: getattr(service, name) for name in names})
    context = {
        "service": service,
        "form": service_form,
        "officer": officer or OfficerForm(),
        "officers": officers_of(service.service_id),
        "done": "fait" in request.GET,
    }
    has_errors = bool(service_form.errors or (officer and officer.errors))
    return render(request, "backoffice/service.html", context, status=422 if has_errors else 200)

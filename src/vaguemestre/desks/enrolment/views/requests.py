"""Public pages « NUMEN »: the service in charge, the request, its tracking."""

from random import SystemRandom
from secrets import token_urlsafe
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from vaguemestre.access.signin.http import network_of
from vaguemestre.desks.enrolment import queries, services
from vaguemestre.desks.enrolment.forms.request_forms import (
    CompleteForm,
    FollowForm,
    QuestionsForm,
    RequestForm,
)
from vaguemestre.desks.enrolment.ports import scan
from vaguemestre.desks.enrolment.rules.routing import service_in_charge
from vaguemestre.desks.enrolment.values import ProofFile, Workplace
from vaguemestre.desks.enrolment.views.labels_fr import STATE_LABELS, labelled_steps
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.academy import academy_of
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.directory.queries import ServiceCard, find_academy_id, service_card

_TRACKING_SALT = "enrolment.follow"
_TRACKING_SECONDS = 3600
_MAX_MARK = 40  # characters: of the page that a request comes from


@require_GET
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """The three questions, then the service in charge."""
    form = QuestionsForm(request.GET or None, departments=_departments(request))
    context: dict[str, Any] = {"form": form}
    if request.GET and form.is_valid():
        workplace, work, department = form.answers
        context["is_higher"] = workplace is Workplace.HIGHER
        context["service"] = _card(service_in_charge(workplace, work, department), department)
        context["query"] = request.GET.urlencode()
    return render(request, "enrolment/start.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
def submit_request(request: HttpRequest) -> HttpResponse:
    questions = QuestionsForm(request.GET, departments=_departments(request))
    if not questions.is_valid():
        return HttpResponseRedirect(reverse("enrolment:start"))
    workplace, work, department = questions.answers
    service = _card(service_in_charge(workplace, work, department), department)
    if service is None:
        return HttpResponseRedirect(f"{reverse('enrolment:start')}?{request.GET.urlencode()}")
    if request.method != "POST":
        return _request_page(request, RequestForm(), service)
    form = RequestForm(request.POST, request.FILES)
    if not form.is_valid() or not _scan_proofs(form):
        return _request_page(request, form, service, status=422)
    try:
        receipt = services.submit_request(
            find_academy_id(_domain_in_charge(department)),
            form.applicant(workplace, work, department),
            form.cleaned_data["proofs"],
            secret_keys.get(),
            SystemRandom(),
            network=network_of(request),
            now=timezone.now(),
            once=request.POST.get("once", "")[:_MAX_MARK],
        )
    except Refusal as refusal:
        form.add_error(None, sentence(refusal))
        return _request_page(request, form, service, status=429)
    return render(request, "enrolment/receipt.html", {"receipt": receipt})


@require_http_methods(["GET", "POST"])
@never_cache
def track_request(request: HttpRequest) -> HttpResponse:
    """Find a request by reference and secret, which are posted, never part of a URL."""
    form = FollowForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        request_id = queries.find_request(data["reference"], data["secret"])
        if request_id:
            return _tracking_page(request, request_id, CompleteForm())
        form.add_error(
            None, "Aucune demande n’a cette référence et ce secret. Vérifiez l’accusé de réception."
        )
    return render(request, "enrolment/follow.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["POST"])
@never_cache
def complete_request(request: HttpRequest) -> HttpResponse:
    try:
        request_id = int(
            signing.loads(request.POST.get("token", ""), salt=_TRACKING_SALT, max_age=_TRACKING_SECONDS)
        )
    except (signing.BadSignature, ValueError):
        return HttpResponseRedirect(reverse("enrolment:track-request"))
    form = CompleteForm(request.POST, request.FILES)
    if not form.is_valid() or not _scan_proofs(form):
        return _tracking_page(request, request_id, form, status=422)
    data = form.cleaned_data
    services.complete_request(
        request_id, data["message"], data["proofs"], secret_keys.get(), now=timezone.now()
    )
    return _tracking_page(request, request_id, CompleteForm())


def _tracking_page(
    request: HttpRequest, request_id: int, form: CompleteForm, *, status: int = 200
) -> HttpResponse:
    tracked = queries.request_status(request_id)
    context = {
        "tracked": tracked,
        "state": STATE_LABELS[tracked.state],
        "steps": labelled_steps(tracked.steps, STATE_LABELS),
        "form": form,
        "token": signing.dumps(request_id, salt=_TRACKING_SALT),
    }
    return render(request, "enrolment/tracking.html", context, status=status)


def _request_page(
    request: HttpRequest, form: RequestForm, service: ServiceCard, *, status: int = 200
) -> HttpResponse:
    once = request.POST.get("once", "")[:_MAX_MARK] or token_urlsafe(16)
    context = {"form": form, "service": service, "query": request.GET.urlencode(), "once": once}
    return render(request, "enrolment/request.html", context, status=status)


def _departments(request: HttpRequest) -> tuple[str, ...]:
    """The departments of every académie, those of the host's académie first."""
    academies = (academy_of(request), *settings.CONFIG.academies)
    return tuple(dict.fromkeys(code for academy in academies for code in academy.departments))


def _domain_in_charge(department: str) -> str:
    """Mail domain of the académie of that department; by default, of the principal one."""
    config = settings.CONFIG
    domains = (academy.domain for academy in config.academies if department in academy.departments)
    return str(next(domains, config.academy.domain))


def _card(code: str | None, department: str) -> ServiceCard | None:
    return service_card(find_academy_id(_domain_in_charge(department)), code) if code else None


def _scan_proofs(form: RequestForm | CompleteForm) -> bool:
    """Whether the virus scanner accepts every proof; otherwise adds the error to the form."""
    proofs: list[ProofFile] = form.cleaned_data["proofs"]
    try:
        for proof in proofs:
            scan.get()(proof.content, proof.name)
    except Refusal as refusal:
        form.add_error("proofs", sentence(refusal))
    return form.is_valid()

"""« NUMEN »: which service, the request, its follow-up. Nobody needs to be signed in."""

from random import SystemRandom

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
from vaguemestre.desks.enrolment.views.words import STATES, told_steps
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.directory.queries import ServiceCard, find_academy_id, service_card

_FOLLOW_SALT = "enrolment.follow"
_FOLLOW_SECONDS = 3600


@require_GET
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """The three questions, then the service that answers them."""
    departments = settings.CONFIG.academy.departments
    form = QuestionsForm(request.GET or None, departments=departments)
    told: dict[str, object] = {"form": form, "follow": FollowForm()}
    if request.GET and form.is_valid():
        workplace, work, department = form.answers
        told["is_higher"] = workplace is Workplace.HIGHER
        told["service"] = _card(service_in_charge(workplace, work, department))
        told["query"] = request.GET.urlencode()
    return render(request, "enrolment/start.html", told)


@require_http_methods(["GET", "POST"])
@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    questions = QuestionsForm(request.GET, departments=settings.CONFIG.academy.departments)
    if not questions.is_valid():
        return HttpResponseRedirect(reverse("enrolment:start"))
    workplace, work, department = questions.answers
    service = _card(service_in_charge(workplace, work, department))
    if service is None:
        return HttpResponseRedirect(f"{reverse('enrolment:start')}?{request.GET.urlencode()}")
    if request.method != "POST":
        return _request_page(request, RequestForm(), service)
    form = RequestForm(request.POST, request.FILES)
    if not form.is_valid() or not _scanned(form):
        return _request_page(request, form, service, status=422)
    try:
        receipt = services.file_request(
            find_academy_id(settings.CONFIG.academy.domain),
            form.applicant(workplace, work, department),
            form.cleaned_data["pieces"],
            secret_keys.get(),
            SystemRandom(),
            network=network_of(request),
            now=timezone.now(),
        )
    except Refusal as refusal:
        form.add_error(None, sentence(refusal))
        return _request_page(request, form, service, status=429)
    return render(request, "enrolment/receipt.html", {"receipt": receipt})


@require_http_methods(["GET", "POST"])
@never_cache
def follow(request: HttpRequest) -> HttpResponse:
    """By reference and secret; both travel in forms, never in an address."""
    form = FollowForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        request_id = queries.request_by_secret(given["reference"], given["secret"])
        if request_id:
            return _followed(request, request_id, CompleteForm())
        form.add_error(
            None, "Aucune demande n’a cette référence et ce secret. Vérifiez l’accusé de réception."
        )
    return render(request, "enrolment/follow.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["POST"])
@never_cache
def complete(request: HttpRequest) -> HttpResponse:
    try:
        request_id = int(
            signing.loads(request.POST.get("suivi", ""), salt=_FOLLOW_SALT, max_age=_FOLLOW_SECONDS)
        )
    except (signing.BadSignature, ValueError):
        return HttpResponseRedirect(reverse("enrolment:follow"))
    form = CompleteForm(request.POST, request.FILES)
    if not form.is_valid() or not _scanned(form):
        return _followed(request, request_id, form, status=422)
    given = form.cleaned_data
    services.complete_request(
        request_id, given["mots"], given["pieces"], secret_keys.get(), now=timezone.now()
    )
    return _followed(request, request_id, CompleteForm())


def _followed(
    request: HttpRequest, request_id: int, form: CompleteForm, *, status: int = 200
) -> HttpResponse:
    found = queries.followed(request_id)
    told = {
        "found": found,
        "state": STATES[found.state],
        "steps": told_steps(found.steps, STATES),
        "form": form,
        "proof": signing.dumps(request_id, salt=_FOLLOW_SALT),
    }
    return render(request, "enrolment/followed.html", told, status=status)


def _request_page(
    request: HttpRequest, form: RequestForm, service: ServiceCard, *, status: int = 200
) -> HttpResponse:
    told = {"form": form, "service": service, "query": request.GET.urlencode()}
    return render(request, "enrolment/request.html", told, status=status)


def _card(code: str | None) -> ServiceCard | None:
    return service_card(find_academy_id(settings.CONFIG.academy.domain), code) if code else None


def _scanned(form: RequestForm | CompleteForm) -> bool:
    """Whether the virus check lets every proof through; its word stands by the field otherwise."""
    proofs: list[ProofFile] = form.cleaned_data["pieces"]
    try:
        for proof in proofs:
            scan.get()(proof.content, proof.name)
    except Refusal as refusal:
        form.add_error("pieces", sentence(refusal))
    return form.is_valid()

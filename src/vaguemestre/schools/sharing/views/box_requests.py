"""Another mailbox is asked for; an administrator decides, and names owners where there is none."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.access.signin.http import SignedInRequest, recently_signed_in, signed_in
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.events import AccountsChanged
from vaguemestre.people.directory.queries import find_academy_id
from vaguemestre.schools.sharing import queries, services
from vaguemestre.schools.sharing.forms import AskForm, OwnerForm
from vaguemestre.schools.sharing.values import Right, Wanted
from vaguemestre.schools.sharing.views.boxes import boxes_page, vacant_boxes_page


@require_POST
@signed_in
def ask(request: SignedInRequest) -> HttpResponse:
    form = AskForm(request.POST)
    if not form.is_valid():
        return boxes_page(request, form, status=422)
    domain = settings.CONFIG.academy.domain
    try:
        services.ask_box(
            find_academy_id(domain),
            domain,
            request.who.account_id,
            form.asked(),
            by=request.who.actor,
            now=timezone.now(),
        )
    except Refusal as refusal:
        return boxes_page(request, form, refusal=refusal, status=422)
    return _back("demande")


@require_POST
@signed_in
@recently_signed_in
def decide(request: SignedInRequest, request_id: int) -> HttpResponse:
    """`decision` is « ouvrir » or « refuser », with the reason in `reponse`."""
    _administrators_only(request)
    now, by = timezone.now(), request.who.actor
    if request.POST.get("decision") == "ouvrir":
        config = settings.CONFIG
        box_id = services.grant_request(
            request_id, config.academy.domain, quota_mb=config.mail.quota_mb, by=by, now=now
        )
        card = queries.box_card(box_id)
        run_now(AccountsChanged([card.account_id] if card else []))
        return _back("ouverte")
    services.refuse_request(request_id, request.POST.get("reponse", ""), by=by, now=now)
    return _back("refusee")


@require_POST
@signed_in
@recently_signed_in
def name_owner(request: SignedInRequest, box_id: int) -> HttpResponse:
    """Only of a mailbox nobody owns: administrators do not take anybody's."""
    _administrators_only(request)
    now, form = timezone.now(), OwnerForm(request.POST)
    if queries.owners_of(box_id, now) or not form.is_valid():
        is_owned = bool(queries.owners_of(box_id, now))
        problem = sentence(Refusal("sharing.owned")) if is_owned else "Écrivez l’adresse du responsable."
        return vacant_boxes_page(request, box_id=box_id, problem=problem, status=422)
    wanted = Wanted(Right.MANAGE, paris_day(now))
    try:
        services.add_member(
            box_id, form.cleaned_data["adresse"], wanted, by=request.who.actor, now=now, is_owner=True
        )
    except Refusal as refusal:
        return vacant_boxes_page(request, box_id=box_id, problem=sentence(refusal), status=422)
    query = {"q": request.GET.get("q", "")[:80], "page": request.GET.get("page", "")[:6]}
    asked = urlencode({name: value for name, value in {**query, "fait": "responsable"}.items() if value})
    return HttpResponseRedirect(f"{reverse('sharing:vacant-boxes')}?{asked}")


def _administrators_only(request: SignedInRequest) -> None:
    if request.who.role != "administrator":
        raise Http404


def _back(done: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('sharing:list-boxes')}?fait={done}")

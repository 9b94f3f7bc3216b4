"""Requests for mailboxes, decided by administrators, who also name owners of vacant ones."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words, recently_signed_in, signed_in
from vaguemestre.access.signin.offices import reaches
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.academy import domain_of
from vaguemestre.foundation.ui.confirmation import Confirmation, confirmation_page
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.events import AccountsChanged
from vaguemestre.people.credentials.queries import find_account, presented
from vaguemestre.people.credentials.values import AccountRole
from vaguemestre.people.directory.queries import find_academy_id, newest_post_label
from vaguemestre.schools.sharing import queries, services
from vaguemestre.schools.sharing.forms import BoxRequestForm, OwnerForm
from vaguemestre.schools.sharing.queries.access import BoxCard
from vaguemestre.schools.sharing.values import MembershipTerms, Right
from vaguemestre.schools.sharing.views.boxes import boxes_page, vacant_boxes_page


@require_http_methods(["GET", "POST"])
@signed_in
def request_box(request: SignedInRequest) -> HttpResponse:
    """Ask for a mailbox; by GET, the list page with the form open."""
    if request.method == "GET":
        return boxes_page(request, BoxRequestForm(), is_asking=True)
    form = BoxRequestForm(request.POST)
    if not form.is_valid():
        return boxes_page(request, form, status=422)
    domain = domain_of(request)
    try:
        services.request_box(
            find_academy_id(domain),
            domain,
            request.who.account_id,
            form.new_box(),
            by=request.who.actor,
            now=timezone.now(),
        )
    except Refusal as refusal:
        return boxes_page(request, form, refusal=refusal, status=422)
    return _back("demande")


@require_POST
@signed_in
@recently_signed_in
@act_words(
    "répondre à une demande de boîte",
    {"open": "ouvrir une boîte demandée", "refuse": "refuser une demande de boîte"},
    named_by="decision",
)
def decide_request(request: SignedInRequest, request_id: int) -> HttpResponse:
    """Open or refuse the requested mailbox: `decision` is `open` or `refuse`, with the reason in `answer`."""
    _administrators_only(request, queries.academy_of_request(request_id))
    now, by = timezone.now(), request.who.actor
    if request.POST.get("decision") == "open":
        config = settings.CONFIG
        box_id = services.grant_request(request_id, quota_mb=config.mail.quota_mb, by=by, now=now)
        card = queries.box_card(box_id)
        run_now(AccountsChanged([card.account_id] if card else []))
        return _back("ouverte")
    try:
        services.refuse_request(request_id, request.POST.get("answer", ""), by=by, now=now)
    except Refusal as refusal:
        return boxes_page(request, BoxRequestForm(), problem=sentence(refusal), status=422)
    return _back("refusee")


@require_POST
@signed_in
@recently_signed_in
@act_words("nommer la personne responsable d’une boîte")
def name_owner(request: SignedInRequest, box_id: int) -> HttpResponse:
    """Name the owner of a vacant mailbox. Administrators replace no owner but those they named."""
    box = queries.box_card(box_id)
    _administrators_only(request, box.academy_id if box else 0)
    now, form = timezone.now(), OwnerForm(request.POST)
    is_owned = bool(queries.owners_of(box_id, now))
    if is_owned or not form.is_valid():
        problem = sentence(Refusal("sharing.owned")) if is_owned else "Écrivez l’adresse du responsable."
        return vacant_boxes_page(request, box_id=box_id, problem=problem, status=422)
    if box and (page := _asked_first(request, box, form.cleaned_data["address"])):
        return page
    terms = MembershipTerms(Right.MANAGE, paris_day(now))
    try:
        services.add_member(
            box_id, form.cleaned_data["address"], terms, by=request.who.actor, now=now, is_owner=True
        )
    except Refusal as refusal:
        return vacant_boxes_page(request, box_id=box_id, problem=sentence(refusal), status=422)
    search = {"q": request.GET.get("q", "")[:80], "page": request.GET.get("page", "")[:6]}
    query = urlencode({name: value for name, value in {**search, "fait": "responsable"}.items() if value})
    return HttpResponseRedirect(f"{reverse('sharing:vacant-boxes')}?{query}")


def _asked_first(request: SignedInRequest, box: BoxCard, address: str) -> HttpResponse | None:
    """The page instead of the act: to confirm, or why not. None once confirmed, or for an unknown address."""
    found = find_account(address)
    owner = presented(found.account_id) if found else None
    if owner is None or owner.person_id is None or owner.account_id == request.who.account_id:
        return None  # refused below, with its reason
    if queries.agent_at(address, box.academy_id) is None:
        return None  # nobody who may be named: neither their name nor their post is shown
    try:
        services.check_may_own(owner)
    except Refusal as refusal:
        return vacant_boxes_page(request, box_id=box.box_id, problem=sentence(refusal), status=422)
    place = newest_post_label(owner.person_id)
    confirmation = Confirmation(
        title=f"Nommer {owner.name} responsable ?",
        facts=[
            ("Boîte", box.title),
            ("Responsable", owner.name),
            ("Adresse", owner.address),
            *([("Fonction", place)] if place else []),
        ],
        consequences=(
            "Cette personne lit dès maintenant tout le courrier de la boîte, écrit en son nom et y ajoute "
            "des membres. Elle en est prévenue.",
            "L’administration peut reprendre ce choix pendant trente jours, avec un motif ; ensuite, elle ne "
            "remplace pas un responsable.",
        ),
        button=f"Nommer {owner.name}",
        back=reverse("sharing:vacant-boxes"),
        fields=[("address", address)],
        binds=(box.box_id, owner.account_id),
    )
    return confirmation_page(request, confirmation)


def _administrators_only(request: SignedInRequest, academy_id: int) -> None:
    """Raises Http404 for others, and for administrators whose office does not cover that académie."""
    if request.who.role != AccountRole.ADMINISTRATOR or not reaches(request, academy_id):
        raise Http404


def _back(done: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('sharing:list-boxes')}?fait={done}")

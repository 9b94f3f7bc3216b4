"""The queue of a service: requests read, answered, delivered."""

from random import SystemRandom

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words, recently_signed_in
from vaguemestre.desks.enrolment import queries, services
from vaguemestre.desks.enrolment.forms.officer_forms import SchoolForm, WordsForm
from vaguemestre.desks.enrolment.forms.request_forms import WORKPLACES, WORKS
from vaguemestre.desks.enrolment.http import OfficerRequest, for_officers
from vaguemestre.desks.enrolment.rules.proofs import safe_name
from vaguemestre.desks.enrolment.rules.states import moved, possible
from vaguemestre.desks.enrolment.values import Act, State
from vaguemestre.desks.enrolment.views.creation import IS_OTHER, creation_page, recognition_page
from vaguemestre.desks.enrolment.views.letters import letters_pdf
from vaguemestre.desks.enrolment.views.words import KINDS, MATCH_REASONS, OFFICERS_STATES, told_steps
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.values import NumenLayout

_DELIVERED = "La lettre est partie à l’adresse de votre dossier, ou vous a été remise."


@require_GET
@for_officers
def show_queue(request: OfficerRequest) -> HttpResponse:
    state = request.GET.get("etat", "")
    state = state if state in OFFICERS_STATES else ""
    search = request.GET.get("q", "").strip()[:60]
    listing = Listing.of(request.GET, ("-age", *queries.requests.QUEUE_ORDERS))
    found, total = queries.queue_of(
        request.scope,
        timezone.now(),
        state=state,
        search=search,
        order=listing.order,
        first=listing.first,
        count=listing.count,
    )
    told = {
        "rows": [(one, OFFICERS_STATES[one.state]) for one in found],
        "total": total,
        "states": list(OFFICERS_STATES.items()),
        "state": state,
        "search": search,
        "listing": listing,
        "services": ", ".join(sorted(request.scope.services.values())),
    }
    return render(request, "enrolment/queue.html", told)


@require_GET
@for_officers
def show_request(request: OfficerRequest, request_id: int) -> HttpResponse:
    return _page(request, request_id)


@require_GET
@for_officers
def show_proof(request: OfficerRequest, request_id: int, proof_id: int) -> HttpResponse:
    """A document of somebody unknown: read in a frame that may do nothing, never in our pages' origin."""
    found = queries.proof_in(request.scope, request_id, proof_id, secret_keys.get())
    if found is None:
        raise Http404
    kind, content = found
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{safe_name(proof_id, kind)}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@require_POST
@for_officers
@act_words(
    "traiter une demande de NUMEN",
    {
        "prendre": "prendre en charge une demande de NUMEN",
        "demander": "demander une pièce pour une demande de NUMEN",
        "refuser": "refuser une demande de NUMEN",
        "existe": "dire qui est l’auteur d’une demande de NUMEN",
        "creer": "créer une personne et lui attribuer un NUMEN",
        "remis": "noter que la lettre d’un NUMEN est partie ou remise",
    },
    named_by="act",
)
def act_on(request: OfficerRequest, request_id: int, act: str) -> HttpResponse:
    words = WordsForm(request.POST)
    school = SchoolForm(request.POST, academy_id=request.scope.academy_id)
    try:
        if page := _asked(request, request_id, act, school):
            return page
        if not _done(request, request_id, act, words, school):
            # What the other form of the page lacks is nobody's fault.
            wrong = {"school": school} if act == "creer" else {"words": words}
            return _page(request, request_id, **wrong, act=act, status=422)
    except Refusal as refusal:
        return _page(request, request_id, problem=sentence(refusal), status=409)
    return HttpResponseRedirect(reverse("enrolment:request", args=[request_id]))


def _asked(request: OfficerRequest, request_id: int, act: str, school: SchoolForm) -> HttpResponse | None:
    """The page to confirm before a NUMEN is created; None if none is, or if it was confirmed."""
    found = queries.opened_request(request.scope, request_id)
    back = reverse("enrolment:request", args=[request_id])
    if found is None:
        return None
    if act == "creer" and school.is_valid():
        uai = school.cleaned_data["uai"]
        moved(found.state, Act.CREATE)
        services.check_creation(request.scope, found.applicant, uai)
        post = (found.applicant.post, found.applicant.starts_on, found.applicant.ends_on)
        return creation_page(
            request, queries.civil_of(found.applicant), uai, post, back, [("uai", uai)], found.service
        )
    if act == "existe":
        typed = request.POST.get("personne", "")
        person = queries.person_in(request.scope, int(typed)) if typed.isdigit() else None
        if person and not queries.masked_numen_of(person.person_id, numen_keys.get()):
            moved(found.state, Act.RECOGNISE)
            return recognition_page(request, person, found.reference, back, [("personne", typed)])
    return None


def _done(request: OfficerRequest, request_id: int, act: str, words: WordsForm, school: SchoolForm) -> bool:
    """Whether the act was done; its form says otherwise what is missing."""
    scope, by, now = request.scope, by_(request), timezone.now()
    layout, keys = NumenLayout(settings.CONFIG.academy.numen_layout), numen_keys.get()
    match act:
        case "prendre":
            services.take_up(scope, request_id, by=by, now=now)
        case "demander" | "refuser":
            if not words.is_valid():
                return False
            tell = services.ask_for_more if act == "demander" else services.reject
            tell(scope, request_id, words.cleaned_data["mots"], by=by, now=now)
        case "existe":
            person_id = request.POST.get("personne", "")
            services.recognise(
                scope, request_id, int(person_id) if person_id.isdigit() else 0, layout, keys, SystemRandom(),
                by=by, now=now,
            )  # fmt: skip
        case "creer":
            if not school.is_valid():
                return False
            services.create_person(
                scope, request_id, school.cleaned_data["uai"], layout, keys, SystemRandom(),
                settings.CONFIG.mail.quota_mb, by=by, now=now, is_other=IS_OTHER in request.POST,
            )  # fmt: skip
        case "remis":
            services.deliver(scope, request_id, _DELIVERED, by=by, now=now)
        case _:
            raise Http404
    return True


@require_POST
@recently_signed_in
@for_officers
@act_words("imprimer des lettres")
def print_letters(request: OfficerRequest) -> HttpResponse:
    """One PDF of the letters of all requests whose NUMEN is ready; each reading is journaled."""
    wanted = []
    for state in (State.APPROVED, State.EXISTING_FOUND):
        found, _ = queries.queue_of(request.scope, timezone.now(), state=state, count=None)
        wanted += [queries.opened_request(request.scope, one.request_id) for one in found]
    people = [(one.person_id, one.applicant.postal) for one in wanted if one and one.person_id]
    if not people:
        return HttpResponseRedirect(reverse("enrolment:queue"))
    return letters_pdf(request, people, "lettres")


def by_(request: SignedInRequest) -> str:
    return f"account:{request.who.account_id}"


def _page(
    request: OfficerRequest,
    request_id: int,
    *,
    words: WordsForm | None = None,
    school: SchoolForm | None = None,
    act: str = "",
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    found = queries.opened_request(request.scope, request_id)
    if found is None:
        raise Http404
    academy_id, told_uai = request.scope.academy_id, found.applicant.uai
    near = () if told_uai else queries.schools_like(academy_id, found.applicant.school)
    uai = told_uai or (near[0][0] if len(near) == 1 else "")
    probable = queries.near_people(request.scope, queries.civil_of(found.applicant), uai, numen_keys.get())
    told = {
        "found": found,
        "near": near,
        "state": OFFICERS_STATES[found.state],
        "steps": told_steps(found.steps, OFFICERS_STATES),
        "proofs": [(id_, KINDS.get(kind, kind), size) for id_, kind, size in found.proofs],
        "workplace": WORKPLACES[found.applicant.workplace],
        "work": WORKS[found.applicant.work],
        "probable": [(one, MATCH_REASONS[one.reason]) for one in probable],
        "may": {one.value for one in possible(found.state)},
        "words": words or WordsForm(),
        "school": school or SchoolForm(initial={"uai": uai}, academy_id=academy_id),
        "act": act,
        "problem": problem,
    }
    return render(request, "enrolment/opened.html", told, status=status)

"""The queue of a service: requests read, decided, delivered."""

from random import SystemRandom
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import act_words, recently_signed_in
from vaguemestre.desks.enrolment import queries, services
from vaguemestre.desks.enrolment.forms.decision_forms import DecisionForms
from vaguemestre.desks.enrolment.forms.officer_forms import CreationForm, MessageForm
from vaguemestre.desks.enrolment.http import OfficerRequest, actor_of, for_officers, request_acted_on
from vaguemestre.desks.enrolment.queries import RequestDetail
from vaguemestre.desks.enrolment.rules.proofs import download_name
from vaguemestre.desks.enrolment.rules.request_states import allowed_actions, next_state
from vaguemestre.desks.enrolment.values import RequestAction, RequestState
from vaguemestre.desks.enrolment.views.applicant_work import work_context
from vaguemestre.desks.enrolment.views.creation import (
    IS_OTHER,
    PostSummary,
    creation_page,
    recognition_page,
    rejection_page,
)
from vaguemestre.desks.enrolment.views.labels_fr import (
    DONE_LABELS,
    MATCH_REASON_LABELS,
    MEDIA_TYPE_LABELS,
    OFFICER_STATE_LABELS,
    labelled_steps,
    writer_of,
)
from vaguemestre.desks.enrolment.views.letters import letters_pdf
from vaguemestre.foundation.journal.values import numbers_of
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.academy import academy_of
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import names_of
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.values import NumenLayout

_HANDLING = ("confier", "noter", "transmettre")
_DELIVERED_MESSAGE = "La lettre est partie à l’adresse du dossier, ou a été remise en main propre."


@require_GET
@for_officers
def show_queue(request: OfficerRequest) -> HttpResponse:
    state = request.GET.get("etat", "")
    state = state if state in OFFICER_STATE_LABELS else ""
    search = request.GET.get("q", "").strip()[:60]
    is_mine = request.GET.get("confiees") == "moi"
    listing = Listing.of(request.GET, ("-age", *queries.requests.QUEUE_ORDERS))
    requests, total = queries.queue_page(
        request.scope,
        timezone.now(),
        state=state,
        search=search,
        assignee_id=request.who.account_id if is_mine else 0,
        order=listing.order,
        first=listing.first,
        count=listing.count,
    )
    assignees = names_of({row.assignee_id for row in requests})
    context = {
        "rows": [
            (row, OFFICER_STATE_LABELS[row.state], assignees.get(row.assignee_id, "")) for row in requests
        ],
        "is_mine": is_mine,
        "is_passed_on": "transmise" in request.GET,
        "total": total,
        "states": list(OFFICER_STATE_LABELS.items()),
        "state": state,
        "search": search,
        "listing": listing,
        "services": ", ".join(sorted(request.scope.services.values())),
    }
    return render(request, "enrolment/queue.html", context)


@require_GET
@for_officers
def show_request(request: OfficerRequest, request_id: int) -> HttpResponse:
    return _page(request, _detail(request, request_id))


@require_GET
@for_officers
def show_proof(request: OfficerRequest, request_id: int, proof_id: int) -> HttpResponse:
    """Serve a proof as a sandboxed download: its author is unknown, so it must not run in our origin."""
    proof = queries.find_proof(request.scope, request_id, proof_id, secret_keys.get())
    if proof is None:
        raise Http404
    kind, content = proof
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{download_name(proof_id, kind)}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


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
        "confier": "confier une demande de NUMEN",
        "noter": "ajouter une note à une demande de NUMEN",
        "transmettre": "transmettre une demande de NUMEN à un autre service",
    },
    named_by="act",
)
def decide_request(request: OfficerRequest, request_id: int, act: str) -> HttpResponse:
    creation_form = CreationForm(request.POST, academy_id=request.scope.academy_id)
    forms = DecisionForms(MessageForm(request.POST), creation_form)
    detail = request_acted_on(request, request_id)
    try:
        if page := _confirmation(request, detail, act, forms):
            return page
        if not _apply(request, request_id, act, forms):
            return _page(request, detail, **forms.typed_for(act), status=422)
    except Refusal as refusal:  # somebody may have changed the request meanwhile
        kept = forms.typed_for(act)
        return _page(request, _detail(request, request_id), **kept, problem=sentence(refusal), status=409)
    if act == "transmettre" and queries.request_detail(request.scope, request_id) is None:
        return HttpResponseRedirect(f"{reverse('enrolment:queue')}?transmise=1")
    return HttpResponseRedirect(f"{reverse('enrolment:request', args=[request_id])}?fait={act}")


def _confirmation(
    request: OfficerRequest, detail: RequestDetail, act: str, forms: DecisionForms
) -> HttpResponse | None:
    """The page before a NUMEN is created or a request refused; None if none is needed, or once confirmed."""
    back = reverse("enrolment:request", args=[detail.request_id])
    if act == "refuser" and forms.message.is_valid():
        next_state(detail.state, RequestAction.REJECT)
        return rejection_page(request, detail, forms.message.cleaned_data["message"], back)
    if act == "creer" and forms.creation.is_valid():
        return _creation_confirmation(request, detail, forms.creation, back)
    if act == "existe":
        typed = request.POST.get("person_id", "")
        person = (
            queries.person_in(request.scope, int(typed)) if typed.isdecimal() and len(typed) < 16 else None
        )
        if person:
            next_state(detail.state, RequestAction.RECOGNISE)
            services.check_recognition(request.scope, detail.request_id, person.person_id)
            masked = queries.masked_numen_of(person.person_id, numen_keys.get())
            return recognition_page(request, person, detail, masked, back)
    return None


def _creation_confirmation(
    request: OfficerRequest, detail: RequestDetail, form: CreationForm, back: str
) -> HttpResponse | None:
    applicant, uai, numen = detail.applicant, form.cleaned_data["uai"], form.cleaned_data["numen"]
    next_state(detail.state, RequestAction.CREATE)
    services.check_creation(request.scope, applicant, uai, numen, numen_keys.get())
    post = PostSummary(applicant.post, applicant.starts_on, applicant.ends_on)
    civil, fields = queries.civil_of(applicant), [("uai", uai), ("numen", numen.text if numen else "")]
    return creation_page(request, civil, uai, post, back, fields, detail.service, numen=numen)


def _apply(request: OfficerRequest, request_id: int, act: str, forms: DecisionForms) -> bool:
    """Apply the decision. False if its form is invalid."""
    if act in _HANDLING:
        _handle(request, request_id, act)
        return True
    return _decide(request, request_id, act, forms)


def _decide(request: OfficerRequest, request_id: int, act: str, forms: DecisionForms) -> bool:
    """Apply what changes the state of the request. False if its form is invalid."""
    scope, by, now = request.scope, actor_of(request), timezone.now()
    layout, keys = NumenLayout(academy_of(request).numen_layout), numen_keys.get()
    match act:
        case "prendre":
            services.start_review(scope, request_id, by=by, now=now)
        case "demander" | "refuser":
            if not forms.message.is_valid():
                return False
            decide = services.request_information if act == "demander" else services.reject
            decide(scope, request_id, forms.message.cleaned_data["message"], by=by, now=now)
        case "existe":
            services.link_existing_person(
                scope, request_id, _number(request, "person_id"), layout, keys, SystemRandom(), by=by, now=now
            )
        case "creer":
            if not forms.creation.is_valid():
                return False
            typed = forms.creation.cleaned_data
            services.create_person(
                scope, request_id, typed["uai"], layout, keys, SystemRandom(), settings.CONFIG.mail.quota_mb,
                by=by, now=now, numen=typed["numen"], is_other=IS_OTHER in request.POST,
            )  # fmt: skip
        case "remis":
            services.mark_delivered(scope, request_id, _DELIVERED_MESSAGE, by=by, now=now)
        case _:
            raise Http404
    return True


def _handle(request: OfficerRequest, request_id: int, act: str) -> None:
    """Assign a request, note something on it, or pass it on."""
    scope, by, now = request.scope, actor_of(request), timezone.now()
    note = request.POST.get("note", "")
    if act == "confier":
        services.assign_request(scope, request_id, _number(request, "officer"), by=by, now=now)
    elif act == "noter":
        services.add_note(scope, request_id, note, by=by, now=now)
    else:
        services.pass_request_on(scope, request_id, _number(request, "service"), note, by=by, now=now)


def _number(request: OfficerRequest, name: str) -> int:
    typed = request.POST.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 16 else 0


@require_POST
@recently_signed_in
@for_officers
@act_words("imprimer des lettres")
def print_letters(request: OfficerRequest) -> HttpResponse:
    """One PDF with the letters of every request whose NUMEN is ready; every disclosure is journaled."""
    details = []
    for state in (RequestState.APPROVED, RequestState.EXISTING_FOUND):
        rows, _ = queries.queue_page(request.scope, timezone.now(), state=state, count=None)
        details += [queries.request_detail(request.scope, row.request_id) for row in rows]
    people = [(one.person_id, one.applicant.postal) for one in details if one and one.person_id]
    if not people:
        return HttpResponseRedirect(reverse("enrolment:queue"))
    return letters_pdf(request, people, "lettres")


def _handling(request: OfficerRequest, detail: RequestDetail) -> dict[str, Any]:
    """Who handles the request, to whom it may go, and the notes with the names of their writers."""
    writers = numbers_of("account", (note.by for note in detail.notes))
    colleagues = [pk for pk, _ in queries.officers_of(detail.service_id)]
    names = names_of({*writers, *colleagues})
    return {
        "colleagues": [(pk, names[pk]) for pk in colleagues],
        "notes": [(note, writer_of(note.by, names)) for note in detail.notes],
        "other_services": queries.other_services(request.scope.academy_id, detail.service_id).items(),
    }


def _detail(request: OfficerRequest, request_id: int) -> RequestDetail:
    """The request of a page. Raises Http404 for one out of scope."""
    detail = queries.request_detail(request.scope, request_id)
    if detail is None:
        raise Http404
    return detail


def _page(
    request: OfficerRequest,
    detail: RequestDetail,
    *,
    message_form: MessageForm | None = None,
    creation_form: CreationForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    academy_id, applicant = request.scope.academy_id, detail.applicant
    schools = () if applicant.uai else queries.search_schools(academy_id, applicant.school)
    uai = applicant.uai or (schools[0][0] if len(schools) == 1 else "")
    people = queries.likely_people(request.scope, queries.civil_of(detail.applicant), uai, numen_keys.get())
    context = {
        "detail": detail,
        **_handling(request, detail),
        "schools": schools,
        "state": OFFICER_STATE_LABELS[detail.state],
        "steps": labelled_steps(detail.steps, OFFICER_STATE_LABELS),
        "proofs": [
            (proof.proof_id, MEDIA_TYPE_LABELS.get(proof.kind, proof.kind), proof.size)
            for proof in detail.proofs
        ],
        **work_context(detail.applicant),
        "people": [(person, MATCH_REASON_LABELS[person.reason]) for person in people],
        "may": {action.value for action in allowed_actions(detail.state)},
        "message_form": message_form or MessageForm(),
        "creation_form": creation_form or CreationForm(initial={"uai": uai}, academy_id=academy_id),
        "problem": problem,
        "done": "" if problem else DONE_LABELS.get(request.GET.get("fait", ""), ""),
    }
    return render(request, "enrolment/detail.html", context, status=status)

"""People of a service: search, record, corrections, arrivals, NUMEN disclosure."""

from random import SystemRandom

from django.conf import settings
from django.db import IntegrityError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import act_words, recently_signed_in
from vaguemestre.desks.enrolment import queries, services
from vaguemestre.desks.enrolment.forms.officer_forms import (
    CATEGORY_LABELS,
    ArrivalForm,
    ChangedField,
    CivilForm,
    PeopleSearchForm,
    changed_fields,
    initial_civil_status,
)
from vaguemestre.desks.enrolment.http import OfficerRequest, actor_of, for_officers
from vaguemestre.desks.enrolment.ports import disclose_numen
from vaguemestre.desks.enrolment.rules.civil_marks import civil_mark
from vaguemestre.desks.enrolment.views.creation import IS_OTHER, PostSummary, correction_page, creation_page
from vaguemestre.desks.enrolment.views.labels_fr import HISTORY_LABELS
from vaguemestre.desks.enrolment.views.letters import letters_pdf
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.academy import academy_of
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.labels_fr import ACCOUNT_STATE_LABELS
from vaguemestre.people.credentials.queries import account_of_person, accounts_by_person, presented
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.queries import (
    MANAGED_ORDERS,
    ManagedPerson,
    addresses_by_person,
    placed_posts_of,
)
from vaguemestre.people.directory.rules.nomenclature import function_label
from vaguemestre.people.directory.values import NewPerson, NumenLayout
from vaguemestre.people.lifecycle.queries import is_deceased

# Of the search, kept by the forms of the list.
KEPT_FIELDS = ("q", "categorie", "etablissement", "etat", "fin", "tri", "page")
# So that a refusal stands beside its field.
_REFUSED_FIELDS = {
    "enrolment.no-end": "ends_on",
    "enrolment.not-ours": "category",
    "enrolment.numen-taken": "numen",
    "enrolment.school-unknown": "uai",
    "enrolment.stay-too-long": "ends_on",
}


@require_GET
@for_officers
def list_people(request: OfficerRequest) -> HttpResponse:
    form = PeopleSearchForm(request.GET)
    listing = Listing.of(request.GET, tuple(MANAGED_ORDERS))
    people, total = queries.search_people(
        request.scope,
        form.sought(paris_day(timezone.now())),
        state=form.state,
        order=listing.order,
        first=listing.first,
        count=listing.count,
    )
    accounts = accounts_by_person([person.person_id for person in people])
    rows = [
        (person, ACCOUNT_STATE_LABELS.get(account.state, account.state) if account else "")
        for person in people
        for account in [accounts.get(person.person_id)]
    ]
    context = {
        "form": form,
        "people": rows,
        "total": total,
        "listing": listing,
        "search": [(name, listing.query.get(name, "")) for name in KEPT_FIELDS],
        "is_no_letter": "aucune" in request.GET,
    }
    return render(request, "enrolment/people.html", context)


@require_GET
@for_officers
def show_person(request: OfficerRequest, person_id: int) -> HttpResponse:
    return _page(request, _managed_or_404(request, person_id))


@require_POST
@recently_signed_in
@for_officers
@act_words("afficher un NUMEN")
def show_numen(request: OfficerRequest, person_id: int) -> HttpResponse:
    person = _managed_or_404(request, person_id)
    try:
        numen = disclose_numen.get()(request.who.account_id, person_id, "screen")
    except Refusal as refusal:
        return _page(request, person, problem=sentence(refusal), status=409)
    return _page(request, person, numen=numen)


@require_POST
@recently_signed_in
@for_officers
@act_words("imprimer une lettre")
def print_letter(request: OfficerRequest, person_id: int) -> HttpResponse:
    _managed_or_404(request, person_id)
    return letters_pdf(
        request, [(person_id, queries.last_postal_address(request.scope, person_id))], "lettre"
    )


@require_http_methods(["GET", "POST"])
@for_officers
@act_words("corriger une fiche")
def correct_person(request: OfficerRequest, person_id: int) -> HttpResponse:
    person = _managed_or_404(request, person_id)
    if person.civil is None:
        raise Http404
    form = CivilForm(request.POST or None, initial=initial_civil_status(person.civil))
    changed: list[ChangedField] = []
    if request.method == "POST" and form.is_valid():
        sent = [(name, request.POST.get(name, "")) for name in (*form.fields, "shown")]
        back = reverse("enrolment:correct", args=[person_id])
        if page := correction_page(request, person, form.civil, back, sent):
            return page
        try:
            services.correct_person(
                request.scope,
                person_id,
                form.civil,
                numen_keys.get(),
                shown=request.POST.get("shown", ""),
                by=actor_of(request),
                now=timezone.now(),
            )
            return HttpResponseRedirect(reverse("enrolment:person", args=[person_id]))
        except Refusal as refusal:
            form.add_error(None, sentence(refusal))
            person = _managed_or_404(request, person_id)  # as it is by now
            if person.civil and refusal.code == "enrolment.changed-meanwhile":
                changed = changed_fields(form, person.civil)
    mark = civil_mark(person.civil) if person.civil else ""
    status = 409 if changed else 422 if form.errors else 200
    context = {"form": form, "person": person, "mark": mark, "changed": changed}
    return render(request, "enrolment/correct.html", context, status=status)


@require_http_methods(["GET", "POST"])
@for_officers
@act_words("accueillir une personne")
def register_arrival(request: OfficerRequest) -> HttpResponse:
    form = ArrivalForm(request.POST or None, academy_id=request.scope.academy_id)
    if request.method == "POST" and form.is_valid():
        person, sponsor = form.person, form.cleaned_data["sponsor"]
        try:
            services.check_arrival(request.scope, person, numen_keys.get(), now=timezone.now())
            if page := _arrival_confirmation(request, person, sponsor, form):
                return page
            person_id = services.register_arrival(
                request.scope, person, sponsor,
                NumenLayout(academy_of(request).numen_layout), numen_keys.get(), SystemRandom(),
                settings.CONFIG.mail.quota_mb, by=actor_of(request), now=timezone.now(),
                is_other=IS_OTHER in request.POST,
            )  # fmt: skip
            return HttpResponseRedirect(reverse("enrolment:person", args=[person_id]))
        except Refusal as refusal:
            form.add_error(_REFUSED_FIELDS.get(refusal.code), sentence(refusal))
        except IntegrityError:
            form.add_error("dossier", "Ce numéro de dossier est déjà pris : choisissez-en un autre.")
    return render(request, "enrolment/receive.html", {"form": form}, status=422 if form.errors else 200)


def _arrival_confirmation(
    request: OfficerRequest, person: NewPerson, sponsor: str, form: ArrivalForm
) -> HttpResponse | None:
    post = person.posts[0]
    work = (CATEGORY_LABELS[person.category], function_label(post.function) if post.function else "")
    return creation_page(
        request,
        person.civil,
        post.uai,
        PostSummary(", ".join(filter(None, work)), post.starts_on or paris_day(timezone.now()), post.ends_on),
        reverse("enrolment:register-arrival"),
        [(name, form.data.get(name, "")) for name in form.fields],
        ", ".join(sorted(request.scope.services.values())),
        sponsor=sponsor,
        numen=person.numen,
    )


def _managed_or_404(request: OfficerRequest, person_id: int) -> ManagedPerson:
    person = queries.person_in(request.scope, person_id)
    if person is None:
        raise Http404
    return person


def _page(
    request: OfficerRequest, person: ManagedPerson, *, numen: str = "", problem: str = "", status: int = 200
) -> HttpResponse:
    account = account_of_person(person.person_id)
    identity = presented(account.account_id) if account else None
    context = {
        "person": person,
        "name": person.name,
        "category": CATEGORY_LABELS.get(person.category, person.category),  # type: ignore[call-overload]
        "account": identity,
        "account_state": ACCOUNT_STATE_LABELS.get(identity.state, identity.state)
        if identity
        else "Aucun compte",
        "addresses": addresses_by_person([person.person_id]).get(person.person_id, []),
        "posts": [
            (post, school, function_label(post.function))
            for post, school in placed_posts_of(person.person_id)
        ],
        "masked": queries.masked_numen_of(person.person_id, numen_keys.get()),
        "numen": numen,
        "history": [
            (HISTORY_LABELS[line.action], line)
            for line in queries.history_of(person)
            if line.action in HISTORY_LABELS
        ],
        "problem": problem,
        "is_deceased": identity is not None and is_deceased(identity.account_id),
        "is_own": queries.is_own_record(request.scope, person.person_id),
        "is_out_of_reach": not queries.is_within_reach(request.scope, person.person_id),
    }
    return render(request, "enrolment/person.html", context, status=status)

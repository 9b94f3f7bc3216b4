"""Classes of service: list, make, change with a preview, delete."""

from collections.abc import Mapping
from typing import NamedTuple

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from vaguemestre.access.signin.administrators import actor_of, for_administrators, for_recent_administrators
from vaguemestre.access.signin.http import SignedInRequest, act_words
from vaguemestre.access.signin.offices import reaches, within_academy
from vaguemestre.desks.backoffice.forms.service_classes import ServiceClassForm
from vaguemestre.desks.enrolment.forms.officer_forms import CATEGORY_LABELS
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.confirmation import MARK_FIELD, Confirmation, confirmation_page
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.class_assignment import change_class, delete_class
from vaguemestre.people.credentials.queries import accounts_of_people, people_by_class
from vaguemestre.people.directory.queries import academy_summaries
from vaguemestre.people.directory.rules.nomenclature import function_label
from vaguemestre.people.service_classes.labels_fr import LIMIT_LABELS, USUAL_DAYS, limit_text
from vaguemestre.people.service_classes.queries import (
    class_summaries,
    class_summary,
    class_ties,
    people_facts,
)
from vaguemestre.people.service_classes.rules import (
    NEW_CLASS,
    changed_limits,
    lessened_limits,
    moves,
    ties_with,
    ties_without,
)
from vaguemestre.people.service_classes.values import (
    NO_CLASS,
    ClassDraft,
    ClassSummary,
    ClassTies,
    ServiceLimits,
)

_NO_CLASS = ClassDraft("aucune classe", NO_CLASS)
_ORDERS = ("nom", "personnes")
_EMPTIED = (
    "Ce qui est dans %s depuis plus longtemps est effacé au prochain passage, et ne revient pas si la classe "
    "est changée ou supprimée ensuite."
)
_LOSSES = {
    "quota_mb": "Une boîte déjà plus remplie que sa nouvelle taille refuse tout courrier, aussitôt, tant "
    "qu’elle n’est pas allégée.",
    "trash_days": _EMPTIED % "la corbeille",
    "junk_days": _EMPTIED % "les indésirables",
}


class LimitChange(NamedTuple):
    """A limit that changes, in words."""

    label: str
    before: str
    after: str


class Move(NamedTuple):
    """People who pass from one class to another, and what changes for them."""

    people: int
    before: str
    after: str
    changes: list[LimitChange]
    lessened: tuple[str, ...]  # names of `ServiceLimits`


@require_GET
@for_administrators
@within_academy
def list_classes(request: SignedInRequest) -> HttpResponse:
    listing = Listing.of(request.GET, _ORDERS)
    search = listing.search
    people = people_by_class()
    summaries = [
        summary
        for summary in class_summaries(request.who.office_academy)
        if search.casefold() in summary.draft.name.casefold()
    ]
    if listing.sort == "personnes":
        summaries.sort(key=lambda summary: people.get(summary.class_id, 0))
    if listing.backwards:
        summaries.reverse()
    names = {academy.academy_id: academy.name for academy in academy_summaries()}
    context = {
        "rows": [
            (summary, _given_by(summary.draft), _says(summary.draft.limits), people.get(summary.class_id, 0))
            for summary in listing.shown(summaries)
        ],
        "academies": names if len(names) > 1 and not request.who.office_academy else {},
        "total": len(summaries),
        "listing": listing,
        "search": search,
        "done": request.GET.get("fait", ""),
    }
    return render(request, "backoffice/service_classes.html", context)


@require_http_methods(["GET", "POST"])
@for_recent_administrators
@act_words("créer une classe de service")
@within_academy
def make_class(request: SignedInRequest) -> HttpResponse:
    form = ServiceClassForm(request.POST or None, academy_id=request.who.office_academy)
    return _edit(request, form, None)


@require_http_methods(["GET", "POST"])
@for_recent_administrators
@act_words("modifier une classe de service")
@within_academy
def change(request: SignedInRequest, class_id: int) -> HttpResponse:
    summary = _class_or_404(request, class_id)
    form = ServiceClassForm(request.POST or None, academy_id=summary.academy_id, draft=summary.draft)
    return _edit(request, form, summary)


@require_http_methods(["GET", "POST"])
@for_recent_administrators
@act_words("supprimer une classe de service")
@within_academy
def delete(request: SignedInRequest, class_id: int) -> HttpResponse:
    """What happens to its people, then the deletion."""
    summary = _class_or_404(request, class_id)
    if request.method == "POST":
        try:
            delete_class(summary.academy_id, class_id, by=actor_of(request), now=timezone.now())
        except Refusal as refusal:  # somebody else was faster
            raise Http404 from refusal
        return HttpResponseRedirect(f"{reverse('backoffice:service-classes')}?fait=supprimee")
    ties = class_ties(summary.academy_id)
    after = ties_without(ties, class_id)
    context = {
        "summary": summary,
        "moves": _moves(summary.academy_id, ties, after, class_id, None),
        "exceptions": sum(held == class_id for held in ties.by_person.values()),
    }
    return render(request, "backoffice/service_class_delete.html", context)


def _edit(request: SignedInRequest, form: ServiceClassForm, summary: ClassSummary | None) -> HttpResponse:
    """The form; once it is valid, what it would change; the change when that was seen."""
    context: dict[str, object] = {"form": form, "summary": summary}
    if request.method == "POST" and form.is_valid():
        academy_id, class_id = form.cleaned_data["academy"], summary.class_id if summary else 0
        ties, previewed = class_ties(academy_id), class_id or NEW_CLASS
        after = ties_with(ties, previewed, form.draft)
        moved = _moves(academy_id, ties, after, previewed, form.draft)
        if request.POST.get("apply") != form.mark:
            context |= {"moves": moved, "mark": form.mark}
        elif page := _confirmation(request, form, moved):
            return page
        else:
            try:
                change_class(academy_id, class_id, form.draft, by=actor_of(request), now=timezone.now())
            except Refusal as refusal:
                form.add_error("name", sentence(refusal))
            else:
                return HttpResponseRedirect(f"{reverse('backoffice:service-classes')}?fait=enregistree")
    status = 422 if form.errors else 200
    return render(request, "backoffice/service_class.html", context, status=status)


def _confirmation(request: SignedInRequest, form: ServiceClassForm, moved: list[Move]) -> HttpResponse | None:
    """The confirmation page if somebody gets less than today; None if not, or once it was confirmed."""
    losers = [move for move in moved if move.lessened]
    if not losers:
        return None
    lost = {name for move in losers for name in move.lessened}
    people = counted(sum(move.people for move in losers), "personne")
    name = form.draft.name
    confirmation = Confirmation(
        title=f"Donner moins à {people} par « {name} » ?",
        facts=[("Classe", name), ("Perdent quelque chose", people)],
        consequences=[words for key, words in _LOSSES.items() if key in lost]
        + [f"{LIMIT_LABELS[key]} : fermé ou moins qu’aujourd’hui." for key in sorted(lost - _LOSSES.keys())],
        button=f"Appliquer à {people}",
        back=reverse("backoffice:service-classes"),
        fields=[
            (key, value)
            for key, values in request.POST.lists()
            if key not in ("csrfmiddlewaretoken", MARK_FIELD)
            for value in values
        ],
        binds=(form.mark, people, sorted(lost)),
    )
    return confirmation_page(request, confirmation)


def _moves(
    academy_id: int, before: ClassTies, after: ClassTies, class_id: int, draft: ClassDraft | None
) -> list[Move]:
    """Who changes, among people with an account. `draft`: what the class of that id will be, if it stays."""
    old = {summary.class_id: summary.draft for summary in class_summaries(academy_id)}
    new = {**old, class_id: draft} if draft else old
    accounts = accounts_of_people(academy_id)
    people = [
        facts
        for facts in people_facts(academy_id, paris_day(timezone.now()))
        if (account := accounts.get(facts.person_id)) and account.state != "closed"
    ]
    class_moves = [
        _move(count, old.get(source, _NO_CLASS), new.get(target, _NO_CLASS))
        for (source, target), count in moves(people, before, after).items()
        if source != target or (class_id == source and draft and draft.limits != old[source].limits)
    ]
    return sorted(class_moves, key=lambda move: -move.people)


def _move(people: int, before: ClassDraft, after: ClassDraft) -> Move:
    changes = [
        LimitChange(LIMIT_LABELS[name], limit_text(before.limits, name), limit_text(after.limits, name))
        for name in changed_limits(before.limits, after.limits)
    ]
    lessened = lessened_limits(before.limits, after.limits, USUAL_DAYS)
    return Move(people, before.name, after.name, changes, lessened)


def _given_by(draft: ClassDraft) -> list[str]:
    labels: Mapping[str, str] = {str(code): label for code, label in CATEGORY_LABELS.items()}
    functions = dict.fromkeys(function_label(code) for code in draft.functions)
    categories = [labels.get(code, code) for code in draft.categories]
    return [*functions, *categories, *(["toutes les autres personnes"] if draft.is_for_all else [])]


def _says(limits: ServiceLimits) -> list[str]:
    """What a class changes, in words."""
    return [f"{LIMIT_LABELS[name]} : {limit_text(limits, name)}" for name in changed_limits(NO_CLASS, limits)]


def _class_or_404(request: SignedInRequest, class_id: int) -> ClassSummary:
    summary = class_summary(class_id)
    if summary is None or not reaches(request, summary.academy_id):
        raise Http404
    return summary

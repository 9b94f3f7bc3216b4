"""Classes of service: list, make, change with a preview, delete."""

from collections.abc import Mapping

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from vaguemestre.access.signin.administrators import for_administrators, for_recent_administrators
from vaguemestre.access.signin.http import SignedInRequest, act_words
from vaguemestre.access.signin.offices import reaches, within_academy
from vaguemestre.desks.backoffice.forms.service_classes import ServiceClassForm
from vaguemestre.desks.backoffice.views.service_classes.agreements import (
    SECOND_PERSON,
    asked_lines,
    decide,
    is_for_second_person,
)
from vaguemestre.desks.backoffice.views.service_classes.moves import Move, count_lessened, moves_of
from vaguemestre.desks.enrolment.forms.officer_forms import CATEGORY_LABELS
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.foundation.ui.confirmation import MARK_FIELD, Confirmation, confirmation_page
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.queries import people_by_class
from vaguemestre.people.directory.queries import academy_summaries
from vaguemestre.people.directory.rules.nomenclature import function_label
from vaguemestre.people.service_classes.labels_fr import LIMIT_LABELS, limit_text
from vaguemestre.people.service_classes.queries import (
    class_summaries,
    class_summary,
    exceptions_in,
)
from vaguemestre.people.service_classes.rules import (
    changed_limits,
)
from vaguemestre.people.service_classes.values import (
    NO_CLASS,
    ClassChange,
    ClassDraft,
    ClassSummary,
    ServiceLimits,
)

_FOLLOWS = "Les comptes suivent dans les minutes qui viennent."
_DONE = {
    "enregistree": f"Classe enregistrée. {_FOLLOWS}",
    "supprimee": f"Classe supprimée. {_FOLLOWS}",
    "accordee": f"Changement accordé, et fait. {_FOLLOWS}",
    "refusee": "Changement refusé : rien n’est fait.",
}
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
        "done": _DONE.get(request.GET.get("fait", ""), ""),
        "asked": asked_lines(request.who.office_academy, timezone.now()),
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
    change = ClassChange(summary.academy_id, class_id, None)
    moved = moves_of(change)
    if request.method == "POST":
        try:
            return decide(request, change, count_lessened(moved), done="supprimee")
        except Refusal as refusal:  # somebody else was faster
            raise Http404 from refusal
    context = {
        "summary": summary,
        "moves": moved,
        "is_for_two": is_for_second_person(request, count_lessened(moved)),
        "exceptions": len(exceptions_in(class_id)),
    }
    return render(request, "backoffice/service_class_delete.html", context)


def _edit(request: SignedInRequest, form: ServiceClassForm, summary: ClassSummary | None) -> HttpResponse:
    """The form; once it is valid, what it would change; the change when that was seen."""
    context: dict[str, object] = {"form": form, "summary": summary}
    if request.method == "POST" and form.is_valid():
        academy_id, class_id = form.cleaned_data["academy"], summary.class_id if summary else 0
        change = ClassChange(academy_id, class_id, form.draft)
        moved = moves_of(change)
        if request.POST.get("apply") != form.mark:
            context |= {"moves": moved, "mark": form.mark}
        elif page := _confirmation(request, form, moved):
            return page
        else:
            try:
                return decide(request, change, count_lessened(moved), done="enregistree")
            except Refusal as refusal:
                form.add_error("name", sentence(refusal))
    status = 422 if form.errors else 200
    return render(request, "backoffice/service_class.html", context, status=status)


def _confirmation(request: SignedInRequest, form: ServiceClassForm, moved: list[Move]) -> HttpResponse | None:
    """The confirmation page if somebody gets less than today; None if not, or once it was confirmed."""
    losers = [move for move in moved if move.lessened]
    if not losers:
        return None
    lost = {name for move in losers for name in move.lessened}
    is_for_two = is_for_second_person(request, count_lessened(moved))
    people = counted(count_lessened(moved), "personne")
    name = form.draft.name
    confirmation = Confirmation(
        title=f"Donner moins à {people} par « {name} » ?",
        facts=[("Classe", name), ("Perdent quelque chose", people)],
        consequences=[words for key, words in _LOSSES.items() if key in lost]
        + [f"{LIMIT_LABELS[key]} : fermé ou moins qu’aujourd’hui." for key in sorted(lost - _LOSSES.keys())]
        + ([SECOND_PERSON] if is_for_two else []),
        button="Demander l’accord d’une deuxième personne" if is_for_two else f"Appliquer à {people}",
        back=reverse("backoffice:service-classes"),
        fields=[
            (key, value)
            for key, values in request.POST.lists()
            if key not in ("csrfmiddlewaretoken", MARK_FIELD)
            for value in values
        ],
        binds=(form.mark, people, sorted(lost), is_for_two),
    )
    return confirmation_page(request, confirmation)


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

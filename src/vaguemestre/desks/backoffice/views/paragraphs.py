"""Texts of letters: what an académie adds to each, seen in its place before it is kept."""

from typing import NamedTuple

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from vaguemestre.access.signin.administrators import actor_of, for_administrators, for_recent_administrators
from vaguemestre.access.signin.http import SignedInRequest, act_words
from vaguemestre.access.signin.offices import reaches, within_academy
from vaguemestre.desks.backoffice.forms.paragraphs import ParagraphForm
from vaguemestre.desks.backoffice.rules.paragraph_previews import Place, preview
from vaguemestre.people.directory.queries import AcademySummary, academy_summaries
from vaguemestre.people.paragraphs import services
from vaguemestre.people.paragraphs.labels_fr import KIND_LABELS, KindLabel
from vaguemestre.people.paragraphs.queries import paragraphs_of
from vaguemestre.people.paragraphs.values import LetterKind, OwnParagraph

_DONE = {
    "enregistre": "Paragraphe enregistré : il figure dans les lettres écrites à partir de maintenant.",
    "retire": "La lettre a de nouveau le texte de Vaguemestre seul.",
}


class _Row(NamedTuple):
    kind: LetterKind
    label: KindLabel
    own: OwnParagraph | None


@require_GET
@for_administrators
@within_academy
def list_kinds(request: SignedInRequest) -> HttpResponse:
    """`academie`: whose texts, for an office that covers several académies."""
    academies = [one for one in academy_summaries() if reaches(request, one.academy_id)]
    if not academies:
        raise Http404
    asked = request.GET.get("academie") or str(request.who.academy_id)
    chosen = next((one for one in academies if str(one.academy_id) == asked), academies[0])
    own = paragraphs_of(chosen.academy_id)
    context = {
        "academies": academies if len(academies) > 1 else [],
        "chosen": chosen,
        "rows": [_Row(kind, label, own.get(kind)) for kind, label in KIND_LABELS.items()],
        "done": _DONE.get(request.GET.get("fait", ""), ""),
    }
    return render(request, "backoffice/paragraphs.html", context)


@require_http_methods(["GET", "POST"])
@for_recent_administrators
@act_words("changer le texte d’une lettre")
@within_academy
def edit(request: SignedInRequest, academy_id: int, kind: str) -> HttpResponse:
    """`act`: `save` keeps what was seen, `default` removes the paragraph; anything else shows it in place."""
    if kind not in set(LetterKind):
        raise Http404
    academy, letter = _academy_or_404(request, academy_id), LetterKind(kind)
    act, by, now = request.POST.get("act", ""), actor_of(request), timezone.now()
    if act == "default":
        services.remove_paragraph(academy_id, letter, by=by, now=now)
        return _back(academy_id, "retire")
    own = paragraphs_of(academy_id).get(letter)
    initial = {"text": own.text if own else ""}
    form = ParagraphForm(request.POST if request.method == "POST" else None, kind=letter, initial=initial)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    if act == "save" and text and text == request.POST.get("seen"):
        services.save_paragraph(academy_id, letter, text, by=by, now=now)
        return _back(academy_id, "enregistre")
    context = {
        "whose": academy,
        "label": KIND_LABELS[letter],
        "form": form,
        "seen": text,
        "own": own,
        "preview": preview(letter, _place(academy)),
    }
    return render(request, "backoffice/paragraph.html", context, status=422 if form.errors else 200)


def _back(academy_id: int, done: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('backoffice:paragraphs')}?academie={academy_id}&fait={done}")


def _academy_or_404(request: SignedInRequest, academy_id: int) -> AcademySummary:
    academy = next((one for one in academy_summaries() if one.academy_id == academy_id), None)
    if academy is None or not reaches(request, academy_id):
        raise Http404
    return academy


def _place(academy: AcademySummary) -> Place:
    return Place(academy.name, academy.domain, settings.CONFIG.site_of(academy.domain))

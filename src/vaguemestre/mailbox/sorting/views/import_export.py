"""Filters in and out of files."""

from collections.abc import Sequence

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words, recently_signed_in, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.sorting import queries, services
from vaguemestre.mailbox.sorting.forms import files
from vaguemestre.mailbox.sorting.forms.sentences import filter_sentence
from vaguemestre.mailbox.sorting.forms.spam import ExpertForm
from vaguemestre.mailbox.sorting.http import has_proof, may_forward_outside, proof
from vaguemestre.mailbox.sorting.ports import create_label, open_scripts
from vaguemestre.mailbox.sorting.script import personal_script, translate_script
from vaguemestre.mailbox.sorting.services.expert import ExpertRefused
from vaguemestre.mailbox.sorting.values import ImportedScript
from vaguemestre.mailbox.sorting.views.filters import apply_and_return, by, folders_here
from vaguemestre.mailbox.sorting.views.scripts import SourceError, with_source


@require_GET
@signed_in
def export(request: SignedInRequest, kind: str) -> HttpResponse:
    """All filters as a file: JSON to import again, or a Sieve script for other programs."""
    account_id, now = request.who.account_id, timezone.now()
    if kind == "json":
        content, media = files.filters_to_json(queries.filters_of(account_id)), "application/json"
    else:
        owner = queries.owner_of(account_id, now)
        current = queries.settings_of(account_id)
        content = personal_script(current, owner, foreign_script="") if owner else ""
        media = "application/sieve"
    answer = HttpResponse(content.encode(), content_type=f"{media}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="filtres.{"json" if kind == "json" else "sieve"}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_GET
@recently_signed_in
@act_words("importer des filtres")
def import_form(request: SignedInRequest) -> HttpResponse:
    """Form that imports a file of filters."""
    return render(request, "sorting/import.html", {"proof": proof(request)})


@require_POST
@signed_in
def save_file(request: SignedInRequest) -> HttpResponse:
    """Import a JSON file at once; show what a Sieve file does before importing it."""
    if not has_proof(request):
        return HttpResponseRedirect(reverse("sorting:import"))
    file = request.FILES.get("file")
    if file is None or file.size is None or file.size > files.MAX_FILE_BYTES:
        return _import_refused(request, sentence(Refusal("sorting.filter-file")))
    content = file.read()
    if (file.name or "").lower().endswith((".sieve", ".siv", ".txt")):
        imported = translate_script(content.decode("utf-8-sig", "replace"))
        form = ExpertForm(initial={"expert": imported.rest})
        return _imported_page(request, imported, form)
    try:
        event = services.import_filters(
            request.who.account_id, files.filters_from_json(content),
            [folder.name for folder in folders_here(request)],
            by=by(request), now=timezone.now(), forwards_outside=may_forward_outside(request.who.account_id),
            create_label=create_label.get(),
        )  # fmt: skip
    except Refusal as refusal:
        return _import_refused(request, sentence(refusal))
    return apply_and_return(event)


@require_POST
@signed_in
def save_script(request: SignedInRequest) -> HttpResponse:
    """Import a translated script, once its owner has confirmed it."""
    if not has_proof(request):
        return HttpResponseRedirect(reverse("sorting:import"))
    form = ExpertForm(request.POST)
    try:
        imported = ImportedScript(files.filters_from_json(request.POST.get("filters", "").encode()))
    except Refusal as refusal:
        return _import_refused(request, sentence(refusal))
    if not form.is_valid():
        return _imported_page(request, imported, form, status=422)
    try:
        event = services.import_script(
            request.who.account_id, imported.filters, form.cleaned_data["expert"],
            [folder.name for folder in folders_here(request)], open_scripts.get(),
            by=by(request), now=timezone.now(), forwards_outside=may_forward_outside(request.who.account_id),
            create_label=create_label.get(),
        )  # fmt: skip
    except ExpertRefused as refused:
        form.add_error("expert", sentence(refused))
        errors = with_source(request.POST.get("expert", ""), refused)
        return _imported_page(request, imported, form, status=422, errors=errors)
    except Refusal as refusal:
        form.add_error(None, sentence(refusal))
        return _imported_page(request, imported, form, status=422)
    return apply_and_return(event)


def _imported_page(
    request: SignedInRequest,
    imported: ImportedScript,
    form: ExpertForm,
    *,
    status: int = 200,
    errors: Sequence[SourceError] = (),
) -> HttpResponse:
    """What an imported script does, to be confirmed."""
    folders = folders_here(request)
    outcomes = [mail_filter.outcome for mail_filter in imported.filters]
    targets = {name for outcome in outcomes for name in (outcome.move_to, outcome.copy_to) if name}
    context = {
        "form": form,
        "imported": imported,
        "filters": [filter_sentence(mail_filter, folders) for mail_filter in imported.filters],
        "filters_json": files.filters_to_json(imported.filters),
        "missing": sorted(targets - {folder.name for folder in folders}),
        "has_rest": bool(imported.rest.strip()) or form.is_bound,
        "replaces": bool(queries.expert_script_of(request.who.account_id).strip()),
        "errors": errors,
        "proof": proof(request),
    }
    return render(request, "sorting/import_read.html", context, status=status)


def _import_refused(request: SignedInRequest, message: str) -> HttpResponse:
    return render(request, "sorting/import.html", {"proof": proof(request), "error": message}, status=422)

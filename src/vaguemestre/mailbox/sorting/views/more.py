"""Screens beside the filters: junk mail, import and export, hand-written script, foreign scripts."""

from collections.abc import Sequence
from typing import NamedTuple

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, recently_signed_in, signed_in
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.sorting import queries, services
from vaguemestre.mailbox.sorting.forms import files
from vaguemestre.mailbox.sorting.forms.sentences import filter_sentence
from vaguemestre.mailbox.sorting.forms.spam import ExpertForm, SpamForm
from vaguemestre.mailbox.sorting.http import has_proof, proof
from vaguemestre.mailbox.sorting.ports import open_scripts
from vaguemestre.mailbox.sorting.script import personal_script, translate_script
from vaguemestre.mailbox.sorting.services.expert import ExpertRefused
from vaguemestre.mailbox.sorting.values import OURS, SCRIPT_NAME, ImportedScript, StoredScript
from vaguemestre.mailbox.sorting.views.filters import by, done, folders_here


class SourceError(NamedTuple):
    """Error of a hand-written script with the text of its line."""

    line: int
    message: str
    source: str


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def spam(request: SignedInRequest) -> HttpResponse:
    """« Courrier indésirable »: junk filing on or off, allowed and denied senders."""
    account_id = request.who.account_id
    form, status, is_saved = SpamForm.showing(queries.spam_settings_of(account_id)), 200, False
    if request.method == "POST":
        form = SpamForm(request.POST)
        if form.is_valid():
            event = services.save_spam(account_id, form.spam_settings, by=by(request), now=timezone.now())
            run_now(event)
            form, is_saved = SpamForm.showing(form.spam_settings), True
        else:
            status = 422
    context = {
        "form": form,
        "script_status": queries.script_status_of(account_id),
        "is_saved": is_saved,
    }
    return render(request, "sorting/spam.html", context, status=status)


@require_GET
@recently_signed_in
def expert(request: SignedInRequest) -> HttpResponse:
    """Form of the script written by hand, and the scripts of other programs."""
    form = ExpertForm(initial={"expert": queries.expert_script_of(request.who.account_id)})
    return _expert_page(request, form)


@require_POST
@signed_in
def save_expert(request: SignedInRequest) -> HttpResponse:
    """Store the script once Dovecot compiles it; errors are shown with their lines."""
    if not has_proof(request):
        return HttpResponseRedirect(reverse("sorting:expert"))
    form = ExpertForm(request.POST)
    if not form.is_valid():
        return _expert_page(request, form, status=422)
    text = form.cleaned_data["expert"]
    try:
        event = services.save_expert(
            request.who.account_id, text, open_scripts.get(), by=by(request),
            now=timezone.now(), forwards_outside=settings.CONFIG.mail.forward_outside,
        )  # fmt: skip
    except ExpertRefused as refused:
        form.add_error("expert", sentence(refused))
        return _expert_page(request, form, status=422, errors=_with_source(text, refused))
    except Refusal as refusal:
        form.add_error("expert", sentence(refusal))
        return _expert_page(request, form, status=422)
    return done(event)


def _expert_page(
    request: SignedInRequest, form: ExpertForm, *, status: int = 200, errors: Sequence[SourceError] = ()
) -> HttpResponse:
    """The form with the scripts of the mailbox: ours as generated, and those of other programs."""
    account_id, now = request.who.account_id, timezone.now()
    stored: tuple[StoredScript, ...] = ()
    is_store_down = False
    try:
        with open_scripts.get()(request.who.mailbox) as scripts:
            listing = scripts.list_scripts()
            stored = tuple(
                StoredScript(name, scripts.read(name), name == listing.active) for name in listing.names
            )
    except EngineDown:
        is_store_down = True
    may_save = request.method == "GET" or has_proof(request)
    context = {
        "form": form,
        "errors": errors,
        "own_script": next((script for script in stored if script.name == SCRIPT_NAME), None),
        "foreign_scripts": [script for script in stored if script.name not in OURS],
        "included_script": queries.script_status_of(account_id).foreign_script,
        "is_store_down": is_store_down,
        "proof": proof(request) if may_save else "",
        "now": now,
    }
    return render(request, "sorting/expert.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def place(request: SignedInRequest) -> HttpResponse:
    """Warn if another program replaced our script; fetched by the pages. POST: activate ours again."""
    account_id = request.who.account_id
    if request.method == "POST":
        return done(services.restore_script(account_id))
    try:
        replacing_script = services.foreign_active_script(account_id, open_scripts.get(), now=timezone.now())
    except (EngineDown, EngineRefused):
        replacing_script = None  # the page itself says that the mail store is down
    return render(request, "sorting/place.html", {"replacing_script": replacing_script})


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
            by=by(request), now=timezone.now(), forwards_outside=settings.CONFIG.mail.forward_outside,
        )  # fmt: skip
    except Refusal as refusal:
        return _import_refused(request, sentence(refusal))
    return done(event)


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
            by=by(request), now=timezone.now(), forwards_outside=settings.CONFIG.mail.forward_outside,
        )  # fmt: skip
    except ExpertRefused as refused:
        form.add_error("expert", sentence(refused))
        errors = _with_source(request.POST.get("expert", ""), refused)
        return _imported_page(request, imported, form, status=422, errors=errors)
    except Refusal as refusal:
        form.add_error(None, sentence(refusal))
        return _imported_page(request, imported, form, status=422)
    return done(event)


def _with_source(text: str, refused: ExpertRefused) -> list[SourceError]:
    lines = text.replace("\r\n", "\n").split("\n")
    return [
        SourceError(error.line, error.message, lines[error.line - 1] if 0 < error.line <= len(lines) else "")
        for error in refused.errors
    ]


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

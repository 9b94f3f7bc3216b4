"""Besides one's filters: unwanted mail, files, the scripts of other programs, the part written by hand."""

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
from vaguemestre.mailbox.sorting.forms.sentences import said
from vaguemestre.mailbox.sorting.forms.spam import ExpertForm, SpamForm
from vaguemestre.mailbox.sorting.http import has_proof, proof
from vaguemestre.mailbox.sorting.ports import open_scripts
from vaguemestre.mailbox.sorting.script import compose, taken
from vaguemestre.mailbox.sorting.services.expert import ExpertRefused
from vaguemestre.mailbox.sorting.values import OURS, SCRIPT_NAME, ScriptError, Taken, Written
from vaguemestre.mailbox.sorting.views.filters import by, done, folders_here


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def spam(request: SignedInRequest) -> HttpResponse:
    """« Courrier indésirable »: sorted or not, whom always to accept, whom never to hear."""
    account_id = request.who.account_id
    told: dict[str, object] = {}
    form = SpamForm.showing(queries.spam_of(account_id))
    status = 200
    if request.method == "POST":
        form = SpamForm(request.POST)
        if form.is_valid():
            event = services.save_spam(account_id, form.choice, by=by(request), now=timezone.now())
            run_now(event)
            form, told = SpamForm.showing(form.choice), {"said": True}
        else:
            status = 422
    facts = {"form": form, "applied": queries.applied_of(account_id), **told}
    return render(request, "sorting/spam.html", facts, status=status)


@require_GET
@recently_signed_in
def expert(request: SignedInRequest) -> HttpResponse:
    return _expert_page(request, ExpertForm(initial={"expert": queries.expert_of(request.who.account_id)}))


@require_POST
@signed_in
def save_expert(request: SignedInRequest) -> HttpResponse:
    """Compiled by Dovecot before it is kept; its errors are shown at their lines."""
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
        return _expert_page(request, form, status=422, errors=_lined(text, refused))
    except Refusal as refusal:
        form.add_error("expert", sentence(refusal))
        return _expert_page(request, form, status=422)
    return done(event)


def _expert_page(
    request: SignedInRequest, form: ExpertForm, *, status: int = 200, errors: object = ()
) -> HttpResponse:
    """With what stands in the mailbox: ours as it is generated, and those of other programs, untouched."""
    account_id, now = request.who.account_id, timezone.now()
    written: tuple[Written, ...] = ()
    is_away = False
    try:
        with open_scripts.get()(request.who.mailbox) as scripts:
            listing = scripts.listed()
            written = tuple(Written(one, scripts.read(one), one == listing.active) for one in listing.names)
    except EngineDown:
        is_away = True
    may = request.method == "GET" or has_proof(request)
    facts = {
        "form": form,
        "errors": errors,
        "ours": next((one for one in written if one.name == SCRIPT_NAME), None),
        "others": [one for one in written if one.name not in OURS],
        "kept": queries.applied_of(account_id).kept,
        "is_away": is_away,
        "proof": proof(request) if may else "",
        "now": now,
    }
    return render(request, "sorting/expert.html", facts, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def place(request: SignedInRequest) -> HttpResponse:
    """Asked by the pages once they are shown: whether ours still runs. Posted: it does again."""
    account_id = request.who.account_id
    if request.method == "POST":
        return done(services.put_back(account_id))
    try:
        instead = services.stands_instead(account_id, open_scripts.get(), now=timezone.now())
    except (EngineDown, EngineRefused):
        instead = None  # the page says by itself that the engine is away
    return render(request, "sorting/place.html", {"instead": instead})


@require_GET
@signed_in
def export(request: SignedInRequest, kind: str) -> HttpResponse:
    """All the filters in a file: JSON, to be taken in again; or the Sieve script, for other programs."""
    account_id, now = request.who.account_id, timezone.now()
    if kind == "json":
        content, media = files.written(queries.filters_of(account_id)), "application/json"
    else:
        owner = queries.owner_of(account_id, now)
        decided = queries.decided_of(account_id)
        content = compose(decided, owner, kept="") if owner else ""
        media = "application/sieve"
    answer = HttpResponse(content.encode(), content_type=f"{media}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="filtres.{"json" if kind == "json" else "sieve"}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_GET
@recently_signed_in
def take_in(request: SignedInRequest) -> HttpResponse:
    return render(request, "sorting/import.html", {"proof": proof(request)})


@require_POST
@signed_in
def save_file(request: SignedInRequest) -> HttpResponse:
    """Filters of a JSON file after those already there; what a Sieve file does is shown first."""
    if not has_proof(request):
        return HttpResponseRedirect(reverse("sorting:import"))
    sent = request.FILES.get("fichier")
    if sent is None or sent.size is None or sent.size > files.HEAVIEST:
        return _import_refused(request, sentence(Refusal("sorting.filter-file")))
    content = sent.read()
    if (sent.name or "").lower().endswith((".sieve", ".siv", ".txt")):
        told = taken(content.decode("utf-8-sig", "replace"))
        form = ExpertForm(initial={"expert": told.rest})
        return _read_page(request, told, form)
    try:
        event = services.import_filters(
            request.who.account_id, files.read(content), [one.name for one in folders_here(request)],
            by=by(request), now=timezone.now(), forwards_outside=settings.CONFIG.mail.forward_outside,
        )  # fmt: skip
    except Refusal as refusal:
        return _import_refused(request, sentence(refusal))
    return done(event)


@require_POST
@signed_in
def save_script(request: SignedInRequest) -> HttpResponse:
    """What was read of another program's script, once its owner has seen it."""
    if not has_proof(request):
        return HttpResponseRedirect(reverse("sorting:import"))
    form = ExpertForm(request.POST)
    try:
        told = Taken(files.read(request.POST.get("filtres", "").encode()))
    except Refusal as refusal:
        return _import_refused(request, sentence(refusal))
    if not form.is_valid():
        return _read_page(request, told, form, status=422)
    try:
        event = services.import_script(
            request.who.account_id, told.filters, form.cleaned_data["expert"],
            [one.name for one in folders_here(request)], open_scripts.get(),
            by=by(request), now=timezone.now(), forwards_outside=settings.CONFIG.mail.forward_outside,
        )  # fmt: skip
    except ExpertRefused as refused:
        form.add_error("expert", sentence(refused))
        errors = _lined(request.POST.get("expert", ""), refused)
        return _read_page(request, told, form, status=422, errors=errors)
    except Refusal as refusal:
        form.add_error(None, sentence(refusal))
        return _read_page(request, told, form, status=422)
    return done(event)


def _lined(text: str, refused: ExpertRefused) -> list[tuple[ScriptError, str]]:
    """Each error with the line it is about."""
    lines = text.replace("\r\n", "\n").split("\n")
    return [(one, lines[one.line - 1] if 0 < one.line <= len(lines) else "") for one in refused.errors]


def _read_page(
    request: SignedInRequest, told: Taken, form: ExpertForm, *, status: int = 200, errors: object = ()
) -> HttpResponse:
    folders = folders_here(request)
    here = {one.name for one in folders}
    named = {place for one in told.filters for place in (one.outcome.move_to, one.outcome.copy_to) if place}
    facts = {
        "form": form,
        "told": told,
        "filters": [said(one, folders) for one in told.filters],
        "kept": files.written(told.filters),
        "missing": sorted(named - here),
        "has_rest": bool(told.rest.strip()) or form.is_bound,
        "replaces": bool(queries.expert_of(request.who.account_id).strip()),
        "errors": errors,
        "proof": proof(request),
    }
    return render(request, "sorting/import_read.html", facts, status=status)


def _import_refused(request: SignedInRequest, said: str) -> HttpResponse:
    return render(request, "sorting/import.html", {"proof": proof(request), "error": said}, status=422)

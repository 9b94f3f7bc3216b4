"""« Scripts »: the hand-written script, those of other programs, the warning when one replaces ours."""

from collections.abc import Sequence
from typing import NamedTuple

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words, recently_signed_in, signed_in
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.sorting import queries, services
from vaguemestre.mailbox.sorting.forms.spam import ExpertForm
from vaguemestre.mailbox.sorting.http import has_proof, may_forward_outside, proof
from vaguemestre.mailbox.sorting.ports import open_scripts
from vaguemestre.mailbox.sorting.services.expert import ExpertRefused
from vaguemestre.mailbox.sorting.values import EXPERT_SCRIPT, OURS, SCRIPT_NAME, StoredScript
from vaguemestre.mailbox.sorting.views.filters import apply_and_return, by


class SourceError(NamedTuple):
    """Error of a hand-written script with the text of its line."""

    line: int
    message: str
    source: str


@require_GET
@recently_signed_in
@act_words("enregistrer un script de tri")
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
            now=timezone.now(), forwards_outside=may_forward_outside(request.who.account_id),
        )  # fmt: skip
    except ExpertRefused as refused:
        form.add_error("expert", sentence(refused))
        return _expert_page(request, form, status=422, errors=with_source(text, refused))
    except Refusal as refusal:
        form.add_error("expert", sentence(refusal))
        return _expert_page(request, form, status=422)
    return apply_and_return(event)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def script_warning(request: SignedInRequest) -> HttpResponse:
    """Warn if another program replaced our script; fetched by the pages. POST: activate ours again."""
    account_id = request.who.account_id
    if request.method == "POST":
        return apply_and_return(services.restore_script(account_id))
    now = timezone.now()
    try:
        foreign_script = services.foreign_active_script(account_id, open_scripts.get(), now=now)
        rules = services.program_rules(account_id, open_scripts.get(), now=now)
    except (EngineDown, EngineRefused):
        foreign_script, rules = None, ()  # the page itself says that the mail store is down
    redirects = {to for script in rules if script.name != EXPERT_SCRIPT for to in script.redirects}
    context = {"foreign_script": foreign_script, "redirects": sorted(redirects)}
    return render(request, "sorting/script_warning.html", context)


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


def with_source(text: str, refused: ExpertRefused) -> list[SourceError]:
    """Errors of the script with the text of their lines."""
    lines = text.replace("\r\n", "\n").split("\n")
    return [
        SourceError(error.line, error.message, lines[error.line - 1] if 0 < error.line <= len(lines) else "")
        for error in refused.errors
    ]

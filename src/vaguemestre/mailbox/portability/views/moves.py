"""« Importer et exporter »: imports, exports and transfers of the person's mailbox."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, act_words, recently_signed_in, signed_in
from vaguemestre.access.signin.rules.session_lifetimes import is_recent
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import EngineDown, Refusal
from vaguemestre.foundation.kernel.text.sizes import MEGABYTE, on_one_line
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.files.stored_files import accel_redirect_file, is_behind_front
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.mailbox.portability import queries, services
from vaguemestre.mailbox.portability.forms import FileForm, PartnerForm, ServerForm
from vaguemestre.mailbox.portability.ports import files, partners
from vaguemestre.mailbox.portability.rules import tally
from vaguemestre.mailbox.portability.rules.export_names import export_name, sealed_name
from vaguemestre.mailbox.portability.rules.problems import PROBLEMS
from vaguemestre.mailbox.portability.values import Kind, Shown, State
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.lifecycle.ports import boxes_owned
from vaguemestre.people.lifecycle.queries import account_lifecycle
from vaguemestre.people.lifecycle.rules import consequence_table

_PIECE_BYTES = 4 * MEGABYTE
_SERVER_IDS = "id_server_%s"
_LEAST_LEFT = 500_000_000  # bytes of the disk that an import leaves free


@dataclass(frozen=True)
class Line:
    """A move as the page shows it."""

    move: Shown
    percent: int
    trouble: str
    left: tuple[tuple[str, str], ...]
    is_running: bool
    may_resume: bool
    may_download: bool


@require_GET
@signed_in
def show(request: SignedInRequest) -> HttpResponse:
    if "telecharger" in request.GET:
        return _show_download(request)
    return page(request, server_form=_corrected_form(request))


def _corrected_form(request: SignedInRequest) -> ServerForm | None:
    """The form of an import that its server refused, to correct; None if none is asked for."""
    number = request.GET.get("corriger", "")
    is_number = number.isascii() and number.isdigit() and len(number) < 10
    typed = queries.server_typed(request.who.account_id, int(number)) if is_number else {}
    return ServerForm(initial=typed, auto_id=_SERVER_IDS) if typed else None


@recently_signed_in
def _show_download(request: SignedInRequest) -> HttpResponse:
    """The page after a fresh proof, which begins a download: a file would leave the sign-in page in view."""
    wanted = request.GET["telecharger"]
    ready = (line.move.move_id for line in _lines(request) if line.may_download)
    address = next((_file_address(move_id) for move_id in ready if str(move_id) == wanted), "")
    answer = page(request, download=address)
    if address:
        answer["Refresh"] = f"0; url={address}"
    return answer


def _file_address(move_id: int) -> str:
    return reverse("portability:download", args=(move_id,))


@require_GET
@signed_in
def state(request: SignedInRequest) -> HttpResponse:
    return render(request, "portability/moves.html", {"lines": _lines(request)})


@require_POST
@signed_in
def bring_file(request: SignedInRequest) -> HttpResponse:
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return page(request, file_form=form, status=422)
    upload = form.cleaned_data["file"]
    limit = settings.CONFIG.portability.upload_mb * MEGABYTE
    if upload.size > limit:
        form.add_error(
            "file", f"Ce fichier dépasse {on_one_line(limit)} : partagez-le, ou demandez à l’assistance."
        )
        return page(request, file_form=form, status=422)
    if files.get().free() - upload.size < _LEAST_LEFT:
        form.add_error("file", "La place manque pour ce fichier en ce moment : réessayez demain.")
        return page(request, file_form=form, status=422)
    stored = _store(upload)
    try:
        services.ask_import(
            request.who.account_id,
            stored,
            str(upload.name),
            apart=form.apart,
            by=_by(request),
            now=timezone.now(),
        )
    except Refusal as refusal:
        files.get().remove(stored)
        form.add_error(None, sentence(refusal))
        return page(request, file_form=form, status=409)
    return HttpResponseRedirect(reverse("portability:show"))


@require_POST
@signed_in
def bring_from_server(request: SignedInRequest) -> HttpResponse:
    form = ServerForm(request.POST, auto_id=_SERVER_IDS)
    if not form.is_valid():
        return page(request, server_form=form, status=422)
    try:
        services.ask_import_from_server(
            request.who.account_id,
            form.server,
            secret_keys.get(),
            apart=form.apart,
            by=_by(request),
            now=timezone.now(),
        )
    except Refusal as refusal:
        form.add_error(None, sentence(refusal))
        return page(request, server_form=form, status=409)
    return HttpResponseRedirect(reverse("portability:show"))


@require_POST
@recently_signed_in
@act_words("emporter votre courrier")
def take_out(request: SignedInRequest) -> HttpResponse:
    now = timezone.now()
    name = export_name(request.who.username, paris_day(now).isoformat())
    services.ask_export(request.who.account_id, secrets.token_hex(16), name, by=_by(request), now=now)
    return HttpResponseRedirect(reverse("portability:show"))


@require_POST
@recently_signed_in
@act_words("déménager votre courrier")
def move_out(request: SignedInRequest) -> HttpResponse:
    """Request a transfer archive for another installation."""
    form = PartnerForm(request.POST, domains=partners.get().known().keys())
    if not form.is_valid():
        return page(request, partner_form=form, status=422)
    now = timezone.now()
    name = sealed_name(request.who.username, paris_day(now).isoformat())
    try:
        services.ask_sealed(
            request.who.account_id,
            secrets.token_hex(16),
            name,
            form.cleaned_data["destination"],
            secrets.token_bytes(32),
            secret_keys.get(),
            by=_by(request),
            now=now,
        )
    except Refusal as refusal:
        form.add_error(None, sentence(refusal))
        return page(request, partner_form=form, status=409)
    return HttpResponseRedirect(reverse("portability:show"))


@require_POST
@signed_in
def change(request: SignedInRequest, move_id: int, act: str) -> HttpResponse:
    match act:
        case "arreter":
            services.stop_move(request.who.account_id, move_id, now=timezone.now())
        case "reprendre":
            services.resume_move(request.who.account_id, move_id)
        case _:
            raise Http404
    return HttpResponseRedirect(reverse("portability:show"))


@require_GET
@signed_in
def download(request: SignedInRequest, move_id: int) -> HttpResponse:
    if not is_recent(request.who.signed_in_at, timezone.now()):
        return HttpResponseRedirect(f"{reverse('portability:show')}?telecharger={move_id}")
    export = queries.stored_file(request.who.account_id, move_id)
    if not export:
        raise Http404
    store = files.get()
    try:
        content = store.open(export[0])
    except FileNotFoundError as error:
        raise Http404 from error
    services.record_download(request.who.account_id, move_id, by=_by(request), now=timezone.now())
    if is_behind_front(request) and store.is_served_by_front:
        content.close()
        return accel_redirect_file(f"/.front/moves/{export[0]}", export[1], "application/zip")
    answer = FileResponse(content, as_attachment=True, filename=export[1], content_type="application/zip")
    answer["Cache-Control"] = "no-store"
    return answer  # type: ignore[return-value]  # a streamed answer, as good as the other kind


def page(
    request: SignedInRequest,
    *,
    file_form: FileForm | None = None,
    server_form: ServerForm | None = None,
    partner_form: PartnerForm | None = None,
    problem: str = "",
    download: str = "",
    status: int = 200,
) -> HttpResponse:
    """The whole page. `problem`: why somebody who leaves was refused; `download`: the file that begins."""
    life = account_lifecycle(request.who.account_id, consequence_table(settings.CONFIG.lifecycle_delays()))
    leaving = life if life and (life.closes_on or life.new_address) else None
    domains = partners.get().known().keys()
    context = {
        "partner_form": (partner_form or PartnerForm(domains=domains)) if domains else None,
        "leaving": leaving,
        "boxes": boxes_owned.get()(request.who.account_id) if leaving and leaving.closes_on else (),
        "problem": problem,
        "download": download,
        "file_form": file_form or FileForm(initial={"where": ""}, prefix=None),
        "server_form": server_form or ServerForm(initial={"where": ""}, auto_id=_SERVER_IDS),
        "lines": _lines(request),
        "kept_days": 7,
        "upload_octets": settings.CONFIG.portability.upload_mb * MEGABYTE,
    }
    return render(request, "portability/page.html", context, status=status)


def _store(upload: UploadedFile[Any]) -> str:
    """Store an upload for the worker. Returns its name in the store."""
    store, stored, size = files.get(), secrets.token_hex(16), 0
    try:
        for piece in upload.chunks(_PIECE_BYTES):
            size = store.append(stored, size, piece)
    except EngineDown:  # disk full: no row would ever delete what was written
        store.remove(stored)
        raise
    return stored


def _lines(request: SignedInRequest) -> list[Line]:
    return [_line(move) for move in queries.moves_of(request.who.account_id)]


def _line(move: Shown) -> Line:
    trouble = sentence(Refusal(move.trouble, host=move.name, name=move.name)) if move.trouble else ""
    left = tuple(
        (message.place, str(PROBLEMS.get(message.problem, message.problem))) for message in move.tally.left
    )
    may_download = move.kind in (Kind.EXPORT, Kind.SEALED) and move.state is State.DONE
    return Line(
        move,
        tally.percent(move.tally),
        trouble,
        left,
        is_running=move.state is State.RUNNING,
        may_resume=move.may_resume,
        may_download=may_download and queries.stored_file_exists(move.move_id),
    )


def _by(request: SignedInRequest) -> str:
    return account_subject(request.who.account_id)

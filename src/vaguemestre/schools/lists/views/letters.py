"""Moderation queue, archive, and letters."""

import uuid
from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.files.attachments import as_file
from vaguemestre.foundation.ui.listing import page_number
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.post.mailstore.ports import MessageGone
from vaguemestre.post.mailstore.values import MessageRef
from vaguemestre.schools.lists import queries, services
from vaguemestre.schools.lists.forms import DecisionForm
from vaguemestre.schools.lists.http import ListAccess, access_to, actor_of, letter_access, manager_access
from vaguemestre.schools.lists.models import ListLetter
from vaguemestre.schools.lists.ports import EnclosedFile, letter_reader
from vaguemestre.schools.lists.services.arrival import INBOX
from vaguemestre.schools.lists.values import CopyStatus, Kind, LetterSummary, State

_PAGE_SIZE = 50
_PENDING = (State.HELD, State.SCHEDULED)


class LetterLine(NamedTuple):
    """A letter in a list of letters, with the sentence of its reason."""

    letter: LetterSummary
    reason: str


class CopyLine(NamedTuple):
    """A copy in the list of copies, with the sentence of its refusal."""

    copy: CopyStatus
    reason: str


@require_GET
@signed_in
def show_queue(request: SignedInRequest, list_id: int) -> HttpResponse:
    access = manager_access(request, list_id)
    context = {
        "access": access,
        "row": access.row,
        "is_rule": access.row.kind == Kind.RULE,
        "pending": [_line(letter) for letter in queries.pending_letters(list_id)],
        "refused": [_line(letter) for letter in queries.refused_letters(list_id)],
        "done": request.GET.get("fait", ""),
        "tab": "moderation",
    }
    return render(request, "lists/moderation.html", context)


@require_GET
@signed_in
def show_archive(request: SignedInRequest, list_id: int) -> HttpResponse:
    """Distributed letters, for managers, and for members if the list has an archive."""
    access = access_to(request, list_id)
    if not (access.is_manager or (access.is_member and access.row.has_archive)):
        raise Http404
    page = page_number(request.GET.get("page", ""))
    letters = queries.distributed_letters(list_id, offset=(page - 1) * _PAGE_SIZE, limit=_PAGE_SIZE + 1)
    context = {
        "access": access,
        "row": access.row,
        "is_rule": access.row.kind == Kind.RULE,
        "letters": [_line(letter) for letter in letters[:_PAGE_SIZE]],
        "previous_page": page - 1,
        "next_page": page + 1 if len(letters) > _PAGE_SIZE else 0,
        "tab": "archive",
    }
    return render(request, "lists/archive.html", context)


@require_GET
@signed_in
def show_letter(request: SignedInRequest, list_id: int, public_id: uuid.UUID) -> HttpResponse:
    access, letter = letter_access(request, list_id, str(public_id))
    return _letter(request, access, letter, DecisionForm())


@require_GET
@signed_in
def show_body(request: SignedInRequest, list_id: int, public_id: uuid.UUID) -> HttpResponse:
    """The text alone, for its iframe: opaque origin, no scripts, no remote content."""
    _, letter = letter_access(request, list_id, str(public_id))
    document = letter_reader.get().document(letter.list.address, _ref(letter), theme=request.who.theme)
    response = HttpResponse(document.content)
    response["Content-Security-Policy"] = document.policy
    response["Referrer-Policy"] = "no-referrer"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@require_GET
@signed_in
def save_part(request: SignedInRequest, list_id: int, public_id: uuid.UUID, number: str) -> HttpResponse:
    """Download an attachment."""
    _, letter = letter_access(request, list_id, str(public_id))
    return _part(letter, number)


@require_GET
def why_outside(request: HttpRequest, token: str) -> HttpResponse:
    """« Pourquoi ai-je reçu ce message ? » and attachments, for an external recipient."""
    letter, reasons = _external_letter(token)
    context = {
        "token": token,
        "row": letter.list,
        "letter": queries.letter_summary(letter),
        "reasons": reasons,
        "files": _files(letter) or (),
    }
    return render(request, "lists/why_outside.html", context)


@require_GET
def save_part_outside(request: HttpRequest, token: str, number: str) -> HttpResponse:
    letter, _ = _external_letter(token)
    return _part(letter, number)


def _external_letter(token: str) -> tuple[ListLetter, tuple[str, ...]]:
    """The letter of an external recipient's token, and why they received it. Raises Http404."""
    try:
        public_id, address = services.read_letter_token(token)
    except Refusal as refusal:
        raise Http404 from refusal
    letter = queries.find_letter_by_public_id(public_id)
    reasons = queries.reasons_for_address(letter.pk, address) if letter else None
    if letter is None or reasons is None or letter.list.closed_at is not None:
        raise Http404
    return letter, reasons


def _part(letter: ListLetter, number: str) -> HttpResponse:
    file = letter_reader.get().file(letter.list.address, _ref(letter), number)
    return as_file(HttpResponse(file.content, content_type=file.kind), name=file.name)


@require_GET
@signed_in
def show_copies(request: SignedInRequest, list_id: int, public_id: uuid.UUID) -> HttpResponse:
    """Delivery state of each copy, for managers and the author."""
    access, letter = letter_access(request, list_id, str(public_id))
    if not (access.is_manager or letter.author_id == access.account_id):
        raise Http404
    page = page_number(request.GET.get("page", ""))
    search = request.GET.get("q", "").strip()[:100]
    copies = queries.copy_statuses(
        letter, search=search, offset=(page - 1) * _PAGE_SIZE, limit=_PAGE_SIZE + 1
    )
    context = {
        "access": access,
        "row": access.row,
        "is_rule": access.row.kind == Kind.RULE,
        "letter": queries.letter_summary(letter),
        "delivery_counts": queries.delivery_counts(letter),
        "copies": [
            CopyLine(copy, sentence(Refusal(copy.reason)) if copy.reason else "")
            for copy in copies[:_PAGE_SIZE]
        ],
        "search": search,
        "previous_page": page - 1,
        "next_page": page + 1 if len(copies) > _PAGE_SIZE else 0,
        "tab": "archive",
    }
    return render(request, "lists/copies.html", context)


@require_POST
@signed_in
def decide(request: SignedInRequest, list_id: int, public_id: uuid.UUID) -> HttpResponse:
    """Carry out a manager's decision, `action`: accept, hold, refuse, drop, stop, resume."""
    access = manager_access(request, list_id)
    _, letter = letter_access(request, list_id, str(public_id))
    form = DecisionForm(request.POST)
    action = request.POST.get("action", "")
    if not form.is_valid() or not form.note_is_told_by(action):
        return _letter(request, access, letter, form, status=422)
    try:
        _run_action(request, access, letter, form, action)
    except Refusal as refusal:
        letter.refresh_from_db()  # somebody else may have decided
        is_of_day = action == "accept" and letter.state in _PENDING
        form.add_error("day" if is_of_day else None, sentence(refusal))
        return _letter(request, access, letter, form, status=422)
    if action in ("stop", "resume"):
        return HttpResponseRedirect(reverse("lists:letter", args=[list_id, public_id]))
    done = "schedule" if action == "accept" and form.due_at() else action
    if action == "refuse" and letter.author_id is None:
        done = "refuse-untold"
    return HttpResponseRedirect(f"{reverse('lists:moderation', args=[list_id])}?fait={done}")


def _run_action(
    request: SignedInRequest, access: ListAccess, letter: ListLetter, form: DecisionForm, action: str
) -> None:
    by, now, public_id = actor_of(request), timezone.now(), str(letter.public_id)
    list_id, account_id = access.row.pk, access.account_id
    match action:
        case "accept":
            services.accept_letter(list_id, account_id, public_id, due_at=form.due_at(), by=by, now=now)
        case "hold":
            services.unschedule_letter(list_id, account_id, public_id, by=by, now=now)
        case "refuse":
            services.refuse_letter(list_id, account_id, public_id, form.cleaned_data["note"], by=by, now=now)
        case "drop":
            services.drop_letter(list_id, account_id, public_id, by=by, now=now)
        case "stop":
            services.stop_letter(list_id, account_id, public_id, by=by, now=now)
        case "resume":
            services.resume_letter(list_id, account_id, public_id, by=by, now=now)
        case _:
            raise Http404


def _letter(
    request: SignedInRequest, access: ListAccess, letter: ListLetter, form: DecisionForm, status: int = 200
) -> HttpResponse:
    files = _files(letter)
    may_see_copies = access.is_manager or letter.author_id == access.account_id
    is_pending = letter.state in _PENDING
    may_decide = is_pending and access.is_manager
    summary = queries.letter_summary(letter)
    if not summary.tells_author:
        form.keep_note_inside()
    context = {
        "access": access,
        "row": access.row,
        "is_rule": access.row.kind == Kind.RULE,
        "reason": _line(summary).reason,
        "letter": summary,
        "is_readable": files is not None,
        "files": files,
        "form": form,
        "may_decide": may_decide,
        "delivery_counts": queries.delivery_counts(letter) if may_see_copies and letter.planned_at else None,
        "audience": queries.audience_of(queries.members_of(access.row, timezone.now()))
        if may_decide
        else None,
        "tab": "moderation" if is_pending else "archive",
    }
    return render(request, "lists/letter.html", context, status=status)


def _line(letter: LetterSummary) -> LetterLine:
    return LetterLine(letter, sentence(Refusal(letter.reason)) if letter.reason else "")


def _files(letter: ListLetter) -> tuple[EnclosedFile, ...] | None:
    """Attachments of the letter; None if it is no longer in the list's mailbox."""
    try:
        return letter_reader.get().files(letter.list.address, _ref(letter))
    except MessageGone:
        return None


def _ref(letter: ListLetter) -> MessageRef:
    return MessageRef(INBOX, letter.uid_validity, letter.uid)

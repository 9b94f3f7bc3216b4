"""What waits, what went through; one letter behind the same wall as in the reader."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.attachments import as_file
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.post.mailstore.ports import MessageGone
from vaguemestre.post.mailstore.values import MessageRef
from vaguemestre.schools.lists import queries, services
from vaguemestre.schools.lists.forms import DecisionForm
from vaguemestre.schools.lists.http import Seat, actor_of, keeper_at, letter_at, seat_at
from vaguemestre.schools.lists.models import LetterRow
from vaguemestre.schools.lists.ports import EnclosedFile, letter_reader
from vaguemestre.schools.lists.services.arrival import INBOX
from vaguemestre.schools.lists.values import Kind, LetterShown

_PAGE = 50


@require_GET
@signed_in
def show_queue(request: SignedInRequest, list_id: int) -> HttpResponse:
    seat = keeper_at(request, list_id)
    told = {
        "seat": seat,
        "row": seat.row,
        "is_rule": seat.row.kind == Kind.RULE,
        "waiting": [_line(one) for one in queries.held_letters(list_id)],
        "refused": [_line(one) for one in queries.turned_away(list_id)],
        "done": request.GET.get("fait", ""),
        "here": "moderation",
    }
    return render(request, "lists/moderation.html", told)


@require_GET
@signed_in
def show_archive(request: SignedInRequest, list_id: int) -> HttpResponse:
    """For those who keep the list, and its members where it has an archive."""
    seat = seat_at(request, list_id)
    if not (seat.is_keeper or (seat.is_member and seat.row.has_archive)):
        raise Http404
    number = request.GET.get("page", "1")
    page = max(1, int(number)) if number.isdecimal() else 1
    found = queries.passed_letters(list_id, offset=(page - 1) * _PAGE, limit=_PAGE + 1)
    told = {
        "seat": seat,
        "row": seat.row,
        "is_rule": seat.row.kind == Kind.RULE,
        "letters": [_line(one) for one in found[:_PAGE]],
        "before": page - 1,
        "after": page + 1 if len(found) > _PAGE else 0,
        "here": "archive",
    }
    return render(request, "lists/archive.html", told)


@require_GET
@signed_in
def show_letter(request: SignedInRequest, list_id: int, public_id: uuid.UUID) -> HttpResponse:
    seat, letter = letter_at(request, list_id, str(public_id))
    return _letter(request, seat, letter, DecisionForm())


@require_GET
@signed_in
def show_body(request: SignedInRequest, list_id: int, public_id: uuid.UUID) -> HttpResponse:
    """The text alone, for its frame: opaque, script-less, nothing remote in it."""
    _, letter = letter_at(request, list_id, str(public_id))
    document = letter_reader.get().document(letter.list.address, _ref(letter), theme=request.who.theme)
    answer = HttpResponse(document.content)
    answer["Content-Security-Policy"] = document.policy
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


@require_GET
@signed_in
def save_part(request: SignedInRequest, list_id: int, public_id: uuid.UUID, number: str) -> HttpResponse:
    """An attachment, to keep."""
    _, letter = letter_at(request, list_id, str(public_id))
    return _part(letter, number)


@require_GET
def why_outside(request: HttpRequest, token: str) -> HttpResponse:
    """« Pourquoi ai-je reçu ce message ? » for somebody who signs in nowhere here; and its attachments."""
    letter, reasons = _outside(token)
    told = {
        "token": token,
        "row": letter.list,
        "letter": queries.shown(letter),
        "reasons": reasons,
        "files": _files(letter) or (),
    }
    return render(request, "lists/why_outside.html", told)


@require_GET
def save_part_outside(request: HttpRequest, token: str, number: str) -> HttpResponse:
    return _part(_outside(token)[0], number)


def _outside(token: str) -> tuple[LetterRow, tuple[str, ...]]:
    try:
        public_id, address = services.read_letter_token(token)
    except Refusal as refusal:
        raise Http404 from refusal
    letter = queries.letter_named(public_id)
    reasons = queries.copy_at(letter.pk, address) if letter else None
    if letter is None or reasons is None or letter.list.closed_at is not None:
        raise Http404
    return letter, reasons


def _part(letter: LetterRow, number: str) -> HttpResponse:
    file = letter_reader.get().file(letter.list.address, _ref(letter), number)
    return as_file(HttpResponse(file.content, content_type=file.kind), name=file.name)


@require_GET
@signed_in
def show_copies(request: SignedInRequest, list_id: int, public_id: uuid.UUID) -> HttpResponse:
    """Each recipient and what became of their copy: for those who keep the list, and the author."""
    seat, letter = letter_at(request, list_id, str(public_id))
    if not (seat.is_keeper or letter.author_id == seat.account_id):
        raise Http404
    number = request.GET.get("page", "1")
    page = max(1, int(number)) if number.isdecimal() else 1
    search = request.GET.get("q", "").strip()[:100]
    found = queries.copies(letter, search=search, offset=(page - 1) * _PAGE, limit=_PAGE + 1)
    told = {
        "seat": seat,
        "row": seat.row,
        "is_rule": seat.row.kind == Kind.RULE,
        "letter": queries.shown(letter),
        "fates": queries.fates(letter),
        "copies": [(one, sentence(Refusal(one.reason)) if one.reason else "") for one in found[:_PAGE]],
        "search": search,
        "before": page - 1,
        "after": page + 1 if len(found) > _PAGE else 0,
        "here": "archive",
    }
    return render(request, "lists/copies.html", told)


@require_POST
@signed_in
def decide(request: SignedInRequest, list_id: int, public_id: uuid.UUID) -> HttpResponse:
    """`acte`: diffuser, refuser, jeter, arreter, reprendre."""
    seat = keeper_at(request, list_id)
    _, letter = letter_at(request, list_id, str(public_id))
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _letter(request, seat, letter, form, status=422)
    act = request.POST.get("acte", "")
    try:
        _carry_out(request, seat, letter, form, act)
    except Refusal as refusal:
        form.add_error("day" if act == "diffuser" else None, sentence(refusal))
        return _letter(request, seat, letter, form, status=422)
    if act in ("arreter", "reprendre"):
        return HttpResponseRedirect(reverse("lists:letter", args=[list_id, public_id]))
    return HttpResponseRedirect(f"{reverse('lists:moderation', args=[list_id])}?fait={act}")


def _carry_out(request: SignedInRequest, seat: Seat, letter: LetterRow, form: DecisionForm, act: str) -> None:
    by, now, which = actor_of(request), timezone.now(), str(letter.public_id)
    list_id, account_id = seat.row.pk, seat.account_id
    match act:
        case "diffuser":
            services.accept_letter(list_id, account_id, which, due_at=form.due_at(), by=by, now=now)
        case "refuser":
            services.refuse_letter(list_id, account_id, which, form.cleaned_data["note"], by=by, now=now)
        case "jeter":
            services.drop_letter(list_id, account_id, which, by=by, now=now)
        case "arreter":
            services.stop_letter(list_id, account_id, which, by=by, now=now)
        case "reprendre":
            services.go_on(list_id, account_id, which, by=by, now=now)
        case _:
            raise Http404


def _letter(
    request: SignedInRequest, seat: Seat, letter: LetterRow, form: DecisionForm, status: int = 200
) -> HttpResponse:
    files = _files(letter)
    sees_fates = seat.is_keeper or letter.author_id == seat.account_id
    is_waiting = letter.state in ("held", "scheduled")
    told = {
        "seat": seat,
        "row": seat.row,
        "is_rule": seat.row.kind == Kind.RULE,
        "line": _line(queries.shown(letter)),
        "letter": queries.shown(letter),
        "is_readable": files is not None,
        "files": files,
        "form": form,
        "is_waiting": is_waiting and seat.is_keeper,
        "fates": queries.fates(letter) if sees_fates and letter.planned_at else None,
        "counted": queries.counted(queries.members_of(seat.row, timezone.now()))
        if is_waiting and seat.is_keeper
        else None,
        "here": "moderation" if is_waiting else "archive",
    }
    return render(request, "lists/letter.html", told, status=status)


def _line(one: LetterShown) -> tuple[LetterShown, str]:
    return one, sentence(Refusal(one.reason)) if one.reason else ""


def _files(letter: LetterRow) -> tuple[EnclosedFile, ...] | None:
    """Its attachments; None when the letter is not in the list's mailbox any more."""
    try:
        return letter_reader.get().files(letter.list.address, _ref(letter))
    except MessageGone:
        return None


def _ref(letter: LetterRow) -> MessageRef:
    return MessageRef(INBOX, letter.uid_validity, letter.uid)

"""Files and pictures: what leaves a message as it is."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.http import require_GET

from vaguemestre.kernel import charsets
from vaguemestre.signin.http import SignedInRequest, signed_in
from vaguemestre.webmail.http import as_file, mailbox_of
from vaguemestre.webmail.ports import MessageGone, PictureRefused, fetch_picture
from vaguemestre.webmail.rules import kinds
from vaguemestre.webmail.rules.frames import FILE_POLICY
from vaguemestre.webmail.services.pictures import picture_address
from vaguemestre.webmail.services.reading import opened_part
from vaguemestre.webmail.values import MessageRef, Part

_LOOKED_AT = 12_000_000
_TEXT_LOOKED_AT = 500_000
_TYPES = frozenset(("application/pdf", "application/zip", "text/calendar", "text/csv", "message/rfc822"))


@require_GET
@signed_in
def save_part(
    request: SignedInRequest, folder: str, uid_validity: int, uid: int, number: str
) -> HttpResponse:
    """An attachment, to keep."""
    content, part = _part(request, MessageRef(folder, uid_validity, uid), number)
    kind = kinds.picture_kind(content) or (part.kind if part.kind in _TYPES else "application/octet-stream")
    answer = HttpResponse(content, content_type=kind)
    return as_file(answer, name=kinds.file_name(part.name, part.kind, part.number))


@require_GET
@signed_in
def look_at_part(
    request: SignedInRequest, folder: str, uid_validity: int, uid: int, number: str
) -> HttpResponse:
    """An attachment to look at without keeping it: a picture by its bytes, else plain text."""
    content, part = _part(request, MessageRef(folder, uid_validity, uid), number, _LOOKED_AT)
    kind = kinds.picture_kind(content)
    name = kinds.file_name(part.name, part.kind, part.number)
    if kind:
        return as_file(HttpResponse(content, content_type=kind), name=name, inline=True)
    text = charsets.text(content[:_TEXT_LOOKED_AT], part.charset)
    answer = HttpResponse(text.encode("utf-8", "replace"), content_type="text/plain; charset=utf-8")
    return as_file(answer, name=name, inline=True)


@require_GET
@signed_in
def show_source(request: SignedInRequest, folder: str, uid_validity: int, uid: int) -> HttpResponse:
    """The message as it travelled, as plain text."""
    with mailbox_of(request.who) as mailbox:
        raw = mailbox.raw(MessageRef(folder, uid_validity, uid))
    answer = HttpResponse(
        charsets.text(raw[:2_000_000]).encode("utf-8", "replace"), content_type="text/plain; charset=utf-8"
    )
    return as_file(answer, name=f"message-{uid}.txt", inline=True)


@require_GET
@signed_in
def save_message(request: SignedInRequest, folder: str, uid_validity: int, uid: int) -> HttpResponse:
    """The message as a file that every mail program opens."""
    with mailbox_of(request.who) as mailbox:
        raw = mailbox.raw(MessageRef(folder, uid_validity, uid))
    return as_file(HttpResponse(raw, content_type="message/rfc822"), name=f"message-{uid}.eml")


@require_GET
def show_picture(request: HttpRequest, signed: str) -> HttpResponse:
    """A remote picture, for a reader who asked. The frame has no cookie: the address itself is signed."""
    try:
        picture = fetch_picture.get()(picture_address(signed))
    except PictureRefused as refused:
        answer: HttpResponse = HttpResponseNotFound(refused.code, content_type="text/plain")
    else:
        answer = HttpResponse(picture.content, content_type=picture.kind)
    answer["Cache-Control"] = "no-store"
    answer["Content-Security-Policy"] = FILE_POLICY
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def _part(
    request: SignedInRequest, ref: MessageRef, number: str, limit: int | None = None
) -> tuple[bytes, Part]:
    with mailbox_of(request.who) as mailbox:
        _, part = opened_part(mailbox, ref, number)
        if part is None:
            raise MessageGone("webmail.message-gone")
        return mailbox.part(ref, number, limit), part

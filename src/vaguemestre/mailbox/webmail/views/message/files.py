"""Downloads: attachments, message sources, remote pictures."""

import os
from functools import partial
from typing import cast

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotFound,
    StreamingHttpResponse,
)
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.file_policy import FILE_POLICY
from vaguemestre.foundation.kernel.text import charsets
from vaguemestre.foundation.ui.files.attachments import as_file
from vaguemestre.foundation.ui.files.stored_files import accel_redirect, is_behind_front
from vaguemestre.mailbox.webmail.http import reads_of, run_for
from vaguemestre.mailbox.webmail.ports import PictureRefused, TooComplex, fetch_picture
from vaguemestre.mailbox.webmail.rules.rendering import kinds
from vaguemestre.mailbox.webmail.rules.rendering.html.frames import PICTURE_PLACEHOLDER
from vaguemestre.mailbox.webmail.rules.rendering.picture_path import MAX_ADDRESS, picture_path
from vaguemestre.mailbox.webmail.services.message.attachments_zip import pack_files
from vaguemestre.mailbox.webmail.services.message.message_reader import open_part, read_message
from vaguemestre.mailbox.webmail.services.message.pictures import signed_picture
from vaguemestre.mailbox.webmail.services.message.text_files import file_bytes
from vaguemestre.mailbox.webmail.views.message.message_pane import cache_owner
from vaguemestre.post.mailstore.ports import MessageGone
from vaguemestre.post.mailstore.values import MessageRef, Part

_TYPES = frozenset(("application/pdf", "application/zip", "text/calendar", "text/csv", "message/rfc822"))
_MAX_SOURCE_BYTES = 2_000_000
_MAX_HEADER_BYTES = 200_000
_CHUNK_BYTES = 65_536


@require_GET
@signed_in
def save_part(
    request: SignedInRequest, folder: str, uid_validity: int, uid: int, number: str, chain: str = ""
) -> HttpResponse:
    """Download an attachment."""
    content, part = part_of(request, MessageRef(folder, uid_validity, uid), number, chain)
    kind = kinds.picture_kind(content) or (part.kind if part.kind in _TYPES else "application/octet-stream")
    answer = HttpResponse(content, content_type=kind)
    return as_file(answer, name=kinds.file_name(part.name, part.kind, part.number))


@require_GET
@signed_in
def save_all_parts(
    request: SignedInRequest, folder: str, uid_validity: int, uid: int, chain: str = ""
) -> HttpResponse:
    """Download all attachments as one archive. The mailbox is released before the answer is sent."""
    ref = MessageRef(folder, uid_validity, uid)
    with reads_of(request.who, ref, chain) as reads:
        message = read_message(reads, cache_owner(request, chain), ref, run_for(request.who))
        if message.is_too_much:
            raise TooComplex("webmail.too-many-parts")
        if not message.attachments:
            raise MessageGone("mailstore.message-gone")
        archive = pack_files(reads, ref, message.attachments)
    chunks = iter(partial(archive.read, _CHUNK_BYTES), b"")
    answer = StreamingHttpResponse(chunks, content_type="application/zip")
    answer._resource_closers.append(archive.close)  # type: ignore[attr-defined]
    answer["Content-Length"] = str(archive.seek(0, os.SEEK_END))
    archive.seek(0)
    return cast("HttpResponse", as_file(answer, name=f"pieces-jointes-{uid}.zip"))


@require_GET
@signed_in
def show_source(
    request: SignedInRequest, folder: str, uid_validity: int, uid: int, chain: str = ""
) -> HttpResponse:
    """The source of the message, as plain text."""
    return _plain(request, MessageRef(folder, uid_validity, uid), chain, whole=True)


@require_GET
@signed_in
def show_header(
    request: SignedInRequest, folder: str, uid_validity: int, uid: int, chain: str = ""
) -> HttpResponse:
    """The header fields, as plain text."""
    return _plain(request, MessageRef(folder, uid_validity, uid), chain, whole=False)


def _plain(request: SignedInRequest, ref: MessageRef, chain: str, *, whole: bool) -> HttpResponse:
    with reads_of(request.who, ref, chain) as reads:
        raw = reads.raw(ref)
    content = raw[:_MAX_SOURCE_BYTES] if whole else header_of(raw)
    answer = HttpResponse(
        charsets.text(content).encode("utf-8", "replace"), content_type="text/plain; charset=utf-8"
    )
    return as_file(answer, name=f"message-{ref.uid}.txt", inline=True)


def header_of(raw: bytes) -> bytes:
    """The bytes before the first empty line."""
    return raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0][:_MAX_HEADER_BYTES]


@require_GET
@signed_in
def save_message(
    request: SignedInRequest, folder: str, uid_validity: int, uid: int, chain: str = ""
) -> HttpResponse:
    """Download the message as a file for any mail client."""
    ref = MessageRef(folder, uid_validity, uid)
    with reads_of(request.who, ref, chain) as reads:
        raw = reads.raw(ref)
    return as_file(HttpResponse(raw, content_type="message/rfc822"), name=f"message-{uid}.eml")


@require_GET
def show_picture(request: HttpRequest, signed: str) -> HttpResponse:
    """A remote picture, for a reader who asked for it. The address is signed, as the frame has no cookie.

    Behind the front, another process fetches it, so that no thread of ours waits for a foreign server.
    """
    answer: HttpResponse
    try:
        picture_request = signed_picture(signed)
        if len(picture_request.address) > MAX_ADDRESS:
            raise PictureRefused("webmail.picture-address-malformed")
        if is_behind_front(request):
            return accel_redirect(picture_path(picture_request.account_id, picture_request.address))
        picture = fetch_picture.get()(picture_request.address)
    except PictureRefused:
        # browsers display the body of the error: a placeholder, not the icon of a broken picture
        answer = HttpResponseNotFound(PICTURE_PLACEHOLDER, content_type="image/svg+xml")
    else:
        answer = HttpResponse(picture.content, content_type=picture.kind)
    answer["Cache-Control"] = "no-store"
    answer["Content-Security-Policy"] = FILE_POLICY
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def part_of(
    request: SignedInRequest, ref: MessageRef, number: str, chain: str, limit: int | None = None
) -> tuple[bytes, Part]:
    """The bytes of a part, and the part. Raises MessageGone."""
    with reads_of(request.who, ref, chain) as reads:
        _, part = open_part(reads, ref, number)
        if part is None:
            raise MessageGone("mailstore.message-gone")
        return file_bytes(reads, ref, number, limit), part

"""Previews of attachments: never served as a page of ours, never run (rule B)."""

from contextlib import ExitStack

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.http import require_GET, require_http_methods

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text import charsets
from vaguemestre.foundation.ui.files.attachments import as_file
from vaguemestre.mailbox.webmail.http import reads_of, render_fragment
from vaguemestre.mailbox.webmail.ports import ReaderBusy, TooComplex, convert, previews, run_limited
from vaguemestre.mailbox.webmail.rules import french
from vaguemestre.mailbox.webmail.rules.cards import tables
from vaguemestre.mailbox.webmail.rules.cards.archives import Contents
from vaguemestre.mailbox.webmail.rules.rendering import kinds
from vaguemestre.mailbox.webmail.rules.rendering.kinds import Viewer
from vaguemestre.mailbox.webmail.services.isolation.isolated_parsers import archive_contents
from vaguemestre.mailbox.webmail.services.isolation.reading_shares import reading_share
from vaguemestre.mailbox.webmail.services.message.office_previews import preview_key, request_preview
from vaguemestre.mailbox.webmail.services.message.text_files import file_bytes, find_file
from vaguemestre.mailbox.webmail.values import Conversion
from vaguemestre.post.mailstore.ports import MessageGone
from vaguemestre.post.mailstore.values import MessageRef, Part

_MAX_BYTES = 25_000_000
_MAX_TEXT_BYTES = 500_000
_BUSY_SECONDS = 3  # then the browser asks again
_SHOWN_AS_THEY_ARE = frozenset((Viewer.PICTURE, Viewer.AUDIO, Viewer.VIDEO, Viewer.PDF))


@require_GET
@signed_in
def preview_part(
    request: SignedInRequest, folder: str, uid_validity: int, uid: int, number: str, chain: str = ""
) -> HttpResponse:
    """Preview of an attachment: pictures, audio and video as they are, tables and texts as a page.

    202 and a page that comes back by itself while the reader is busy or this person has two previews open.
    """
    try:
        with ExitStack() as share:
            return _preview(request, MessageRef(folder, uid_validity, uid), number, chain, share)
    except ReaderBusy:
        page = render_fragment("busy", {"theme": request.who.theme, "name": "Un instant…"})
        answer = as_file(HttpResponse(page, status=202), name="apercu.html", inline=True)
        # a header: browsers ignore `<meta http-equiv="refresh">` in a sandbox
        answer["Refresh"] = str(_BUSY_SECONDS)
        answer["Cache-Control"] = "no-store"
        return answer


def _preview(
    request: SignedInRequest, ref: MessageRef, number: str, chain: str, share: ExitStack
) -> HttpResponse:
    """What is made a page is counted in the person's share before it is fetched. Raises ReaderBusy."""
    account_id = request.who.own_account_id
    with reads_of(request.who, ref, chain) as reads:
        part = find_file(reads, reads.open(ref), number)
        if part is None:
            raise MessageGone("mailstore.message-gone")
        name = kinds.file_name(part.name, part.kind, part.number)
        is_page = kinds.viewer_of(part.kind, name) not in _SHOWN_AS_THEY_ARE
        if is_page:
            share.enter_context(reading_share(account_id))
        content = file_bytes(reads, ref, number, _MAX_BYTES)
    if kinds.is_heic(content):
        if not is_page:
            share.enter_context(reading_share(account_id))
        content = convert.get()(Conversion.HEIC, content)
    kind = kinds.picture_kind(content) or kinds.played_kind(content)
    if kind:
        return _ranged(request, as_file(HttpResponse(content, content_type=kind), name=name, inline=True))
    if kinds.is_pdf(content):
        return as_file(HttpResponse(content, content_type="application/pdf"), name=name)
    page = _page(request, content, part, name)
    return as_file(HttpResponse(page.encode("utf-8", "replace")), name=f"{name}.html", inline=True)


def _contents(content: bytes) -> Contents | None:
    """Contents of an archive; None if it cannot be listed within the budget."""
    try:
        return archive_contents(run_limited.get(), content)
    except TooComplex:
        return None


def _page(request: SignedInRequest, content: bytes, part: Part, name: str) -> str:
    """A table, a list or a text as a page, isolated like other previews, in the reader's theme."""
    viewer = kinds.viewer_of(part.kind, name)
    context: dict[str, object] = {"theme": request.who.theme, "words": french, "name": name}
    if viewer is Viewer.ARCHIVE:
        return render_fragment("archive", {**context, "contents": _contents(content)})
    text, is_cut = charsets.text(content[:_MAX_TEXT_BYTES], part.charset), len(content) > _MAX_TEXT_BYTES
    if viewer is Viewer.TABLE:
        rows, has_more = tables.rows_of(text)
        return render_fragment("table", {**context, "rows": rows, "is_cut": has_more or is_cut})
    return render_fragment("text", {**context, "text": text, "is_cut": is_cut})


def _ranged(request: SignedInRequest, answer: HttpResponse) -> HttpResponse:
    """Limit the answer to the range requested, if any (RFC 9110 §14.2)."""
    answer["Accept-Ranges"] = "bytes"
    first, _, last = request.headers.get("Range", "").removeprefix("bytes=").partition("-")
    size = len(answer.content)
    if not first.isdecimal() or (last and not last.isdecimal()) or int(first) >= size:
        return answer
    end = min(int(last) if last else size - 1, size - 1)
    if end < int(first):
        return answer
    answer.content = answer.content[int(first) : end + 1]
    answer.status_code = 206
    answer["Content-Range"] = f"bytes {first}-{end}/{size}"
    answer["Content-Length"] = str(len(answer.content))
    return answer


@require_http_methods(["GET", "POST"])
@signed_in
def make_preview(
    request: SignedInRequest, folder: str, uid_validity: int, uid: int, number: str, chain: str = ""
) -> HttpResponse:
    """POST requests the PDF of an office document; GET returns it, or 202 until it is ready."""
    ref = MessageRef(folder, uid_validity, uid)
    if not previews.get().are_made():
        raise Refusal("webmail.previews-off")
    with reads_of(request.who, ref, chain) as reads:  # the user must still have the message
        part = find_file(reads, reads.open(ref), number)
        if part is None or kinds.viewer_of(part.kind, part.name) is not Viewer.OFFICE:
            raise MessageGone("mailstore.message-gone")
    if request.method == "POST":
        request_preview(request.who.mailbox, ref, chain, number)
        return JsonResponse({}, status=202)
    pdf = previews.get().find(preview_key(request.who.mailbox, ref, chain, number))
    if pdf is None:
        return JsonResponse({}, status=202)
    return as_file(HttpResponse(pdf, content_type="application/pdf"), name=f"{part.name}.pdf")


@require_GET
@signed_in
def pdf_reader(request: SignedInRequest) -> HttpResponse:
    """The PDF viewer: our script, in an opaque origin, which gets the bytes from the page around it."""
    answer = render(request, "webmail/pdf.html")
    base = request.build_absolute_uri(static("webmail/"))
    answer["Content-Security-Policy"] = (
        f"sandbox allow-scripts; default-src 'none'; script-src {base}; style-src {base} 'unsafe-inline'; "
        "img-src data: blob:; font-src data: blob:; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'self'"
    )
    return answer

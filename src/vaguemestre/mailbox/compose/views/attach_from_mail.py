"""Attachments taken from other messages of the mailbox."""

from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.mailbox.compose import queries, services
from vaguemestre.mailbox.compose.forms import BorrowForm
from vaguemestre.mailbox.compose.http import answers_json, size_limit, writer_of
from vaguemestre.mailbox.compose.values import Source
from vaguemestre.post.mailstore.ports import open_mailbox

_MOST_TYPED = 200


@require_GET
@signed_in
@answers_json
def list_sources(request: SignedInRequest) -> HttpResponse:
    """`?q=`: words of the message looked for."""
    with open_mailbox.get()(writer_of(request).login) as mailbox:
        found = queries.sources(mailbox, request.GET.get("q", "")[:_MOST_TYPED])
    return JsonResponse({"messages": [_told(one) for one in found]})


@require_GET
@signed_in
@answers_json
def list_source_files(request: SignedInRequest) -> HttpResponse:
    ref = BorrowForm(request.GET).ref()
    if ref is None:
        return HttpResponseBadRequest("folder, uid_validity, uid")
    with open_mailbox.get()(writer_of(request).login) as mailbox:
        files = queries.source_files(mailbox, ref)
    told = [{"number": one.number, "name": one.name, "size": one.size} for one in files]
    return JsonResponse({"files": told})


@require_POST
@signed_in
@answers_json
def borrow(request: SignedInRequest, key: str) -> HttpResponse:
    """`part`: numbers of its files; `whole`: the message itself."""
    ref = BorrowForm(request.POST).ref()
    if ref is None:
        return HttpResponseBadRequest("folder, uid_validity, uid")
    writer = writer_of(request)
    with open_mailbox.get()(writer.login) as mailbox:
        kept = services.borrow(
            writer,
            key,
            ref,
            request.POST.getlist("part"),
            mailbox,
            is_whole=bool(request.POST.get("whole")),
            limit=size_limit(),
            now=timezone.now(),
        )
    told = [{"id": one.id, "name": one.name, "size": one.size, "received": one.received} for one in kept]
    return JsonResponse({"enclosures": told})


def _told(source: Source) -> dict[str, object]:
    ref = source.ref
    return {
        "folder": ref.folder,
        "uid_validity": ref.uid_validity,
        "uid": ref.uid,
        "subject": source.subject,
        "sender": source.sender,
        "day": f"{timezone.localtime(source.at):%d/%m/%Y}",
        "files": source.has_files,
    }

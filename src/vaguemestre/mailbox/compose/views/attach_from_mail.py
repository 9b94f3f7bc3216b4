"""Attach other messages of the mailbox, or their files."""

from typing import Any

from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.mailbox.compose import queries, services
from vaguemestre.mailbox.compose.forms import MessageRefForm
from vaguemestre.mailbox.compose.http import answers_json, size_limit, writer_of
from vaguemestre.mailbox.compose.values import SourceMessage
from vaguemestre.post.mailstore.ports import open_mailbox

_MAX_QUERY_LENGTH = 200


@require_GET
@signed_in
@answers_json
def list_sources(request: SignedInRequest) -> HttpResponse:
    """Messages to attach. `?q=`: words to search for."""
    with open_mailbox.get()(writer_of(request).login) as mailbox:
        messages = queries.attach_sources(mailbox, request.GET.get("q", "")[:_MAX_QUERY_LENGTH])
    return JsonResponse({"messages": [_source_json(message) for message in messages]})


@require_GET
@signed_in
@answers_json
def list_source_files(request: SignedInRequest) -> HttpResponse:
    """Files of the message to attach."""
    ref = MessageRefForm(request.GET).ref()
    if ref is None:
        return HttpResponseBadRequest("folder, uid_validity, uid")
    with open_mailbox.get()(writer_of(request).login) as mailbox:
        files = queries.source_files(mailbox, ref)
    files_json = [{"number": file.number, "name": file.name, "size": file.size} for file in files]
    return JsonResponse({"files": files_json})


@require_POST
@signed_in
@answers_json
def attach_message_files(request: SignedInRequest, key: str) -> HttpResponse:
    """Attach files of a message (`part`: their numbers), or the message itself (`whole`)."""
    ref = MessageRefForm(request.POST).ref()
    if ref is None:
        return HttpResponseBadRequest("folder, uid_validity, uid")
    writer = writer_of(request)
    with open_mailbox.get()(writer.login) as mailbox:
        enclosures = services.attach_message_files(
            writer,
            key,
            ref,
            request.POST.getlist("part"),
            mailbox,
            is_whole=bool(request.POST.get("whole")),
            limit=size_limit(request),
            now=timezone.now(),
        )
    enclosures_json = [
        {"id": enclosure.id, "name": enclosure.name, "size": enclosure.size, "received": enclosure.received}
        for enclosure in enclosures
    ]
    return JsonResponse({"enclosures": enclosures_json})


def _source_json(source: SourceMessage) -> dict[str, Any]:
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

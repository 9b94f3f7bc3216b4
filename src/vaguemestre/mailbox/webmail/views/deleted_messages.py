"""« Récupérer des messages supprimés »: the user's own, as long as the mail store keeps them."""

from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.text import sizes
from vaguemestre.mailbox.webmail.http import mailbox_of, message_path, parse_refs, ref_text
from vaguemestre.mailbox.webmail.rules.listing import folders as naming
from vaguemestre.mailbox.webmail.services import deleted_messages as services
from vaguemestre.mailbox.webmail.services import message_lists
from vaguemestre.post.mailstore.values import Row, Summary

_MAX_NUMBER = 9_999


class DeletedRow(NamedTuple):
    """A row of the page. `path`, `ref`: of the message; `size`: in words."""

    summary: Summary
    people: str
    size: str
    path: str
    ref: str


@require_GET
@signed_in
def list_deleted(request: SignedInRequest) -> HttpResponse:
    """A page of the deleted messages that contain the words `q`."""
    words, place = request.GET.get("q", "").strip()[:200], _number(request.GET.get("page", ""))
    with mailbox_of(request.who) as mailbox:
        folders = message_lists.folders_of(mailbox, request.who.mailbox)
        page = services.deleted_messages(mailbox, words.split(), place * message_lists.PAGE_SIZE)
    context = {
        "rows": [_row(row) for row in page.rows],
        "count": page.total,
        "words": words,
        "most": sizes.in_words(settings.CONFIG.mail.deleted_mb * sizes.MEGABYTE),
        "days": settings.CONFIG.mail.deleted_days,
        "folders": [
            (naming.slug(folder.name), naming.display_path(folder, folders))
            for folder in services.destinations(folders)
        ],
        "place": place,
        "has_more": page.offset + len(page.rows) < page.total,
        "recovered": _number(request.GET.get("fait", "")),
        "found_none": request.GET.get("fait") == "0",
    }
    return render(request, "webmail/deleted.html", context)


@require_POST
@signed_in
def recover_messages(request: SignedInRequest) -> HttpResponse:
    """Move the deleted messages `ref` into the folder `to`."""
    refs = tuple(dict.fromkeys(parse_refs(request.POST)))
    to = naming.folder_of_slug(request.POST.get("to", "")) or ""
    with mailbox_of(request.who) as mailbox:
        count = services.recover_messages(mailbox, refs, to)
    return HttpResponseRedirect(f"{reverse('webmail:list-deleted')}?{urlencode({'fait': count})}")


def _row(row: Row) -> DeletedRow:
    sender = row.summary.sender
    people = sender.name or sender.address
    return DeletedRow(
        row.summary, people, sizes.in_words(row.summary.size), message_path(row.ref), ref_text(row.ref)
    )


def _number(text: str) -> int:
    return min(int(text), _MAX_NUMBER) if text.isascii() and text.isdigit() and len(text) < 6 else 0

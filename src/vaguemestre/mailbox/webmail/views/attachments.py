"""Attachments of a folder or of all mail: to find one, or to free space."""

from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.text import sizes
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.webmail.http import mailbox_of, message_path, ref_text
from vaguemestre.mailbox.webmail.rules import french
from vaguemestre.mailbox.webmail.rules.listing import folders as naming
from vaguemestre.mailbox.webmail.rules.rendering import kinds
from vaguemestre.mailbox.webmail.services import message_lists
from vaguemestre.mailbox.webmail.services.inventory import FAMILIES, AttachedFile, folder_inventory
from vaguemestre.post.mailstore.values import Use

_PAGE_SIZE = 100
_MAX_DELETED = 9_999
_FAMILY_NAMES = {
    "": "Tout",
    "documents": "Documents",
    "images": "Images",
    "media": "Sons et vidéos",
    "archives": "Archives",
    "courriels": "Courriels joints",
    "autres": "Autres",
}


class FileRow(NamedTuple):
    """A row of the page. `path`, `ref`: of the message; `size`, `day`: in words."""

    file: AttachedFile
    size: str
    day: str
    path: str
    ref: str
    icon: str


@require_GET
@signed_in
def list_attachments(request: SignedInRequest) -> HttpResponse:
    """Attachments of the folder `dossier`, of the kind `nature`, in the order `tri`."""
    params = request.GET
    folder_name = naming.folder_of_slug(params.get("dossier", "")) or ""
    family = params.get("nature", "")
    family = family if family in FAMILIES else ""
    by_size = params.get("tri") != "date"
    with mailbox_of(request.who) as mailbox:
        folders = message_lists.folders_of(mailbox, request.who.mailbox)
        selectable = {folder.name: folder for folder in folders if folder.selectable}
        folder = selectable.get(folder_name) or naming.of_use(folders, Use.ALL) or folders[0]
        inventory = folder_inventory(
            mailbox, request.who.mailbox, folder.name, family=family, by_size=by_size
        )
    place = _count(params.get("page", ""))
    # deleting from the trash or the junk is final: that is done in those folders
    may_delete = folder.use not in {Use.TRASH, Use.JUNK} and (
        request.who.acting is None or request.who.acting.may_sort
    )
    context = {
        "files": [_row(file) for file in inventory.files[place * _PAGE_SIZE : (place + 1) * _PAGE_SIZE]],
        "count": len(inventory.files),
        "weight": sizes.in_words(inventory.weight),
        "is_whole": inventory.is_whole,
        "families": _FAMILY_NAMES.items(),
        "family": family,
        "by_size": by_size,
        "folders": [
            (naming.slug(each.name), naming.display_path(each, folders)) for each in selectable.values()
        ],
        "folder": naming.slug(folder.name),
        "place": place,
        "may_delete": may_delete,
        "deleted": min(_count(params.get("fait", "")), _MAX_DELETED),
        "has_more": (place + 1) * _PAGE_SIZE < len(inventory.files),
    }
    return render(request, "webmail/attachments.html", context)


def _row(file: AttachedFile) -> FileRow:
    return FileRow(
        file,
        sizes.in_words(file.size),
        french.day_time(file.date, paris_day(timezone.now())),
        message_path(file.ref),
        ref_text(file.ref),
        kinds.icon_of(file.kind, file.name),
    )


def _count(text: str) -> int:
    return int(text) if text.isdecimal() else 0

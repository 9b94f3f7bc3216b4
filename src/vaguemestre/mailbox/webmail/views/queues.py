"""Lists that are not of messages: files of a folder, reports of readers."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel import sizes
from vaguemestre.foundation.ui.listing import Listing
from vaguemestre.mailbox.webmail.http import base_of, mailbox_of, ref_text
from vaguemestre.mailbox.webmail.rules.listing import folders as naming
from vaguemestre.mailbox.webmail.rules.listing.folders import of_use
from vaguemestre.mailbox.webmail.rules.rendering import kinds
from vaguemestre.mailbox.webmail.services import message_lists as listing
from vaguemestre.mailbox.webmail.services.inventory import FAMILIES, inventory
from vaguemestre.post.mailstore.values import Use
from vaguemestre.post.reports.queries import ORDERS, reports_page
from vaguemestre.post.reports.services import close_reports as close
from vaguemestre.post.reports.values import ReportKind

_PAGE = 100
_MOST = 9_999
_NAMES = {
    "": "Tout",
    "documents": "Documents",
    "images": "Images",
    "media": "Sons et vidéos",
    "archives": "Archives",
    "courriels": "Courriels joints",
    "autres": "Autres",
}


@require_GET
@signed_in
def list_files(request: SignedInRequest) -> HttpResponse:
    """Attachments of a folder or of all mail, by kind and size: to find one, to free space."""
    asked = naming.named(request.GET.get("dossier", "")) or ""
    family = request.GET.get("nature", "")
    family = family if family in FAMILIES else ""
    by_size = request.GET.get("tri") != "date"
    with mailbox_of(request.who) as mailbox:
        folders = listing.folders_of(mailbox, request.who.mailbox)
        everywhere = of_use(folders, Use.ALL)
        known = {folder.name: folder for folder in folders if folder.selectable}
        folder = known.get(asked) or everywhere or folders[0]
        found = inventory(mailbox, request.who.mailbox, folder.name, family=family, by_size=by_size)
    place = max(0, int(request.GET["page"])) if request.GET.get("page", "").isdecimal() else 0
    shown = found.files[place * _PAGE : (place + 1) * _PAGE]
    return render(
        request,
        "webmail/files.html",
        {
            "files": [
                {
                    "file": file,
                    "size": sizes.in_words(file.size),
                    "base": base_of(file.ref),
                    "ref": ref_text(file.ref),
                    "icon": kinds.icon_of(file.kind, file.name),
                    "date": file.date,
                }
                for file in shown
            ],
            "count": len(found.files),
            "weight": sizes.in_words(found.weight),
            "is_whole": found.is_whole,
            "families": [(key, _NAMES[key]) for key in _NAMES],
            "family": family,
            "by_size": by_size,
            "folders": [(naming.slug(f.name), naming.shown_name(f)) for f in known.values()],
            "folder": naming.slug(folder.name),
            "place": place,
            # what lies in the trash or the junk would be gone for good: that is done there, knowingly
            "may_delete": folder.use not in {Use.TRASH, Use.JUNK}
            and (request.who.acting is None or request.who.acting.may_sort),
            "gone": min(int(request.GET["fait"]), _MOST) if request.GET.get("fait", "").isdecimal() else 0,
            "has_more": (place + 1) * _PAGE < len(found.files),
        },
    )


@require_GET
@signed_in
def list_reports(request: SignedInRequest) -> HttpResponse:
    """What readers reported: for administrators."""
    _only_administrators(request)
    kind = request.GET.get("nature", "")
    done = request.GET.get("etat") == "traites"
    kind = kind if kind in set(ReportKind) else ""
    listing, search = Listing.of(request.GET, ("-date", *ORDERS)), request.GET.get("q", "").strip()[:80]
    found, total = reports_page(
        done=done, kind=kind, search=search, order=listing.order, first=listing.first, count=listing.count
    )
    shown = {
        "reports": found,
        "total": total,
        "listing": listing,
        "search": search,
        "kind": kind,
        "done": done,
        "told": request.GET.get("fait"),
    }
    return render(request, "webmail/reports.html", shown)


@require_POST
@signed_in
def close_reports(request: SignedInRequest) -> HttpResponse:
    """Everything reported of one sender is dealt with."""
    _only_administrators(request)
    sender = request.POST.get("expediteur", "")[:254]
    close(sender, by=f"account:{request.who.account_id}", now=timezone.now())
    return HttpResponseRedirect(reverse("webmail:list-reports") + "?fait=1")


def _only_administrators(request: SignedInRequest) -> None:
    if request.who.role != "administrator":
        raise PermissionDenied

"""One list over one's own mailbox and the shared ones."""

from django.http import HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.addresses import address
from vaguemestre.mailbox.webmail.http import mailbox_of, offset_of, own_domains, render_fragment, view_of
from vaguemestre.mailbox.webmail.ports import openable_boxes
from vaguemestre.mailbox.webmail.rules.listing.labels import known_labels
from vaguemestre.mailbox.webmail.rules.listing.merged import OWN_BOX
from vaguemestre.mailbox.webmail.rules.listing.rows import LineContext
from vaguemestre.mailbox.webmail.services import message_lists
from vaguemestre.mailbox.webmail.services.merged_list import MergedPage, merged_page
from vaguemestre.mailbox.webmail.services.message.authors import listed_names
from vaguemestre.mailbox.webmail.values import OpenableBox, SharedMailbox
from vaguemestre.mailbox.webmail.views.listing.rows import BoxTag, MergedRows, merged_rows_html
from vaguemestre.mailbox.webmail.views.shell import Listing, whole_page
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.post.mailstore.values import MailLogin, Page


@gzip_page
@require_GET
@signed_in
def show_all_boxes(request: SignedInRequest) -> HttpResponse:
    """The whole page, on the list over all mailboxes."""
    boxes, typed = _boxes(request), request.GET.get("q", "").strip()
    merged = _merged(request, boxes, 0)
    with mailbox_of(request.who) as mailbox:
        folders = message_lists.folders_of(mailbox, request.who.mailbox)
        quota = mailbox.quota()
    listing = Listing(
        folders=folders,
        page=Page("", 0, merged.total, 0 if typed else merged.unread, 0, (), merged.validator),
        view=view_of(request.who, request.GET),
        typed=typed,
        quota=quota,
        merged=MergedRows(_rows(request, boxes, merged, typed), merged.silent),
    )
    return whole_page(request, listing)


@require_GET
@signed_in
def list_all_rows(request: SignedInRequest) -> HttpResponse:
    """Fifty rows from `offset`; 304 while nothing in any of the mailboxes has changed."""
    boxes, typed = _boxes(request), request.GET.get("q", "").strip()
    merged = _merged(request, boxes, offset_of(request.GET))
    validator = f'W/"{merged.validator}.{paris_day(timezone.now()).toordinal()}"'
    if request.META.get("HTTP_IF_NONE_MATCH") == validator:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(_rows(request, boxes, merged, typed))
    answer["ETag"] = validator
    answer["X-Total"] = str(merged.total)
    answer["X-Unread"] = str(merged.unread)
    return answer


def _boxes(request: SignedInRequest) -> list[OpenableBox]:
    who = request.who
    own = SharedMailbox(OWN_BOX, "Ma boîte", who.address, address("webmail:inbox"))
    login = MailLogin(who.mailbox, who.session_key)
    return [OpenableBox(own, login), *openable_boxes.get()(who.account_id, who.session_key)]


def _merged(request: SignedInRequest, boxes: list[OpenableBox], offset: int) -> MergedPage:
    return merged_page(boxes, open_mailbox.get(), view_of(request.who, request.GET), offset)


def _rows(request: SignedInRequest, boxes: list[OpenableBox], merged: MergedPage, typed: str) -> bytes:
    if not merged.rows:
        context = {"page": merged, "typed": typed, "is_filtered": bool(request.GET.getlist("seul"))}
        return render_fragment("empty", context).encode()
    domains, today = own_domains(request.who), paris_day(timezone.now())
    names = listed_names([box_row.row.summary.sender.address for box_row in merged.rows], domains)
    labels = known_labels(request.who.preferences)
    contexts = {
        box_id: LineContext(today, uses, domains, labels=labels if box_id == OWN_BOX else (), names=names)
        for box_id, uses in merged.uses.items()
    }
    tags = {
        openable.box.box_id: BoxTag(openable.box.box_id, openable.box.title, openable.box.url)
        for openable in boxes
    }
    return merged_rows_html(merged.rows, contexts, tags)

"""Folders and their lists."""

from django.http import HttpResponse, HttpResponseNotModified, HttpResponseRedirect, JsonResponse
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.access.signin.ports import revocations
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.addresses import address
from vaguemestre.mailbox.webmail.http import asked_of, mailbox_of, view_of
from vaguemestre.mailbox.webmail.rules.listing import view_params
from vaguemestre.mailbox.webmail.rules.listing.folders import named
from vaguemestre.mailbox.webmail.rules.listing.labels import known_labels
from vaguemestre.mailbox.webmail.services import message_lists, muted_threads
from vaguemestre.mailbox.webmail.services.kept import Kept
from vaguemestre.mailbox.webmail.views.shell import folders_fragment, rows_fragment, whole_page
from vaguemestre.post.mailstore.ports import Mailbox
from vaguemestre.post.mailstore.values import Page, View

# The rows of each page as they were written last, and under what: they serve while that is the same.
_written: Kept[tuple[object, ...], tuple[object, bytes]] = Kept(2_000, 48_000_000, lambda one: len(one[1]))


# A whole page is compressed, as it is asked for seldom; rows are not, as they are asked for all the time.
@gzip_page
@require_GET
@signed_in
def show_inbox(request: SignedInRequest) -> HttpResponse:
    return _show(request, "INBOX")


@gzip_page
@require_GET
@signed_in
def show_folder(request: SignedInRequest, folder: str) -> HttpResponse:
    return _show(request, folder)


def _show(request: SignedInRequest, folder: str) -> HttpResponse:
    asked = request.GET.get("q", "").strip()
    view = view_of(request.who, request.GET)
    with mailbox_of(request.who) as mailbox:
        folders = message_lists.folders_of(mailbox, request.who.mailbox)
        unknown, is_first = "", bool(asked) and "recents" in request.GET
        if asked:
            said, is_everywhere = asked_of(request.who, asked).folder, "partout" in request.GET
            found = message_lists.searched(folders, folder, said, is_everywhere=is_everywhere)
            unknown, folder = ("", found) if found else (said, folder)
        if unknown:
            page = message_lists.nothing_in(folder)
        else:
            page = message_lists.page_of(
                mailbox, folder, 0, view_params.recent(view, paris_day(timezone.now())) if is_first else view
            )
        room = mailbox.quota()
    here = message_lists.near(folders, page.folder, named(request.GET.get("ici", "")) or "")
    return whole_page(
        request,
        folders,
        page,
        view=view,
        asked=asked,
        room=room,
        is_first=is_first,
        here=here,
        unknown=unknown,
    )


@require_GET
@signed_in
def list_rows(request: SignedInRequest, folder: str) -> HttpResponse:
    """Fifty rows from `depuis`; answers 304 while nothing in the folder has changed."""
    asked = request.GET.get("q", "").strip()
    offset = _offset(request.GET.get("depuis", "0"))
    owner = request.who.mailbox
    view = view_of(request.who, request.GET)
    said = asked_of(request.who, asked).folder
    with mailbox_of(request.who) as mailbox:
        is_unknown = said and not message_lists.searched(mailbox.folders(), folder, said, is_everywhere=False)
        page = (
            message_lists.nothing_in(folder)
            if is_unknown
            else message_lists.page_of(mailbox, folder, offset, view)
        )
        if muted_threads.SUBJECT in request.who.preferences:
            page = _without_muted(request, mailbox, folder, view, page)
        uses = message_lists.uses_of(mailbox, owner, folder)
    today = paris_day(timezone.now())
    validator = f'W/"{page.validator}.{page.total}.{today.toordinal()}"'
    if request.META.get("HTTP_IF_NONE_MATCH") == validator:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        known = known_labels(request.who.preferences)
        place, under = (owner, address("webmail:inbox"), folder, view, offset), (validator, known, asked)
        kept, html = _written.get(place) or ("", b"")
        if kept != under:
            html = rows_fragment(request, page, uses, view, asked, unknown=said if is_unknown else "")
            _written.put(place, (under, html))
        answer = HttpResponse(html)
    answer["ETag"] = validator
    answer["X-Total"] = str(page.total)
    answer["X-Unread"] = str(page.unread)
    return answer


def _without_muted(request: SignedInRequest, mailbox: Mailbox, folder: str, view: View, page: Page) -> Page:
    """The page again, once what came for muted conversations is marked so."""
    if not muted_threads.follow(mailbox, request.who.account_id, request.who.preferences, page):
        return page
    revocations.get().bump()  # every worker reads the person's preferences again
    return message_lists.page_of(mailbox, folder, page.offset, view)


@require_GET
@signed_in
def find_day(request: SignedInRequest, folder: str) -> HttpResponse:
    """Where the messages of a day (`jour`, 25/11/2026) begin in a list by date."""
    day = view_params.day(request.GET.get("jour", ""))
    view = view_of(request.who, request.GET)
    with mailbox_of(request.who) as mailbox:
        place = mailbox.place(folder, view, day)
    return JsonResponse({"offset": place})


@require_GET
@signed_in
def list_folders(request: SignedInRequest) -> HttpResponse:
    """The folders with their counts, for the page to put in place of what it shows."""
    if "HX-Request" not in request.headers:
        return HttpResponseRedirect(address("webmail:inbox"))
    with mailbox_of(request.who) as mailbox:
        folders = message_lists.folders_of(mailbox, request.who.mailbox)
        room = mailbox.quota()
    return HttpResponse(folders_fragment(request, folders, request.GET.get("actif", ""), room))


def _offset(text: str) -> int:
    return min(int(text), 10_000_000) if text.isascii() and text.isdigit() and len(text) < 9 else 0

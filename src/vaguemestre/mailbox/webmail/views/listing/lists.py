"""Folders and message lists."""

import re
from typing import NamedTuple

from django.http import HttpResponse, HttpResponseNotModified, HttpResponseRedirect, JsonResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.text import compress_string
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from vaguemestre.access.signin.http import SignedInRequest, signed_in
from vaguemestre.access.signin.ports import revocations
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.addresses import address
from vaguemestre.mailbox.webmail.http import mailbox_of, offset_of, parse_search, view_of
from vaguemestre.mailbox.webmail.rules.listing import view_params
from vaguemestre.mailbox.webmail.rules.listing.folders import folder_of_slug
from vaguemestre.mailbox.webmail.rules.listing.labels import known_labels
from vaguemestre.mailbox.webmail.services import message_lists, muted_threads
from vaguemestre.mailbox.webmail.services.isolation.lru import WeightedLru
from vaguemestre.mailbox.webmail.views.shell import Listing, folders_fragment, rows_fragment, whole_page
from vaguemestre.post.mailstore.ports import Mailbox
from vaguemestre.post.mailstore.values import Page, View

_ACCEPTS_GZIP = re.compile(r"\bgzip\b")
_RANDOM = 100  # bytes, so that a length tells nothing of what is compressed, as in Django's own middleware


class _Rows(NamedTuple):
    """Rows of a page as last rendered; reused while what they depend on is equal.

    `compressed`: the same for who asks so, else empty; compressed once, as rows are asked for all the time.
    """

    depends_on: object = None
    html: bytes = b""
    compressed: bytes = b""


_row_pages: WeightedLru[tuple[object, ...], _Rows] = WeightedLru(
    2_000, 48_000_000, lambda rows: len(rows.html) + len(rows.compressed)
)


@gzip_page
@require_GET
@signed_in
def show_inbox(request: SignedInRequest) -> HttpResponse:
    """The whole page, on the inbox."""
    return _show(request, "INBOX")


@gzip_page
@require_GET
@signed_in
def show_folder(request: SignedInRequest, folder: str) -> HttpResponse:
    """The whole page, on a folder."""
    return _show(request, folder)


def _show(request: SignedInRequest, folder: str) -> HttpResponse:
    with mailbox_of(request.who) as mailbox:
        listing = _listing(request, mailbox, folder)
    return whole_page(request, listing)


def _listing(request: SignedInRequest, mailbox: Mailbox, folder: str) -> Listing:
    typed, view = request.GET.get("q", "").strip(), view_of(request.who, request.GET)
    folders = message_lists.folders_of(mailbox, request.who.mailbox)
    unknown_folder, is_recent_only = "", bool(typed) and "recent" in request.GET
    if typed:
        named = parse_search(request.who, typed).folder
        is_everywhere = "partout" in request.GET
        searched = message_lists.searched_folder(folders, folder, named, is_everywhere=is_everywhere)
        unknown_folder, folder = ("", searched) if searched else (named, folder)
    if unknown_folder:
        page = message_lists.empty_page(folder)
    else:
        today = paris_day(timezone.now())
        page_view = view_params.recent_only(view, today) if is_recent_only else view
        page = message_lists.page_of(mailbox, folder, 0, page_view)
    words = message_lists.recent_words(mailbox, folders) if typed and not page.rows else frozenset()
    previous = folder_of_slug(request.GET.get("ici", "")) or ""
    return Listing(
        folders=folders,
        page=page,
        view=view,
        typed=typed,
        quota=mailbox.quota(),
        is_recent_only=is_recent_only,
        narrower=message_lists.narrower_folder(folders, page.folder, previous),
        unknown_folder=unknown_folder,
        words=words,
    )


@require_GET
@signed_in
def list_rows(request: SignedInRequest, folder: str) -> HttpResponse:
    """Fifty rows from `offset`; 304 while nothing in the folder has changed."""
    typed = request.GET.get("q", "").strip()
    offset = offset_of(request.GET)
    owner = request.who.mailbox
    view = view_of(request.who, request.GET)
    named = parse_search(request.who, typed).folder
    with mailbox_of(request.who) as mailbox:
        is_unknown = named and not message_lists.searched_folder(
            mailbox.folders(), folder, named, is_everywhere=False
        )
        page = (
            message_lists.empty_page(folder)
            if is_unknown
            else message_lists.page_of(mailbox, folder, offset, view)
        )
        if muted_threads.SUBJECT in request.who.preferences:
            page = _without_muted(request, mailbox, folder, view, page)
        uses = message_lists.uses_of(mailbox, owner, folder)
        is_empty = typed and not page.rows and not offset
        words = message_lists.recent_words(mailbox, mailbox.folders()) if is_empty else frozenset()
    today = paris_day(timezone.now())
    validator = f'W/"{page.validator}.{page.total}.{today.toordinal()}"'
    if request.META.get("HTTP_IF_NONE_MATCH") == validator:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        key = (owner, address("webmail:inbox"), folder, view, offset)
        depends_on = (validator, known_labels(request.who.preferences), typed)
        rows = _row_pages.get(key) or _Rows()
        if rows.depends_on != depends_on:
            unknown_folder = named if is_unknown else ""
            html = rows_fragment(request, page, uses, view, typed, unknown_folder=unknown_folder, words=words)
            rows = _Rows(depends_on, html)
            _row_pages.put(key, rows)
        answer = _rows_answer(request, key, rows)
    answer["ETag"] = validator
    answer["X-Total"] = str(page.total)
    answer["X-Unread"] = str(page.unread)
    return answer


def _rows_answer(request: SignedInRequest, key: tuple[object, ...], rows: _Rows) -> HttpResponse:
    """The rows, compressed for who accepts that: fifty of them are 67 kB, or 8."""
    if not _ACCEPTS_GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        answer = HttpResponse(rows.html)
    else:
        if not rows.compressed:
            rows = rows._replace(compressed=compress_string(rows.html, max_random_bytes=_RANDOM))
            _row_pages.put(key, rows)
        answer = HttpResponse(rows.compressed, headers={"Content-Encoding": "gzip"})
    patch_vary_headers(answer, ("Accept-Encoding",))
    return answer


def _without_muted(request: SignedInRequest, mailbox: Mailbox, folder: str, view: View, page: Page) -> Page:
    """The page, read again if new messages of muted conversations were marked."""
    if not muted_threads.mute_new_messages(mailbox, request.who.account_id, request.who.preferences, page):
        return page
    revocations.get().refresh()  # every worker reloads the user's preferences
    return message_lists.page_of(mailbox, folder, page.offset, view)


@require_GET
@signed_in
def find_day(request: SignedInRequest, folder: str) -> HttpResponse:
    """Offset of a day (`jour`, 25/11/2026) in a list by date."""
    day = view_params.parse_typed_day(request.GET.get("day", ""))
    view = view_of(request.who, request.GET)
    with mailbox_of(request.who) as mailbox:
        place = mailbox.place(folder, view, day)
    return JsonResponse({"offset": place})


@gzip_page
@require_GET
@signed_in
def list_folders(request: SignedInRequest) -> HttpResponse:
    """The folder pane with new counts."""
    if "HX-Request" not in request.headers:
        return HttpResponseRedirect(address("webmail:inbox"))
    with mailbox_of(request.who) as mailbox:
        folders = message_lists.folders_of(mailbox, request.who.mailbox)
        quota = mailbox.quota()
    return HttpResponse(folders_fragment(request, folders, request.GET.get("active", ""), quota))

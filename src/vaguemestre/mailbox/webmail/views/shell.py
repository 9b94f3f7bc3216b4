"""The whole page around the panes: folders, list, reading pane."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.addresses import address
from vaguemestre.mailbox.webmail.http import base_context, own_domains, parse_search, render_fragment
from vaguemestre.mailbox.webmail.ports import live_ticket, shared_mailboxes
from vaguemestre.mailbox.webmail.rules import french
from vaguemestre.mailbox.webmail.rules.choices import Boxes, Choices, choices_of
from vaguemestre.mailbox.webmail.rules.listing import folders as naming
from vaguemestre.mailbox.webmail.rules.listing.labels import (
    COLOURS,
    Label,
    known_labels,
    label_search,
    searched_label,
)
from vaguemestre.mailbox.webmail.rules.listing.merged import MERGED_NAME, MERGED_SLUG
from vaguemestre.mailbox.webmail.rules.listing.search_query import highlighted_words
from vaguemestre.mailbox.webmail.rules.listing.searches import recent_searches, saved_name, saved_searches
from vaguemestre.mailbox.webmail.rules.listing.view_params import PLAIN, view_query
from vaguemestre.mailbox.webmail.services import bulks, message_lists, snooze
from vaguemestre.mailbox.webmail.services.message.authors import listed_names
from vaguemestre.mailbox.webmail.views.listing.chips import SearchChips, search_chips
from vaguemestre.mailbox.webmail.views.listing.empty import empty_fragment
from vaguemestre.mailbox.webmail.views.listing.rows import MergedRows, rows_html
from vaguemestre.mailbox.webmail.views.listing.view_menu import ViewMenu, view_menu
from vaguemestre.post.mailstore.values import Folder, Page, Quota, Use, View


@dataclass(frozen=True)
class Listing:
    """What a list shows: a page of a view, or of a search (`typed`: the text of the search box).

    `is_recent_only`: only recent results so far, the search goes on; `narrower`: folder it can be narrowed
    to; `unknown_folder`: one the search names that does not exist; `words`: those of recent messages, if it
    found nothing; `merged`: the list over all mailboxes, in place of the rows of `page`.
    """

    folders: tuple[Folder, ...]
    page: Page
    view: View = PLAIN
    typed: str = ""
    quota: Quota | None = None
    is_recent_only: bool = False
    narrower: Folder | None = None
    unknown_folder: str = ""
    words: frozenset[str] = frozenset()
    merged: MergedRows | None = None


class FolderLink(NamedTuple):
    """A folder as a link, or as a target of moves."""

    slug: str
    name: str
    use: str
    icon: str = "folder"


class Titles(NamedTuple):
    """Names of what the list shows. `is_saved`: a search that has a name."""

    folder: str
    heading: str
    page: str
    is_saved: bool


@dataclass(frozen=True)
class ShellContext:
    """Context of `webmail/page.html`. `folders`, `rows`, `pane`, `empty_pane`: HTML; `*_json`: JSON."""

    folders: str
    rows: str
    pane: str
    empty_pane: str
    is_open: bool
    page: Page
    page_size: int
    view: View
    view_menu: ViewMenu
    query: str
    typed: str
    is_recent_only: bool
    titles: Titles
    silent: tuple[str, ...]
    folder_slug: str
    folder_use: str
    all_mail_slug: str
    narrower: FolderLink | None
    targets: tuple[FolderLink, ...]
    searchable: tuple[str, ...]
    missed: int
    labels: tuple[Label, ...]
    colours: Mapping[str, str]
    recent_json: str
    words_json: str
    chips: SearchChips | None
    choices: Choices
    bulk: int
    today: date
    in_a_week: date
    ticket: str
    stream: str


def folders_fragment(
    request: SignedInRequest,
    folders: tuple[Folder, ...],
    current: str | None,
    quota: Quota | None = None,
    missed: int | None = None,
) -> str:
    """The folder pane. `current`: folder shown, empty for all mailboxes, None for a search in all folders.

    `missed`: number of sent messages without an answer; None: look it up.
    """
    preferences = request.who.preferences
    roots = {folder.name for folder in folders if folder.use is not Use.OTHER}
    special = [
        folder for folder in folders if folder.use is not Use.OTHER or folder.name.split("/", 1)[0] in roots
    ]
    return render_fragment(
        "folders",
        {
            **base_context(request),
            "special": special,
            "trash": naming.of_use(folders, Use.TRASH),
            "all_mail": naming.of_use(folders, Use.ALL),
            "own": [folder for folder in folders if folder not in special],
            "boxes": shared_mailboxes.get()(request.who.own_account_id),
            "acting": request.who.acting,
            "is_merged": choices_of(preferences).boxes is Boxes.TOGETHER,
            "own_unread": sum(folder.unread for folder in folders if folder.use is Use.INBOX),
            "space": naming.used_space(quota),
            "current": current,
            "naming": naming,
            "words": french,
            "labels": [(label, label_search(label.name)) for label in known_labels(preferences)],
            "searches": saved_searches(preferences),
            "missed": snooze.missed_answers(request.who.account_id) if missed is None else missed,
        },
    )


def rows_fragment(
    request: SignedInRequest,
    page: Page,
    uses: dict[str, Use],
    view: View,
    typed: str = "",
    *,
    unknown_folder: str = "",
    words: frozenset[str] = frozenset(),
) -> bytes:
    """Rows of a list, or a sentence if there are none, in UTF-8. Parameters as in `Listing`."""
    if not page.rows:
        return empty_fragment(request, page, uses, view, typed, unknown_folder, words).encode()
    return rows_html(
        page,
        request.who.mailbox,
        here=address("webmail:inbox"),
        today=paris_day(timezone.now()),
        uses=uses,
        own_domains=own_domains(request.who),
        order=view.order,
        labels=known_labels(request.who.preferences),
        names_of=lambda addresses: listed_names(addresses, own_domains(request.who)),
    )


def whole_page(
    request: SignedInRequest, listing: Listing, *, pane: str = "", title: str = ""
) -> HttpResponse:
    """Folders, list and reading pane. `pane`: HTML of an open message, `title`: its subject."""
    context = _shell_context(request, listing, pane, title)
    return render(request, "webmail/page.html", vars(context))


def _shell_context(request: SignedInRequest, listing: Listing, pane: str, title: str) -> ShellContext:
    who, folders, page, view = request.who, listing.folders, listing.page, listing.view
    preferences, today = who.preferences, paris_day(timezone.now())
    uses, missed = {folder.name: folder.use for folder in folders}, snooze.missed_answers(who.account_id)
    empty_pane = render_fragment("nothing", base_context(request))
    merged, rows = listing.merged, _rows(request, listing, uses)
    return ShellContext(
        folders=folders_fragment(request, folders, _current(listing, uses), listing.quota, missed),
        rows=rows.decode(),
        pane=pane or empty_pane,
        empty_pane=empty_pane,
        is_open=bool(pane),
        page=page,
        page_size=message_lists.PAGE_SIZE,
        view=view,
        view_menu=view_menu(view, is_merged=bool(merged)),
        query=view_query(view, listing.typed),
        typed=listing.typed,
        is_recent_only=listing.is_recent_only,
        titles=_titles(request, listing, title),
        silent=merged.silent if merged else (),
        folder_slug=MERGED_SLUG if merged else naming.slug(page.folder),
        folder_use="boxes" if merged else uses.get(page.folder, Use.OTHER).value,
        all_mail_slug=naming.slug(all_mail) if (all_mail := message_lists.all_mail_folder(folders)) else "",
        narrower=_link(listing.narrower) if listing.narrower else None,
        targets=_targets(folders, page.folder),
        searchable=_searchable(folders),
        missed=missed,
        labels=known_labels(preferences),
        colours=COLOURS,
        recent_json=json.dumps(recent_searches(preferences)),
        words_json=json.dumps(highlighted_words(parse_search(who, listing.typed))),
        chips=_chips(request, listing, uses) if listing.typed and not merged else None,
        choices=choices_of(preferences),
        bulk=bulks.running_bulk(who.account_id),
        today=today,
        in_a_week=today + timedelta(days=7),
        ticket=live_ticket.get()(who.mailbox, who.session_key, time.time()),
        stream=_stream_address(),
    )


def _rows(request: SignedInRequest, listing: Listing, uses: dict[str, Use]) -> bytes:
    if listing.merged:
        return listing.merged.html
    page, view, unknown, words = listing.page, listing.view, listing.unknown_folder, listing.words
    return rows_fragment(request, page, uses, view, listing.typed, unknown_folder=unknown, words=words)


def _current(listing: Listing, uses: dict[str, Use]) -> str | None:
    is_everywhere = listing.typed and uses.get(listing.page.folder) is Use.ALL
    return None if is_everywhere else listing.page.folder


def _chips(request: SignedInRequest, listing: Listing, uses: dict[str, Use]) -> SearchChips:
    page, narrower = listing.page, listing.narrower
    is_named = bool(parse_search(request.who, listing.typed).folder)
    is_everywhere = is_named or uses.get(page.folder) is Use.ALL
    folder = "" if is_everywhere else page.folder
    slug = naming.slug(narrower.name) if narrower else ""
    return search_chips(request.who, listing.typed, folder, slug, listing.folders)


def _searchable(folders: tuple[Folder, ...]) -> tuple[str, ...]:
    """Names of the folders that a search can be limited to."""
    return tuple(
        naming.display_name(folder) for folder in folders if folder.use is not Use.ALL and folder.selectable
    )


def _titles(request: SignedInRequest, listing: Listing, title: str) -> Titles:
    """`title`: of the page, if a message is open."""
    preferences, typed = request.who.preferences, listing.typed
    current = next((folder for folder in listing.folders if folder.name == listing.page.folder), None)
    folder = naming.display_name(current) if current else listing.page.folder or MERGED_NAME
    search = saved_name(typed, saved_searches(preferences)) or searched_label(
        typed, known_labels(preferences)
    )
    return Titles(
        folder=folder,
        heading=(search or "Recherche") if typed else folder,
        page=title or search or (f"Recherche : {typed}" if typed else folder),
        is_saved=bool(search),
    )


def _link(folder: Folder) -> FolderLink:
    return FolderLink(naming.slug(folder.name), naming.display_name(folder), folder.use.value)


def _targets(folders: tuple[Folder, ...], current: str) -> tuple[FolderLink, ...]:
    """Folders that messages of `current` may be moved to, with their whole path."""
    return tuple(
        FolderLink(
            naming.slug(folder.name),
            naming.display_path(folder, folders),
            folder.use.value,
            naming.ICONS[folder.use],
        )
        for folder in naming.move_targets(folders, current)
    )


def _stream_address() -> str:
    """Address of the event stream: a port of the same host, or a path of ours behind the front proxy."""
    return "/flux" if settings.CONFIG.web.behind_tls else f":{settings.CONFIG.ports.push}/flux"

"""The page around the three panes: what it holds when it is asked for whole."""

import json
import time
from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.foundation.ui.addresses import address
from vaguemestre.mailbox.webmail.http import about, asked_of, own_domains, written
from vaguemestre.mailbox.webmail.ports import live_ticket, other_boxes
from vaguemestre.mailbox.webmail.rules import french
from vaguemestre.mailbox.webmail.rules.choices import choices
from vaguemestre.mailbox.webmail.rules.listing import folders as naming
from vaguemestre.mailbox.webmail.rules.listing import search_query, view_params
from vaguemestre.mailbox.webmail.rules.listing.labels import COLOURS, asked_label, known_labels, said_label
from vaguemestre.mailbox.webmail.rules.listing.searches import kept_searches, name_of, recent_searches
from vaguemestre.mailbox.webmail.services import bulks, message_lists, snooze
from vaguemestre.mailbox.webmail.services.authors import listed_names
from vaguemestre.mailbox.webmail.views.rows import rows_html
from vaguemestre.post.mailstore.values import Folder, Order, Page, Quota, Use, View


def folders_fragment(
    request: SignedInRequest,
    folders: tuple[Folder, ...],
    current: str,
    room: Quota | None = None,
    missed: int | None = None,
) -> str:
    """The folders' pane. `missed`: how many messages nobody answered in time, asked when it is not known."""
    roots = {f.name for f in folders if f.use is not Use.OTHER}
    special = [f for f in folders if f.use is not Use.OTHER or f.name.split("/", 1)[0] in roots]
    own = [f for f in folders if f not in special]
    return written(
        "folders",
        {
            **about(request),
            "special": special,
            "trash": naming.of_use(folders, Use.TRASH),
            "everything": naming.of_use(folders, Use.ALL),
            "own": own,
            "boxes": other_boxes.get()(request.who.own_account_id),
            "acting": request.who.acting,
            "room": naming.shown_room(room),
            "current": current,
            "naming": naming,
            "words": french,
            "labels": [(one, said_label(one.name)) for one in known_labels(request.who.preferences)],
            "searches": kept_searches(request.who.preferences),
            "missed": snooze.missed_answers(request.who.account_id) if missed is None else missed,
        },
    )


def rows_fragment(
    request: SignedInRequest,
    page: Page,
    uses: dict[str, Use],
    view: View,
    asked: str = "",
    *,
    unknown: str = "",
) -> bytes:
    """The lines of a list, or the words that stand for none, in UTF-8.

    `unknown`: the folder that a search names and that is not there.
    """
    if not page.rows:
        return written(
            "empty",
            {
                "page": page,
                "asked": asked,
                "unknown": unknown,
                "label": asked_label(asked, known_labels(request.who.preferences)),
                "narrowed": bool(view.only),
            },
        ).encode()
    return rows_html(
        page,
        request.who.mailbox,
        here=address("webmail:inbox"),
        today=paris_day(timezone.now()),
        uses=uses,
        own_domains=own_domains(),
        order=view.order,
        known=known_labels(request.who.preferences),
        names_of=lambda addresses: listed_names(addresses, own_domains()),
    )


def whole_page(
    request: SignedInRequest,
    folders: tuple[Folder, ...],
    page: Page,
    *,
    view: View = view_params.PLAIN,
    asked: str = "",
    room: Quota | None = None,
    reading: str = "",
    title: str = "",
    is_first: bool = False,
    here: Folder | None = None,
    unknown: str = "",
) -> HttpResponse:
    """Folders, list and reading pane. `reading`: the fragment of an open message, or nothing.

    `is_first`: a search goes on, only the latest it found are there; `here`: the folder it is narrowed to;
    `unknown`: as in `rows_fragment`.
    """
    uses = {folder.name: folder.use for folder in folders}
    current = next((folder for folder in folders if folder.name == page.folder), None)
    missed = snooze.missed_answers(request.who.account_id)
    nothing = written("nothing", about(request))
    name = naming.shown_name(current) if current else page.folder
    label = asked_label(asked, known_labels(request.who.preferences))
    kept = name_of(asked, kept_searches(request.who.preferences))
    return render(
        request,
        "webmail/page.html",
        {
            "folders": folders_fragment(request, folders, page.folder, room, missed),
            "rows": rows_fragment(request, page, uses, view, asked, unknown=unknown).decode(),
            "reading": reading or nothing,
            "nothing": nothing,
            "is_open": bool(reading),
            "page": page,
            "folder_name": name,
            "heading": (kept or label or "Recherche") if asked else name,
            "folder_use": uses.get(page.folder, Use.OTHER).value,
            "step": naming.slug(page.folder),
            "everywhere": naming.slug(message_lists.everywhere(folders))
            if message_lists.everywhere(folders)
            else "",
            "asked": asked,
            "here": here and {"step": naming.slug(here.name), "name": naming.shown_name(here)},
            "is_first": is_first,
            "view": view,
            "query": view_params.query(view, asked),
            "looks": _looks(view),
            "missed": missed,
            "labels": known_labels(request.who.preferences),
            "colours": COLOURS,
            "recent": json.dumps(recent_searches(request.who.preferences)),
            "found_words": json.dumps(search_query.shown_words(asked_of(request.who, asked))),
            "is_kept": bool(kept or label),
            "choices": choices(request.who.preferences),
            "bulk": bulks.running_bulk(request.who.account_id),
            "title": title or kept or label or (f"Recherche : {asked}" if asked else name),
            "targets": [
                {"name": naming.slug(f.name), "use": f.use.value, "shown": naming.shown_path(f, folders)}
                for f in folders
                if f.use not in {Use.ALL, Use.DRAFTS} and f.selectable and f.name != page.folder
            ],
            "searchable": [naming.shown_name(f) for f in folders if f.use is not Use.ALL and f.selectable],
            "day": {
                "today": paris_day(timezone.now()),
                "coming": paris_day(timezone.now()) + timedelta(days=7),
            },
            "size": message_lists.PAGE,
            "live": live_ticket.get()(request.who.mailbox, request.who.session_key, time.time()),
            "push": _push_place(),
        },
    )


def _looks(view: View) -> dict[str, object]:
    """What the menu of the list offers, and what of it is so now."""
    ways = view_params.ORDERS[view.order][1:]
    return {
        "orders": [
            (one.value, said[0], one is view.order)
            for one, said in view_params.ORDERS.items()
            if one is not Order.RELEVANCE or view.terms
        ],
        "ways": [("", ways[0], not view.is_reversed), ("inverse", ways[1], view.is_reversed)],
        "narrowed": [(one.value, said, one in view.only) for one, said in view_params.NARROWED.items()],
        "now": ", ".join(
            view_params.NARROWED[one].lower() for one in view_params.NARROWED if one in view.only
        ),
    }


def _push_place() -> str:
    """Where the page finds the stream: a port of the same host, or behind the front proxy a path of ours."""
    return "/flux" if settings.CONFIG.web.behind_tls else f":{settings.CONFIG.ports.push}/flux"

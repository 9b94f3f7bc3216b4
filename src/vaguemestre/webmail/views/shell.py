"""The page around the three panes: what it holds when it is asked for whole."""

import time

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from vaguemestre.kernel.times import paris_day
from vaguemestre.signin.http import SignedInRequest
from vaguemestre.webmail.http import about, own_domains, written
from vaguemestre.webmail.ports import live_ticket
from vaguemestre.webmail.rules import folders as naming
from vaguemestre.webmail.rules import words
from vaguemestre.webmail.services import listing
from vaguemestre.webmail.values import Folder, Page, Use
from vaguemestre.webmail.views.rows import rows_html


def folders_fragment(request: SignedInRequest, folders: tuple[Folder, ...], current: str) -> str:
    special = [f for f in folders if f.use not in {Use.OTHER, Use.ALL}]
    own = [f for f in folders if f.use is Use.OTHER]
    return written(
        "folders",
        {
            **about(request),
            "special": special,
            "own": own,
            "current": current,
            "naming": naming,
            "words": words,
        },
    )


def rows_fragment(request: SignedInRequest, page: Page, uses: dict[str, Use], asked: str) -> str:
    if not page.rows:
        return written("empty", {"page": page, "asked": asked})
    return rows_html(
        page,
        request.who.mailbox,
        here=reverse("webmail:inbox"),
        today=paris_day(timezone.now()),
        uses=uses,
        own_domains=own_domains(),
    )


def whole_page(
    request: SignedInRequest,
    folders: tuple[Folder, ...],
    page: Page,
    *,
    asked: str = "",
    reading: str = "",
    title: str = "",
) -> HttpResponse:
    """Folders, list and reading pane. `reading`: the fragment of an open message, or nothing."""
    uses = {folder.name: folder.use for folder in folders}
    current = next((folder for folder in folders if folder.name == page.folder), None)
    nothing = written("nothing", about(request))
    name = naming.shown_name(current) if current else page.folder
    return render(
        request,
        "webmail/page.html",
        {
            "folders": folders_fragment(request, folders, page.folder),
            "rows": rows_fragment(request, page, uses, asked),
            "reading": reading or nothing,
            "nothing": nothing,
            "is_open": bool(reading),
            "page": page,
            "folder_name": name,
            "folder_use": uses.get(page.folder, Use.OTHER).value,
            "step": naming.slug(page.folder),
            "everywhere": naming.slug(listing.everywhere(folders)) if listing.everywhere(folders) else "",
            "asked": asked,
            "title": title or (f"Recherche : {asked}" if asked else name),
            "targets": [
                {"name": naming.slug(f.name), "use": f.use.value, "shown": naming.shown_name(f)}
                for f in folders
                if f.use not in {Use.ALL, Use.DRAFTS} and f.selectable and f.name != page.folder
            ],
            "size": listing.PAGE,
            "live": live_ticket.get()(request.who.mailbox, request.who.session_key, time.time()),
            "push": _push_place(),
        },
    )


def _push_place() -> str:
    """Where the page finds the stream: a port of the same host, or behind the front proxy a path of ours."""
    return "/flux" if settings.CONFIG.web.behind_tls else f":{settings.CONFIG.ports.push}/flux"

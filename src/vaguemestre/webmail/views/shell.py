"""The page around the three panes: what it holds when it is asked for whole."""

import time
from functools import lru_cache

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from vaguemestre.signin.http import SignedInRequest
from vaguemestre.ui import pictures
from vaguemestre.webmail.http import about, own_domains, private, written
from vaguemestre.webmail.ports import live_ticket
from vaguemestre.webmail.rules import folders as naming
from vaguemestre.webmail.rules import rows, words
from vaguemestre.webmail.services import listing
from vaguemestre.webmail.values import Folder, Page, Use

_face = lru_cache(maxsize=8192)(pictures.avatar)


@lru_cache(maxsize=64)
def _mark(name: str) -> SafeString:
    return pictures.icon(name, "s")


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
    context = about(request)
    lines = rows.lines(page.rows, today=context["today"], uses=uses, own_domains=own_domains())  # type: ignore[arg-type]
    return written("rows", {"lines": list(lines), "page": page, "asked": asked, "face": _face, "mark": _mark})


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
    return private(
        render(
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
    )


def _push_place() -> str:
    """Where the page finds the stream: a port of the same host, or behind the front proxy a path of ours."""
    return "/flux" if settings.CONFIG.web.behind_tls else f":{settings.CONFIG.ports.push}/flux"

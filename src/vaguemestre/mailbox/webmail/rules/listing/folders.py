"""Folders as displayed: French names, icons, URL slugs, used space."""

import re
from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text import sizes
from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.post.mailstore.values import Folder, Quota, Use

NAMES = {
    Use.INBOX: "Boîte de réception",
    Use.DRAFTS: "Brouillons",
    Use.SENT: "Envoyés",
    Use.ARCHIVE: "Archives",
    Use.JUNK: "Indésirables",
    Use.TRASH: "Corbeille",
    Use.ALL: "Tous les courriels",
}
ICONS = {
    Use.INBOX: "inbox",
    Use.DRAFTS: "pencil",
    Use.SENT: "send",
    Use.ARCHIVE: "archive",
    Use.JUNK: "alert-octagon",
    Use.TRASH: "trash",
    Use.ALL: "mail",
    Use.OTHER: "folder",
}
_SELDOM_MOVED_TO = {Use.JUNK, Use.TRASH, Use.SENT}
# Path segments of /messagerie/… with another meaning, here or in other rooms
_RESERVED = frozenset(
    (
        "ecrire",
        "envois",
        "fichiers",
        "image",
        "actes",
        "dossiers",
        "flux",
        "lecteur-pdf",
        "pieces",
        "quarantaine",
        "signalements",
        "lots",
        "choix",
        "etiquettes",
        "recherches",
        "suivi",
        "supprimes",
        "toutes",
    )
)
_ESCAPED = re.compile(r"~([0-9A-F]{2})")


def display_name(folder: Folder) -> str:
    """French name of a special folder, else the last segment of its path."""
    return NAMES.get(folder.use) or folder.name.rpartition("/")[2]


def display_path(folder: Folder, folders: Collection[Folder]) -> str:
    """The whole path, « Corbeille / 4e B », to tell apart folders of the same name."""
    first, *segments = folder.name.split("/")
    if not segments or folder.use is Use.ALL:  # a view, which stands nowhere
        return display_name(folder)
    root = next((display_name(parent) for parent in folders if parent.name == first), first)
    return " / ".join((root, *segments))


def slug(name: str) -> str:
    """URL path segment of any folder name; `folder_of_slug` is the inverse."""
    escaped = name.replace("~", "~7E").replace("/", "~2F")
    if escaped in _RESERVED or escaped.startswith("."):
        escaped = f"~{ord(escaped[0]):02X}{escaped[1:]}"
    return escaped


def folder_of_slug(slug: str) -> str | None:
    """Folder name of a URL path segment; None for a reserved one."""
    if not slug or slug in _RESERVED:
        return None
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), slug)


def find_folder(folders: Iterable[Folder], typed: str) -> Folder | None:
    """The folder whose French name or path was typed, else one that begins so; accents and case ignored."""
    name = without_accents(typed.strip().strip("/"))
    selectable = [folder for folder in folders if folder.selectable]
    exact = [
        folder
        for folder in selectable
        if name in (without_accents(display_name(folder)), without_accents(folder.name))
    ]
    by_prefix = [
        folder for folder in selectable if name and without_accents(display_name(folder)).startswith(name)
    ]
    return next(iter(exact + by_prefix), None)


def of_use(folders: Iterable[Folder], use: Use) -> Folder | None:
    """The folder with that use (RFC 6154), if any."""
    return next((folder for folder in folders if folder.use is use), None)


@dataclass(frozen=True)
class UsedSpace:
    """Used space of the mailbox, for display. `is_near`: 80 % of the limit; `is_full`: 95 %."""

    percent: int
    used: str
    limit: str
    is_near: bool
    is_full: bool


def used_space(quota: Quota | None) -> UsedSpace | None:
    """Used space, or None without a quota."""
    if quota is None or quota.limit <= 0:
        return None
    percent = min(100, quota.used * 100 // quota.limit)
    return UsedSpace(
        percent, sizes.in_words(quota.used), sizes.in_words(quota.limit), percent >= 80, percent >= 95
    )


def checked_name(name: str) -> str:
    """Name of a new folder, white space normalized. Raises Refusal `mailstore.folder-name`."""
    tidy = " ".join(name.split())
    if not 0 < len(tidy) <= 60 or not tidy.isprintable() or tidy[0] in ".~" or set(tidy) & set('/\\%*"'):
        raise Refusal("mailstore.folder-name")
    return tidy


def join_path(parent: str, step: str) -> str:
    """Full name of a folder; `parent` empty at the top."""
    return f"{parent}/{step}" if parent else step


def free_name(name: str, names: Container[str]) -> str:
    """The name, or the first numbered one not among `names`: `Classe (2)`."""
    free, count = name, 1
    while free in names:
        count += 1
        free = f"{name} ({count})"
    return free


def check_own(folder: Folder | None, name: str) -> Folder:
    """Check that a folder may change. Raises Refusal `mailstore.folder-gone`, `webmail.folder-is-special`."""
    if folder is None:
        raise Refusal("mailstore.folder-gone", folder=name)
    if folder.use is not Use.OTHER:
        raise Refusal("webmail.folder-is-special")
    return folder


def move_targets(folders: Iterable[Folder], current: str) -> list[Folder]:
    """Folders that messages of `current` may be moved to, those one files in first."""
    offered = [
        folder
        for folder in folders
        if folder.use not in {Use.ALL, Use.DRAFTS} and folder.selectable and folder.name != current
    ]
    return sorted(offered, key=lambda folder: folder.use in _SELDOM_MOVED_TO)

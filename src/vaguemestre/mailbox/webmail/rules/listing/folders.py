"""Folders as the reader sees them: French names, icons, and the word that stands for each in an address."""

import re
from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass

from vaguemestre.foundation.kernel import sizes
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import bare
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
# Words that mean something else in /messagerie/…, here or in other rooms
_TAKEN = frozenset(
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
        "signalements",
        "lots",
        "choix",
        "etiquettes",
        "recherches",
        "suivi",
    )
)
_ESCAPED = re.compile(r"~([0-9A-F]{2})")


def shown_name(folder: Folder) -> str:
    """The French name of a special folder, the last step of the path of another."""
    return NAMES.get(folder.use) or folder.name.rpartition("/")[2]


def shown_path(folder: Folder, folders: Collection[Folder]) -> str:
    """All its steps, « Corbeille / 4e B »: two folders of one name are told apart."""
    first, *steps = folder.name.split("/")
    if not steps:
        return shown_name(folder)
    root = next((shown_name(one) for one in folders if one.name == first), first)
    return " / ".join((root, *steps))


def slug(name: str) -> str:
    """One step of an address for any folder name; `named` turns it back."""
    step = name.replace("~", "~7E").replace("/", "~2F")
    if step in _TAKEN or step.startswith("."):
        step = f"~{ord(step[0]):02X}{step[1:]}"
    return step


def named(step: str) -> str | None:
    """The folder of a step, or None for a word that means something else."""
    if not step or step in _TAKEN:
        return None
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), step)


def meant(folders: Iterable[Folder], said: str) -> Folder | None:
    """The folder that was typed, by its French name or the path to it; accents and case forgiven."""
    wanted = bare(said.strip().strip("/"))
    known = [folder for folder in folders if folder.selectable]
    exact = [one for one in known if wanted in (bare(shown_name(one)), bare(one.name))]
    begun = [one for one in known if wanted and bare(shown_name(one)).startswith(wanted)]
    return next(iter(exact + begun), None)


def of_use(folders: Iterable[Folder], use: Use) -> Folder | None:
    return next((folder for folder in folders if folder.use is use), None)


@dataclass(frozen=True)
class Room:
    """Room taken, as a person reads it; `near`: time to do something, `full`: mail is refused soon."""

    percent: int
    used: str
    limit: str
    is_near: bool
    is_full: bool


def shown_room(quota: Quota | None) -> Room | None:
    """None where room is not counted."""
    if quota is None or quota.limit <= 0:
        return None
    percent = min(100, quota.used * 100 // quota.limit)
    return Room(
        percent, sizes.in_words(quota.used), sizes.in_words(quota.limit), percent >= 80, percent >= 95
    )


def checked_step(name: str) -> str:
    """A new folder's own name, tidied. Raises Refusal `mailstore.folder-name`."""
    said = " ".join(name.split())
    if not 0 < len(said) <= 60 or not said.isprintable() or said[0] in ".~" or set(said) & set('/\\%*"'):
        raise Refusal("mailstore.folder-name")
    return said


def inside(parent: str, step: str) -> str:
    """The full name of a folder; `parent` empty at the top."""
    return f"{parent}/{step}" if parent else step


def free_name(wanted: str, taken: Container[str]) -> str:
    """That name, or the first of its kind that is free: `Classe (2)`."""
    name, count = wanted, 1
    while name in taken:
        count += 1
        name = f"{wanted} ({count})"
    return name


def check_own(folder: Folder | None, name: str) -> Folder:
    """A folder the person may change. Raises Refusal `mailstore.folder-gone`, `webmail.folder-is-special`."""
    if folder is None:
        raise Refusal("mailstore.folder-gone", folder=name)
    if folder.use is not Use.OTHER:
        raise Refusal("webmail.folder-is-special")
    return folder

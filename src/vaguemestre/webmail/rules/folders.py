"""Folders as the reader sees them: French names, icons, and the word that stands for each in an address."""

import re
from collections.abc import Iterable

from vaguemestre.webmail.values import Folder, Use

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
# Words that mean something else in /messagerie/…
_TAKEN = frozenset(("ecrire", "image", "actes", "dossiers", "flux", "lecteur-pdf", "pieces", "signalements"))
_ESCAPED = re.compile(r"~([0-9A-F]{2})")


def shown_name(folder: Folder) -> str:
    """The French name of a special folder, the last step of the path of another."""
    return NAMES.get(folder.use) or folder.name.rpartition("/")[2]


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


def of_use(folders: Iterable[Folder], use: Use) -> Folder | None:
    return next((folder for folder in folders if folder.use is use), None)

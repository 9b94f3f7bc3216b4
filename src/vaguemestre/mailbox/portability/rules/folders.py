"""The folder to import a message into: the one it was in, under its name here."""

import re
import unicodedata

from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.mailbox.portability.values import INBOX, Places

# Names that other programs give to the special folders, in French and English; compared without accents.
_NAMES = {
    "sent": "sent|sent items|sent mail|sent messages|sentmail|envoyes|elements envoyes|messages envoyes"
    "|courriels envoyes|courriers envoyes",
    "drafts": "drafts|draft|brouillons|brouillon",
    "trash": "trash|deleted items|deleted messages|deleted|bin|corbeille|elements supprimes"
    "|messages supprimes",
    "junk": "junk|junk e-mail|junk email|spam|bulk mail|courrier indesirable|courriers indesirables"
    "|pourriel|pourriels|indesirables|quarantaine",
    "archive": "archive|archives|all archives|archived|messages archives",
}
_USES = {name: use for use, names in _NAMES.items() for name in names.split("|")}
_INBOXES = {"", "inbox", "boite de reception", "courrier entrant", "reception", "mbox", "mail", "courriels"}
_UNWANTED = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff%*\\]")
_ROOTS = {
    "[gmail]", "[google mail]", "courriels", "top of personal folders", "top of outlook data file",
    "haut du fichier de donnees outlook", "debut du fichier de donnees outlook",
}  # fmt: skip
_MAX_NAME_CHARACTERS = 60
_DEEPEST = 8


def target(folder: str, use: str, places: Places, apart: str = "") -> str:
    """The folder here of what a source calls `folder`; `use`: the special use that the source declares.

    `apart`: the folder to import everything into; empty to keep the original folders.
    """
    steps = _steps(folder)
    if apart:
        return "/".join((apart, *steps)) if steps else apart
    if steps and _folded(steps[0]) in _INBOXES:  # many servers keep every folder below the inbox
        steps = steps[1:]
    if use in places.special and len(steps) <= 1:
        return places.special[use]
    if not steps:
        return INBOX
    if (meant := _USES.get(_folded(steps[0]))) in places.special:
        return "/".join((places.special[str(meant)], *steps[1:]))
    return _as_known("/".join(steps), places)


def use_of(name: str) -> str:
    """What other programs use a folder of that name for: `inbox`, `sent`, `trash`…; empty for any other."""
    folded = _folded(_clean(name))
    return "inbox" if folded in _INBOXES and folded else _USES.get(folded, "")


def _steps(folder: str) -> list[str]:
    steps = [_clean(step) for step in folder.split("/")]
    steps = [step for step in steps if step]
    if len(steps) > 1 and _folded(steps[0]) in _ROOTS:
        steps = steps[1:]
    elif steps and _folded(steps[0]) in _ROOTS:
        return []
    return [*steps[: _DEEPEST - 1], " ".join(steps[_DEEPEST - 1 :])] if len(steps) > _DEEPEST else steps


def _clean(step: str) -> str:
    """A folder name that IMAP allows, without the suffixes of other programs (`.sbd`, `.mbox`)."""
    step = unicodedata.normalize("NFC", _UNWANTED.sub(" ", step))
    step = re.sub(r"\.(sbd|mbox|mbx)$", "", step, flags=re.IGNORECASE)
    return " ".join(step.split()).strip(". ")[:_MAX_NAME_CHARACTERS].strip(". ")


def _folded(step: str) -> str:
    return without_accents(step).strip()


def _as_known(name: str, places: Places) -> str:
    """The existing folder whose name differs only in case, if any."""
    return next((known for known in sorted(places.names) if known.casefold() == name.casefold()), name)

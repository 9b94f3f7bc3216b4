"""What counting found in a mailbox, stored until the removal."""

import json
from dataclasses import asdict
from hashlib import blake2b
from typing import NamedTuple, TypedDict

from vaguemestre.desks.removals.values import Look, MailCopy, SoughtMail


class StoredCopy(NamedTuple):
    """A list, in JSON."""

    folder: str
    uid: int
    guid: str
    flags: list[str]


class StoredLook(TypedDict):
    """A look as its mailbox's row keeps it. `sought`: digest of what was looked for."""

    state: str
    sought: str
    copies: list[StoredCopy]


def stored_look(look: Look, sought: SoughtMail) -> StoredLook | None:
    """As JSON; None if nothing will tell whether it still holds."""
    if not look.state:
        return None
    copies = [StoredCopy(copy.folder, copy.uid, copy.guid, sorted(copy.flags)) for copy in look.copies]
    return {"state": look.state, "sought": _digest(sought), "copies": copies}


def look_for(stored: StoredLook | None, sought: SoughtMail) -> Look | None:
    """The look, if the same messages were sought: more may be known of them since."""
    if not stored or stored["sought"] != _digest(sought):
        return None
    copies = [MailCopy(folder, uid, guid, frozenset(flags)) for folder, uid, guid, flags in stored["copies"]]
    return Look(stored["state"], copies)


def _digest(sought: SoughtMail) -> str:
    return blake2b(json.dumps(asdict(sought), default=sorted).encode(), digest_size=16).hexdigest()

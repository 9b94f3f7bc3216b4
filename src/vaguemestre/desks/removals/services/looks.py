"""What counting found in a mailbox, stored until the removal."""

import json
from dataclasses import asdict
from hashlib import blake2b
from typing import Any

from vaguemestre.desks.removals.values import Look, MailCopy, SoughtMail


def stored_look(look: Look, sought: SoughtMail) -> dict[str, Any] | None:
    """As JSON; None if nothing will tell whether it still holds."""
    if not look.state:
        return None
    copies = [[copy.folder, copy.uid, copy.guid, sorted(copy.flags)] for copy in look.copies]
    return {"state": look.state, "sought": _digest(sought), "copies": copies}


def look_for(stored: dict[str, Any] | None, sought: SoughtMail) -> Look | None:
    """The look, if the same messages were sought: more may be known of them since."""
    if not stored or stored["sought"] != _digest(sought):
        return None
    copies = [MailCopy(folder, uid, guid, frozenset(flags)) for folder, uid, guid, flags in stored["copies"]]
    return Look(stored["state"], copies)


def _digest(sought: SoughtMail) -> str:
    return blake2b(json.dumps(asdict(sought), default=sorted).encode(), digest_size=16).hexdigest()

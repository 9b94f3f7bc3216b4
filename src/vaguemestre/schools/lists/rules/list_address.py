"""Address of a list: `liste.<nom>@…`, or `liste.<uai>.<nom>@…` for a list of a school.

No person's address has that form, and an address is never given twice (docs/domain.md §2.3).
"""

import re

from vaguemestre.foundation.kernel.addresses import LIST_PREFIX
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.rules.names import fold

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])", re.ASCII)
_RESERVED_NAMES = frozenset(
    ("owner", "proprietaire", "request", "bounces", "postmaster", "abuse", "noreply", "admin")
)


def local_part(name: str, uai: str = "") -> str:
    """Local part of the address, from a typed name. Raises Refusal `lists.name-malformed`."""
    folded = re.sub(r"-+", "-", re.sub(r"[^a-z0-9]+", "-", fold(name))).strip("-")[:40].strip("-")
    if not _NAME.fullmatch(folded) or folded in _RESERVED_NAMES:
        raise Refusal("lists.name-malformed", name=name.strip()[:40])
    return ".".join(part for part in (LIST_PREFIX, uai.lower(), folded) if part)


def bounce_address(address: str, letter_id: int, number: int, *, outside: bool) -> str:
    """Envelope sender of a batch: bounces return to the list's mailbox, and the batch is identified.

    Its last letter selects the transport: `d` for mailboxes here, `x` for external recipients.
    """
    domain = address.partition("@")[2]
    return f"{bounce_prefix(address, letter_id)}{number}{'x' if outside else 'd'}@{domain}"


def bounce_prefix(address: str, letter_id: int) -> str:
    """Beginning of the envelope senders of a letter's batches."""
    return f"{address.partition('@')[0]}+l{letter_id}."


def without_detail(address: str) -> str:
    local, _, domain = address.lower().partition("@")
    return f"{local.partition('+')[0]}@{domain}"

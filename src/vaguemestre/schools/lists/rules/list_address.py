"""How a list's address is made: `liste.<nom>@…`, or `liste.<uai>.<nom>@…` for one of a school.

No person's address begins like this, and no other list ever had it: addresses are never given twice
(docs/domain.md §2.3).
"""

import re

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.rules.names import fold

PREFIX = "liste"
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])", re.ASCII)
_TAKEN_WORDS = frozenset(
    ("owner", "proprietaire", "request", "bounces", "postmaster", "abuse", "noreply", "admin")
)


def local_part(name: str, uai: str = "") -> str:
    """The part before the @, from a name as typed. Raises Refusal `lists.name-malformed`."""
    folded = re.sub(r"-+", "-", re.sub(r"[^a-z0-9]+", "-", fold(name))).strip("-")[:40].strip("-")
    if not _NAME.fullmatch(folded) or folded in _TAKEN_WORDS:
        raise Refusal("lists.name-malformed", name=name.strip()[:40])
    return ".".join(part for part in (PREFIX, uai.lower(), folded) if part)


def bounce_address(address: str, letter_id: int, number: int, *, outside: bool) -> str:
    """Where what cannot be delivered comes back: the list's own mailbox; also the mark of one batch.

    Its last letter says which lane the queue sends it by: `d` for mailboxes here, `x` for the outside world.
    """
    domain = address.partition("@")[2]
    return f"{bounces_begin(address, letter_id)}{number}{'x' if outside else 'd'}@{domain}"


def bounces_begin(address: str, letter_id: int) -> str:
    """What every batch's own address of a letter begins with."""
    return f"{address.partition('@')[0]}+l{letter_id}."


def without_detail(address: str) -> str:
    local, _, domain = address.lower().partition("@")
    return f"{local.partition('+')[0]}@{domain}"

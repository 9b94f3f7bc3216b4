"""Addresses of shared mailboxes (docs/domain.md §2.4)."""

import re

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.rules.names import USERNAME_LIMIT
from vaguemestre.schools.sharing.values import BoxKind

_HEADS = {
    BoxKind.STEWARDSHIP: "int.",
    BoxKind.DISTRICT: "ien.",
    BoxKind.SERVICE: "ce.",
    BoxKind.PROJECT: "projet.",
}
_REST = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def school_local(uai: str) -> str:
    """`ce.0801234A`, as the académie prints it."""
    return f"ce.{uai.upper()}"


def check_local(kind: BoxKind, typed: str) -> str:
    """The requested local part in lower case, with its prefix added if it is missing.

    Raises Refusal `sharing.address-impossible`.
    """
    head = _HEADS[kind]
    rest = typed.strip().lower().removeprefix(head)
    local = head + rest
    if not _REST.fullmatch(rest) or len(local) > USERNAME_LIMIT:
        raise Refusal("sharing.address-impossible", head=head, most=USERNAME_LIMIT)
    return local

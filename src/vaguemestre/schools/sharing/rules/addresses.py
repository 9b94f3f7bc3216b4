"""What shared mailboxes are called (docs/domain.md §2.4)."""

import re

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.rules.names import USERNAME_LIMIT
from vaguemestre.schools.sharing.values import Kind

_HEADS = {
    Kind.STEWARDSHIP: "int.",
    Kind.DISTRICT: "ien.",
    Kind.SERVICE: "ce.",
    Kind.PROJECT: "projet.",
}
_REST = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def school_local(uai: str) -> str:
    """`ce.0801234A`, as the académie prints it."""
    return f"ce.{uai.upper()}"


def head_of(kind: Kind) -> str:
    """How the local part of that kind begins."""
    return _HEADS[kind]


def check_local(kind: Kind, typed: str) -> str:
    """The local part asked for, lower case, its beginning added when it is missing.

    Raises Refusal `sharing.address-impossible`.
    """
    head = _HEADS[kind]
    rest = typed.strip().lower().removeprefix(head)
    local = head + rest
    if not _REST.fullmatch(rest) or len(local) > USERNAME_LIMIT:
        raise Refusal("sharing.address-impossible", head=head, most=USERNAME_LIMIT)
    return local

"""What a colleague sees of a mailbox lent to them (never « Personnel » nor « Privé »)."""

import re
from dataclasses import dataclass

from vaguemestre.foundation.kernel.texts import bare
from vaguemestre.post.mailstore.values import Use

_PRIVATE = frozenset(
    (
        *("personnel", "personnels", "personnelle", "personnelles", "perso", "personal"),
        *("prive", "prives", "privee", "privees", "private"),
    )
)
_NEVER = frozenset({Use.ALL})  # it holds the private ones too
_RECEPTION = frozenset({Use.INBOX, Use.DRAFTS})
_TAKING = frozenset({Use.INBOX, Use.DRAFTS, Use.ARCHIVE, Use.TRASH, Use.JUNK, Use.SENT})


def is_private(folder: str) -> bool:
    """Whether the folder, or one around it, says that it is private: any accents, any case."""
    return not _PRIVATE.isdisjoint(re.findall(r"[a-z]+", bare(folder)))


@dataclass(frozen=True, slots=True)
class Fence:
    """`only_reception`: the inbox, and the drafts that answers are written in."""

    only_reception: bool = False

    def shows(self, folder: str, use: Use) -> bool:
        if use in _NEVER or is_private(folder):
            return False
        return use in _RECEPTION or not self.only_reception

    def takes(self, folder: str, use: Use) -> bool:
        """Whether messages may be put there."""
        return self.shows(folder, use) or (use in _TAKING and not is_private(folder))

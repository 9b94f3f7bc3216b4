"""Folders a delegate may see in a delegated mailbox (never « Personnel » nor « Privé »)."""

import re
from dataclasses import dataclass

from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.post.mailstore.values import DELETED_MESSAGES, Use

_PRIVATE = frozenset(
    (
        *("personnel", "personnels", "personnelle", "personnelles", "perso", "personal"),
        *("prive", "prives", "privee", "privees", "private"),
    )
)
_DELETED = DELETED_MESSAGES.partition("/")[0]  # its own person's alone: it holds mail of private folders
_HIDDEN_USES = frozenset({Use.ALL})  # includes messages of private folders
_RECEPTION_USES = frozenset({Use.INBOX, Use.DRAFTS})
_TARGET_USES = frozenset({Use.INBOX, Use.DRAFTS, Use.ARCHIVE, Use.TRASH, Use.JUNK, Use.SENT})


def is_private(folder: str) -> bool:
    """Whether the name of the folder or of a parent says it is private, whatever the accents and case."""
    return not _PRIVATE.isdisjoint(re.findall(r"[a-z]+", without_accents(folder)))


@dataclass(frozen=True, slots=True)
class DelegatedScope:
    """What a delegate may see. `only_reception`: the inbox, and drafts for replies."""

    only_reception: bool = False

    def can_see(self, folder: str, use: Use) -> bool:
        if use in _HIDDEN_USES or is_private(folder) or folder.partition("/")[0] == _DELETED:
            return False
        return use in _RECEPTION_USES or not self.only_reception

    def can_receive(self, folder: str, use: Use) -> bool:
        """Whether messages may be moved there."""
        return self.can_see(folder, use) or (use in _TARGET_USES and not is_private(folder))

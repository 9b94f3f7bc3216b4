"""Folders and messages a delegate may see in a delegated mailbox: never what is marked private."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.post.mailstore.privacy import PRIVATE
from vaguemestre.post.mailstore.values import DELETED_MESSAGES, Use

_PRIVATE = frozenset(
    (
        *("personnel", "personnels", "personnelle", "personnelles", "perso", "personal"),
        *("prive", "prives", "privee", "privees", "private"),
    )
)
# « PERSONNEL : … », « Re: [privé] … »: the word alone is no mark, a school writes about its « personnels »
_WORD = "(?:personnel(?:le)?|privee?|personal|private)"
_MARKED_SUBJECT = re.compile(
    rf"\s*(?:(?:re|ref|tr|fw|fwd)\s*:\s*)*{_WORD}\s*(?:[:–—-]|$)|.*[\[(]\s*{_WORD}\s*[\])]", re.DOTALL
)
_DELETED = DELETED_MESSAGES.partition("/")[0]  # its own person's alone: it holds mail of private folders
_MAX_SUBJECT = 300  # characters looked at
_HIDDEN_USES = frozenset({Use.ALL})  # includes messages of private folders
_TARGET_USES = frozenset({Use.INBOX, Use.DRAFTS, Use.ARCHIVE, Use.TRASH, Use.JUNK, Use.SENT})


def is_private(folder: str) -> bool:
    """Whether the name of the folder or of a parent says it is private, whatever the accents and case."""
    return not _PRIVATE.isdisjoint(re.findall(r"[a-z]+", without_accents(folder)))


def is_private_message(subject: str, flags: Collection[str], marks: Collection[str] = (PRIVATE,)) -> bool:
    """Whether the message was marked private, by its author, at delivery or by a label of its owner's."""
    present = {flag.lower() for flag in flags}  # keywords are compared so (RFC 9051 §2.3.2)
    if any(mark.lower() in present for mark in marks):
        return True
    return bool(_MARKED_SUBJECT.match(without_accents(subject[:_MAX_SUBJECT])))


@dataclass(frozen=True, slots=True)
class DelegatedScope:
    """What a delegate may see.

    `only_reception`: the inbox, and of the drafts those they wrote. `draft_mark`: the keyword that marks
    these; empty for who may not write there. `private_labels`: keywords of the labels by which the owner
    says that a message is private.
    """

    only_reception: bool = False
    draft_mark: str = ""
    private_labels: tuple[str, ...] = ()

    def can_see(self, folder: str, use: Use) -> bool:
        if use in _HIDDEN_USES or is_private(folder) or folder.partition("/")[0] == _DELETED:
            return False
        if not self.only_reception:
            return True
        return use is Use.INBOX or (use is Use.DRAFTS and bool(self.draft_mark))

    def sees_own_only(self, use: Use) -> bool:
        """Whether only the delegate's own messages are seen in a folder of that use."""
        return self.only_reception and use is Use.DRAFTS

    def can_receive(self, folder: str, use: Use) -> bool:
        """Whether messages may be moved there."""
        return self.can_see(folder, use) or (use in _TARGET_USES and not is_private(folder))


def draft_mark(account_id: int) -> str:
    """Keyword of the drafts that a delegate writes in the mailbox of somebody else."""
    return f"$DraftOf{account_id}."

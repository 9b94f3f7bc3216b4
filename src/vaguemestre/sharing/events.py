"""Facts about shared mailboxes, past tense."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AccessEnded:
    """Somebody may no longer open a mailbox: whatever they hold open is cut."""

    box_id: int
    account_id: int  # the member's


@dataclass(frozen=True)
class MembersChanged:
    """An access began (`added`), ended (`ended`), or somebody owns it (`owner`); `at` as ISO 8601.

    `by`: an actor, who need not be told.
    """

    box_id: int
    account_id: int
    change: str
    by: str
    at: str

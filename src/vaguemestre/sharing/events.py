"""Facts about shared mailboxes, past tense."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AccessEnded:
    """Somebody may no longer open a mailbox: whatever they hold open is cut."""

    box_id: int
    account_id: int  # the member's


@dataclass(frozen=True)
class MembersChanged:
    """Owners are told who came and who left. `lines`: sentences, ready to be read."""

    box_id: int
    lines: list[str]

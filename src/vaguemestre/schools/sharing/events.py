"""Facts about shared mailboxes, past tense."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AccessEnded:
    """Somebody may no longer open a mailbox: whatever they hold open is cut."""

    box_id: int
    account_id: int  # the member's


@dataclass(frozen=True)
class AccessDue:
    """An access given by dates ends at that moment: announced for then, when it is given."""

    box_id: int


@dataclass(frozen=True)
class WorkChanged:
    """A member began or stopped reading or answering, took care, noted, sent: pages open there show it."""

    box_id: int


@dataclass(frozen=True)
class LetterLeft:
    """A mail program sent a letter from a mailbox; whose hand it was is still to be found.

    It signed in from `network` between `since` and `until` (ISO 8601).
    """

    box_id: int
    message_id: str
    answers: str
    network: str
    since: str
    until: str
    at: str


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

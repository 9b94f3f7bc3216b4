"""Values of removals. Frozen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

# Folder of copies removed from every mailbox at once: only the mail service itself can name it.
REMOVED_COPIES = "_retires/Courriels"
SENDER_SPAN = timedelta(days=30)  # before the report: the sender's messages since then are looked for


class RemovalState(StrEnum):
    COUNTING = "counting"  # who has it is being looked up
    COUNTED = "counted"  # waits for a decision
    AWAITING = "awaiting"  # decided, and too large for one person
    REMOVING = "removing"
    STOPPED = "stopped"  # interrupted; goes on, or is undone, when somebody says so
    REMOVED = "removed"
    UNDO_AWAITING = "undo-wait"  # to be given back, and too large for one person
    RESTORING = "restoring"
    RESTORED = "restored"
    REDOING = "redoing"  # an older database was restored: known copies leave again


class ContentState(StrEnum):
    """Whether the link or the file of a removal is refused to everybody, which takes two people."""

    NONE = ""  # nothing was decided
    WAITS = "waits"
    REFUSED = "refused"
    DECLINED = "declined"


class BoxPhase(StrEnum):
    """The last thing done in a mailbox."""

    LISTED = "listed"  # the steps of messages name it
    COUNTED = "counted"
    REMOVED = "removed"
    RESTORED = "restored"


@dataclass(frozen=True)
class Criteria:
    """Which messages. One Message-ID, or all of an envelope sender (RFC 5321) since a moment; and a subject.

    With a sender, a Message-ID is what that sender sent under it: others may have used it too. Without both,
    what came since that moment and bears the link or the file, else the subject. With one, link and file only
    serve to refuse what comes next.
    """

    message_id: str = ""  # with its angle brackets; or a queue identifier, in the same
    sender: str = ""
    subject: str = ""  # exact, but for white space; empty: any
    link: str = ""  # of a page, of a page with its query, or a host
    file_sha256: str = ""

    @property
    def has_content(self) -> bool:
        """Whether a link or a file is to be refused to everybody."""
        return bool(self.link or self.file_sha256)

    @property
    def is_by_content(self) -> bool:
        """Whether messages are found by what they bear, as the filter told when they arrived."""
        return not (self.message_id or self.sender)


@dataclass(frozen=True)
class SoughtMail:
    """What to look for in one mailbox. A copy is one if a Received field of ours names a queue identifier.

    `arrivals`: queue identifier and when that message was filed there (Unix time), around which its copies
    are looked for; what has one of the Message-IDs is looked at as well, whenever it came. `written_here`:
    Message-IDs that the mailbox submitted; its own copies of those have no Received field.
    """

    queue_ids: frozenset[str]
    arrivals: tuple[tuple[str, int], ...] = ()
    message_ids: tuple[str, ...] = ()
    written_here: frozenset[str] = frozenset()
    subject: str = ""


class MailCopy(NamedTuple):
    """A copy of a message. `guid` survives a move to another folder, `uid` does not."""

    folder: str
    uid: int
    guid: str
    flags: frozenset[str]


class Look(NamedTuple):
    """What was found in a mailbox, and its state (empty: unknown): the same, the same copies."""

    state: str
    copies: Sequence[MailCopy]


@dataclass(frozen=True)
class Box:
    """A mailbox that the message reached, as the security desk sees it.

    `holds_copies`: this removal holds some of it out of sight.
    """

    mailbox: str
    account_id: int | None
    phase: BoxPhase
    copies: int
    seen: int
    answered: int
    error: str
    next_try_at: datetime | None
    holds_copies: bool = False


class BoxHolder(NamedTuple):
    """Owner of a mailbox: a name, and the address that people know."""

    name: str
    address: str


@dataclass(frozen=True)
class Counts:
    """Mailboxes of a removal. `unreached`: whose last attempt failed; `removed`: it holds copies of theirs.

    `holding`: the message was in them when they were last looked into; `restored`: it gave copies back.
    `quarantined`: copies in quarantine that a decision bars from being handed over.
    """

    boxes: int = 0
    holding: int = 0
    opened: int = 0
    answered: int = 0
    copies: int = 0
    done: int = 0
    unreached: int = 0
    removed: int = 0
    restored: int = 0
    quarantined: int = 0


@dataclass(frozen=True)
class RemovalFile:
    """One removal: what is looked for, its state, who decided. People are journal actors (`account:7`)."""

    removal_id: int
    criteria: Criteria
    state: RemovalState
    note: str
    asked_by: str
    asked_at: datetime
    decided_by: str
    approved_by: str
    undone_by: str
    counts: Counts
    content: ContentState = ContentState.NONE


class Undone(NamedTuple):
    """UIDs of removed copies by the folder each came from, and how many they are."""

    uids: Mapping[str, list[int]]
    total: int

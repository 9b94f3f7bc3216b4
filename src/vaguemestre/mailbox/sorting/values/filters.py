"""Filters, the messages they test, their runs on received mail."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Aspect(StrEnum):
    """Property of a message that a condition tests."""

    SENDER = "sender"  # name and address
    RECIPIENT = "recipient"
    SENDER_ADDRESS = "sender-address"
    RECIPIENT_ADDRESS = "recipient-address"
    SUBJECT = "subject"
    TEXT = "text"
    LIST = "list"
    SIZE = "size"  # over that many megabytes
    ATTACHMENT = "attachment"  # has one
    OUTSIDE = "outside"  # comes from outside the académie
    SINCE = "since"  # received that day or later
    UNTIL = "until"  # received that day or before


class Relation(StrEnum):
    """How a condition compares the property with its text."""

    CONTAINS = "contains"
    LACKS = "lacks"
    IS = "is"


@dataclass(frozen=True, slots=True)
class Condition:
    """One test on a message.

    `text`: words, megabytes (SIZE), an ISO day of Paris (SINCE, UNTIL), or "" (ATTACHMENT, OUTSIDE).
    """

    aspect: Aspect
    relation: Relation = Relation.CONTAINS
    text: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Actions on a matching message. Folders by name ("" = none); a copy leaves the message where it is.

    `forward_to`: address that receives a copy. `discards`: move to the trash. `stops`: skip later filters.
    """

    move_to: str = ""
    copy_to: str = ""
    is_read: bool = False
    is_flagged: bool = False
    stops: bool = True
    label: str = ""
    forward_to: str = ""
    discards: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """Filter of the owner's list: conditions and actions. `filter_id` 0: not stored yet."""

    name: str
    conditions: tuple[Condition, ...]
    outcome: Outcome
    matches_all: bool = True
    is_on: bool = True
    filter_id: int = 0


@dataclass(frozen=True, slots=True)
class ImportedScript:
    """Filters translated from another program's script, and the `rest` that stays a script.

    `absence_replies`: number of replies left to the page of absences. `skipped_rules`: number of disabled
    rules that no filter expresses.
    """

    filters: tuple[Filter, ...]
    rest: str = ""
    absence_replies: int = 0
    skipped_rules: int = 0


@dataclass(frozen=True, slots=True)
class FolderChoice:
    """Folder offered as a target: its name in the engine, its `label` on pages."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class MessageSummary:
    """Properties of a received message that filters test. `text` and `list_id`: only of a message read whole.

    `return_path`: envelope sender, "" when unknown. `key`: id of the message in the mail store.
    """

    sender: str  # "Name <address>"
    sender_address: str
    recipients: str  # "Name <address>, …"
    recipient_addresses: tuple[str, ...]
    subject: str
    size: int
    has_attachment: bool
    received: datetime | None = None
    list_id: str = ""
    text: str = field(default="", repr=False)
    return_path: str = ""
    key: str = ""


class BackfillState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class BackfillProgress:
    """Progress of a filter over the messages already received, in messages."""

    filter_name: str
    state: BackfillState
    examined: int
    total: int
    matched: int

"""Nouns of sorting."""

from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

SCRIPT_NAME = "vaguemestre"  # ours among the scripts of a mailbox; every other name is somebody else's


@dataclass(frozen=True, slots=True)
class Absence:
    """What somebody wants answered while away. Days and hours are those of Paris; both ends are included.

    Without an hour the absence begins with its first day and ends with its last. An empty text answers nobody
    of that kind. `days` between two replies to one person.
    """

    is_on: bool
    starts_on: date
    ends_on: date
    internal_text: str
    external_text: str
    subject: str = ""
    days: int = 7
    starts_at: time | None = None
    ends_at: time | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose mail is sorted: the login inside the engines, the name and address replies leave under.

    `addresses`: every address that is theirs; `internal_domains`: where colleagues write from.
    """

    account_id: int
    mailbox: str
    name: str
    address: str
    addresses: tuple[str, ...]
    internal_domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """Whether Dovecot holds what was last saved, and another program's script that ours includes."""

    is_done: bool
    kept: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """The scripts of a mailbox and the one that runs ("" = none)."""

    names: tuple[str, ...]
    active: str


class Disclosure(StrEnum):
    """What an external text tells strangers."""

    PHONE = "phone"
    HEALTH = "health"


@dataclass(frozen=True, slots=True)
class Preview:
    """A reply as its receiver will read it."""

    sender: str
    subject: str
    text: str = field(repr=False)


class Aspect(StrEnum):
    """What of a message a condition looks at."""

    SENDER = "sender"
    RECIPIENT = "recipient"
    SUBJECT = "subject"
    TEXT = "text"
    LIST = "list"
    SIZE = "size"  # over that many megabytes
    ATTACHMENT = "attachment"  # has one
    OUTSIDE = "outside"  # comes from outside the académie


class Relation(StrEnum):
    CONTAINS = "contains"
    LACKS = "lacks"
    IS = "is"


@dataclass(frozen=True, slots=True)
class Condition:
    """`text` is words, a number of megabytes (SIZE), or nothing (ATTACHMENT, OUTSIDE)."""

    aspect: Aspect
    relation: Relation = Relation.CONTAINS
    text: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happens to a message that fits. Folders by name ("" = none); a copy leaves it in its place.

    `stops`: filters that come after are not tried.
    """

    move_to: str = ""
    copy_to: str = ""
    is_read: bool = False
    is_flagged: bool = False
    stops: bool = True


@dataclass(frozen=True, slots=True)
class Filter:
    """`Si … alors …`, in the order of the person's list."""

    name: str
    conditions: tuple[Condition, ...]
    outcome: Outcome
    matches_all: bool = True
    is_on: bool = True
    filter_id: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """A folder mail may be filed in: its name for the engine, its name on pages."""

    name: str
    shown: str


@dataclass(frozen=True, slots=True)
class Glance:
    """What a list tells of a received message, enough to try most conditions on."""

    sender: str  # name and address
    sender_address: str
    recipients: str  # names and addresses
    recipient_addresses: tuple[str, ...]
    subject: str
    size: int
    has_attachment: bool

"""Nouns of distribution lists. Frozen; nothing here knows Django or a wire."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    RULE = "rule"  # the directory says who is in it
    MANUAL = "manual"  # subscribers, one by one


class Writers(StrEnum):
    """Whose mail goes through without anybody's word."""

    KEEPERS = "keepers"  # owners and moderators
    MEMBERS = "members"
    INSIDE = "inside"  # anybody of the académie
    ANYBODY = "anybody"


class ReplyTo(StrEnum):
    AUTHOR = "author"
    LIST = "list"
    OWNERS = "owners"


class Files(StrEnum):
    """What becomes of attachments."""

    KEEP = "keep"
    LINK = "link"


class Part(StrEnum):
    OWNER = "owner"
    MODERATOR = "moderator"


class State(StrEnum):
    """Where a letter is."""

    HELD = "held"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    DROPPED = "dropped"  # a machine's mail, a loop: nobody is told
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Criteria:
    """What one post must be for its person to be in. Empty: anything; several of one kind: any of them."""

    functions: tuple[str, ...] = ()
    corps: tuple[str, ...] = ()
    disciplines: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    uais: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, name) for name in self.__slots__)


@dataclass(frozen=True, slots=True)
class Rule:
    """Somebody is in when one of their posts meets one of `any` and none meets one of `besides`."""

    any: tuple[Criteria, ...] = ()
    besides: tuple[Criteria, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody a letter goes to. `person_id` 0: somebody from outside; `reasons`: why, in words."""

    address: str
    name: str
    person_id: int = 0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known of a message that came to a list, before anything is decided.

    `author_id`: the account that certainly wrote it (signed in, under its own From); 0 for anybody else.
    `roots`: the Message-IDs it answers.
    """

    sender: str
    sender_name: str
    message_id: str
    subject: str
    size: int
    author_id: int = 0
    has_files: bool = False
    is_machine: bool = False  # a bounce, an absence, a notice
    loops: bool = False  # it went through this list already
    other_list: bool = False
    roots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """How a list takes mail."""

    writers: Writers
    is_moderated: bool
    refuses_others: bool
    files: Files


@dataclass(frozen=True, slots=True)
class Standing:
    """Who the author is to the list, and what goes on in the conversation."""

    is_keeper: bool = False
    is_member: bool = False
    members: int = 0
    answers_lately: int = 0  # answers to the same conversation, in the last hour
    is_twice: bool = False  # that Message-ID came to this list before


@dataclass(frozen=True, slots=True)
class Decision:
    """`state` is SENDING (it goes through), HELD, REFUSED or DROPPED; `reason`: why it does not."""

    state: State
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is written on every copy of a letter. Addresses of pages are whole."""

    address: str
    title: str
    why: str  # page that answers « Pourquoi ai-je reçu ce message ? »
    archive: str  # empty: none
    owners: tuple[str, ...]
    reply_to: ReplyTo
    leave: str = ""  # page that takes a POST and ends the subscription (RFC 8058); empty: nobody leaves
    help: str = ""


@dataclass(frozen=True, slots=True)
class LinkedFile:
    """An attachment left in the archive: where it is read."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class ListCard:
    """A list as pages name it."""

    list_id: int
    address: str
    title: str
    description: str
    kind: Kind
    is_closed: bool = False
    held: int = 0
    is_keeper: bool = False
    is_owner: bool = False
    is_member: bool = False
    may_leave: bool = False
    may_join: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """Who a list is made of today: how many, some of them with their reasons."""

    count: int
    sample: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True)
class Addressed:
    """A list as somebody about to write to it sees it. `counted` None: not for them to know."""

    address: str
    title: str
    waits: bool
    counted: Counted | None = None


@dataclass(frozen=True, slots=True)
class LetterShown:
    """A letter in a list of letters."""

    letter_id: int
    public_id: str
    sender: str
    sender_name: str
    subject: str
    state: State
    reason: str
    received_at: datetime
    due_at: datetime | None
    size: int
    recipients: int
    decided_by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CopyShown:
    """One recipient of a letter and what became of their copy."""

    address: str
    name: str
    reasons: tuple[str, ...]
    mark: str  # waiting, accepted, delayed, delivered, refused, skipped
    at: datetime | None = None
    reason: str = ""  # a refusal's code


@dataclass(frozen=True, slots=True)
class Fates:
    """How many copies are in each state."""

    total: int
    by_mark: dict[str, int] = field(default_factory=dict)

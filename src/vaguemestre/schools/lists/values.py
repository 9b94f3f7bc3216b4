"""Values of distribution lists. Frozen; no Django, no protocol."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    RULE = "rule"  # members come from the directory
    MANUAL = "manual"  # members are subscribed one by one


class Writers(StrEnum):
    """Who may write to a list."""

    MANAGERS = "keepers"  # owners and moderators
    MEMBERS = "members"
    INSIDE = "inside"  # anybody of the académie
    ANYBODY = "anybody"


class ReplyTo(StrEnum):
    AUTHOR = "author"
    LIST = "list"
    OWNERS = "owners"


class Files(StrEnum):
    """What to do with attachments."""

    KEEP = "keep"
    LINK = "link"


class Role(StrEnum):
    """Role of a manager of a list."""

    OWNER = "owner"
    MODERATOR = "moderator"
    HEAD = "head"  # owner as head of the school of the list; never stored


class State(StrEnum):
    """State of a letter."""

    HELD = "held"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    DROPPED = "dropped"  # automatic mail, a loop: nobody is notified
    STOPPED = "stopped"


DECIDER_LEFT = "lists.decider-left"  # reason of letters whose acceptance counts no more


class NoticeKind(StrEnum):
    """Notice about a letter."""

    HELD = "held"  # to its author
    REFUSED = "refused"  # to its author
    TO_DECIDE = "to-decide"  # to the managers


@dataclass(frozen=True, slots=True)
class Criteria:
    """Criteria for a post. An empty field matches anything, several values match any of them."""

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
    """Members: people with a post that matches one of `any`, and none that matches one of `besides`."""

    any: tuple[Criteria, ...] = ()
    besides: tuple[Criteria, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a list. `person_id` 0: external; `reasons`: why they are a member, in French."""

    address: str
    name: str
    person_id: int = 0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscription:
    """A member and the id of their subscription; 0 in a rule list."""

    subscriber_id: int
    member: Member


class Manager(NamedTuple):
    """An owner or a moderator of a list; the head of its school included."""

    account_id: int
    name: str
    address: str
    role: Role


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A message delivered to a list, before any decision.

    `author_id`: the account that wrote it, if authenticated under its own From; 0 otherwise.
    `references`: Message-IDs of the messages it replies to.
    """

    sender: str
    sender_name: str
    message_id: str
    subject: str
    size: int
    author_id: int = 0
    has_files: bool = False
    is_automatic: bool = False  # a bounce, a vacation reply, a notice
    is_loop: bool = False  # it went through this list before
    is_from_list: bool = False  # it comes from another list
    is_redirected: bool = False  # a Sieve script sent it on: its author did not write to the list
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """How a list accepts mail."""

    writers: Writers
    is_moderated: bool
    refuses_others: bool
    files: Files


@dataclass(frozen=True, slots=True)
class AuthorStanding:
    """The author's relation to the list, and the activity of the conversation."""

    is_manager: bool = False
    is_member: bool = False
    members: int = 0
    recent_replies: int = 0  # replies in the same conversation, in the last hour
    is_duplicate: bool = False  # that Message-ID was delivered to this list before


@dataclass(frozen=True, slots=True)
class Decision:
    """`state` is SENDING (accepted), HELD, REFUSED or DROPPED; `reason`: code of why it was not accepted."""

    state: State
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ListDetails:
    """The list's data in every copy of a letter. URLs are absolute."""

    address: str
    title: str
    why_url: str  # « Pourquoi ai-je reçu ce message ? »
    archive_url: str  # empty without archive
    owners: tuple[str, ...]
    reply_to: ReplyTo
    unsubscribe_url: str = ""  # one-click unsubscription by POST (RFC 8058); empty if nobody may leave
    help_url: str = ""


@dataclass(frozen=True, slots=True)
class LinkedFile:
    """An attachment that stays in the archive."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class ListCard:
    """A list in « Mes listes », and what the person may do with it."""

    list_id: int
    address: str
    title: str
    description: str
    kind: Kind
    is_closed: bool = False
    held: int = 0
    is_manager: bool = False
    is_owner: bool = False
    is_member: bool = False
    may_leave: bool = False
    may_join: bool = False


class FoundList(NamedTuple):
    """A list that a search finds. `may_open`: whether who searches manages it."""

    list_id: int
    title: str
    address: str
    may_open: bool


class ManagedList(NamedTuple):
    """A list that somebody manages, as a link names it."""

    list_id: int
    title: str


@dataclass(frozen=True, slots=True)
class Audience:
    """Members of a list today: how many, and a sample with reasons."""

    count: int
    sample: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True)
class AddressedList:
    """A list as its writers see it. `audience` None: they may not see its members."""

    address: str
    title: str
    is_held: bool  # their message would await moderation
    audience: Audience | None = None


@dataclass(frozen=True, slots=True)
class LetterSummary:
    """One row of a list of letters."""

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
    tells_author: bool = False  # of a refusal: an author whose account is known here


class HeldLetters(NamedTuple):
    """How many letters of a list await a decision."""

    list_id: int
    title: str
    letters: int


@dataclass(frozen=True, slots=True)
class CopyStatus:
    """Delivery status of one recipient's copy."""

    address: str
    name: str
    reasons: tuple[str, ...]
    state: str  # outbox DeliveryState, or "waiting"
    at: datetime | None = None
    reason: str = ""  # code of a refusal


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """How many copies are in each delivery state (outbox DeliveryState, or "waiting")."""

    total: int
    by_state: dict[str, int] = field(default_factory=dict)

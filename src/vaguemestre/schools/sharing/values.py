"""Values of shared mailboxes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from vaguemestre.foundation.kernel.times import paris_day


class Right(StrEnum):
    """What a member may do. Each right includes the ones before it."""

    READ = "read"
    SORT = "sort"
    SEND = "send"
    MANAGE = "manage"

    @property
    def covers(self) -> frozenset["Right"]:
        """This right and the lesser ones."""
        ranked = list(Right)
        return frozenset(ranked[: ranked.index(self) + 1])


class BoxKind(StrEnum):
    """What a mailbox is for."""

    SCHOOL = "school"  # ce.<UAI>, one for each establishment
    STEWARDSHIP = "stewardship"  # intendance
    DISTRICT = "district"  # circonscription
    SERVICE = "service"
    PROJECT = "project"
    PERSON = "person"  # a person's own, delegated while they are away


class Source(StrEnum):
    """Origin of a membership."""

    POST = "post"  # the HR feed: the member holds the post
    HAND = "hand"  # an owner, or an administrator


class MembershipChange(StrEnum):
    """What `MembersChanged` announces."""

    ADDED = "added"
    ENDED = "ended"
    HANDS_OVER = "hands-over"  # owner no more, they read on for some days
    OWNER = "owner"
    MANAGER = "manager"


class PresenceKind(StrEnum):
    """What a member is doing with a message."""

    READS = "reads"
    ANSWERS = "answers"


class CopiesAct(StrEnum):
    """What a member does of a mailing, one message in many copies."""

    SENT = "sent"
    SCHEDULED = "scheduled"
    STOPPED = "stopped"
    RESUMED = "resumed"


@dataclass(frozen=True, slots=True)
class LeadershipPost:
    """A post that makes its holder the owner of the school's mailbox: its head, or else a deputy."""

    person_id: int
    is_head: bool
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Access:
    """A member's access to a mailbox. `account_id` and `mailbox` are those of the box."""

    box_id: int
    account_id: int
    mailbox: str
    address: str  # as displayed
    title: str
    kind: BoxKind
    right: Right
    is_owner: bool
    ends_at: datetime | None

    @property
    def last_day(self) -> date | None:
        """The last day of access, inclusive."""
        return _last_day(self.ends_at)

    def may(self, right: Right) -> bool:
        return right in self.right.covers


@dataclass(frozen=True, slots=True)
class Overlap:
    """Days of access before a head's post begins (`before`) and after it ends (`after`, to read only)."""

    before: int = 15
    after: int = 0


DEFAULT_OVERLAP = Overlap()


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member in the list of members."""

    member_id: int
    account_id: int
    name: str
    address: str
    detail: str
    right: Right
    is_owner: bool
    source: Source
    starts_at: datetime
    ends_at: datetime | None
    is_upcoming: bool
    inbox_only: bool = False
    is_away: bool = False  # access is suspended; the reason is not shown to the other members

    @property
    def last_day(self) -> date | None:
        """The last day of access, inclusive."""
        return _last_day(self.ends_at)


@dataclass(frozen=True, slots=True)
class MembershipTerms:
    """The right and the days an owner gives. Days are inclusive; `ends_on` is None without an end."""

    right: Right
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class NewBox:
    """A mailbox to be requested. `local`: the local part of its address."""

    kind: BoxKind
    local: str
    title: str
    reason: str


class BoxRequestState(StrEnum):
    """Where a request for a mailbox stands."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class BoxRequestRow:
    """A request for a mailbox, in the lists of its requester and of administrators."""

    request_id: int
    kind: BoxKind
    address: str
    title: str
    reason: str
    requester: str
    asked_at: datetime
    state: BoxRequestState
    answer: str


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message of a mailbox and the root of its conversation, by their Message-IDs."""

    box_id: int
    message_id: str
    root: str


class MessageLocation(NamedTuple):
    """Place of a message in the mail store."""

    folder: str
    uid_validity: int
    uid: int


@dataclass(frozen=True, slots=True)
class PresentMember:
    """A member who has the message open now."""

    name: str
    is_answering: bool


@dataclass(frozen=True, slots=True)
class NoteRow:
    """An internal note on a conversation."""

    name: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SentAnswer:
    """An answer to the message, and the member who sent it."""

    name: str
    account_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Collaboration:
    """What members know of each other's work on a message."""

    present: tuple[PresentMember, ...]
    assignee: str
    assignee_id: int
    assigned_at: datetime | None
    assigned_by: str
    is_closed: bool
    answers: tuple[SentAnswer, ...]
    sent_by: str
    notes: tuple[NoteRow, ...]

    @property
    def is_answered(self) -> bool:
        """Whether a reply left, or this is what a member sent: nobody has to see to it."""
        return bool(self.answers or self.sent_by)


@dataclass(frozen=True, slots=True)
class InboxMessage:
    """A message of the inbox, as the mail store reports it; `snoozed_until`: it is away till then."""

    message_id: str
    sender: str
    subject: str
    at: datetime
    is_answered: bool
    is_automatic: bool
    location: MessageLocation
    snoozed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class FollowUpRow:
    """A message of the inbox with its assignee and its first answer."""

    message: InboxMessage
    assignee: str
    answered_by: str
    answered_at: datetime | None
    is_closed: bool

    @property
    def is_waiting(self) -> bool:
        """Whether it was neither answered nor closed."""
        return not (self.answered_by or self.message.is_answered or self.is_closed)


class ActivityRecord(NamedTuple):
    """An action to record: on which message (`folder/uid_validity/uid`) or folder, on how many messages."""

    action: str
    place: str
    number: int


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """A line of the activity of a mailbox, in French."""

    name: str
    action: str
    folder: str
    number: int
    at: datetime
    location: MessageLocation | None = None  # where the message was at that moment


def _last_day(ends_at: datetime | None) -> date | None:
    return paris_day(ends_at - timedelta(seconds=1)) if ends_at else None

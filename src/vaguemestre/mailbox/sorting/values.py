"""Nouns of sorting."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import IntEnum, StrEnum

# Ours among the scripts of a mailbox; every other name is somebody else's.
SCRIPT_NAME = "vaguemestre"
SPAM_SCRIPT = "vaguemestre-indesirables"  # read before the rule of everybody: whom never to put aside
EXPERT_SCRIPT = "vaguemestre-expert"  # written by hand on our page
# What `compose` and `compose_absence` write, counted: scripts of an older form are written again.
SCRIPT_FORM = 1
OURS = frozenset({SCRIPT_NAME, SPAM_SCRIPT, EXPERT_SCRIPT})


class Place(IntEnum):
    """Which of somebody's absences: two may be prepared, one comes back every week, one is set by the desk,
    one is what is answered for somebody who left.

    In the order in which they are tried: two at once send one reply.
    """

    FIRST = 1
    SECOND = 2
    WEEKLY = 3
    DESK = 4
    LEFT = 5


@dataclass(frozen=True, slots=True)
class Absence:
    """What somebody wants answered while away. Days and hours are those of Paris; both ends are included.

    Without an hour the absence begins with its first day and ends with its last. An empty text answers nobody
    of that kind. `days` between two replies to one person.

    `weekdays` (ISO, 1 = Monday; none = every day): the only days on which it answers. `is_rich`: the texts
    are HTML. `only_known`: outside, only people of the address book are answered. `replacement_id`: the
    person whose card ends the internal text. `only_to`: only what was sent to an address of that domain.
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
    place: Place = Place.FIRST
    weekdays: tuple[int, ...] = ()
    is_rich: bool = False
    only_known: bool = False
    replacement_id: int | None = None
    only_to: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """Somebody to write to meanwhile: name, function and school, address."""

    person_id: int
    name: str
    detail: str
    address: str


@dataclass(frozen=True, slots=True)
class Model:
    """A text ready to be changed, for colleagues and for the others."""

    key: str
    name: str
    internal_text: str
    external_text: str


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose mail is sorted: the login inside the engines, the name and address replies leave under.

    `addresses`: every address that is theirs; `internal_domains`: where colleagues write from, once signed
    in; `proved_domains`: others counted as colleagues when the server that received the message proved them.
    `known`: the addresses of their address book, read when something asks for it. `screens`: addresses they
    write to families by, which a reply must not see through.
    """

    account_id: int
    mailbox: str
    name: str
    address: str
    addresses: tuple[str, ...]
    internal_domains: tuple[str, ...]
    proved_domains: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    screens: tuple[str, ...] = ()


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
    html: str = field(default="", repr=False)


class Aspect(StrEnum):
    """What of a message a condition looks at."""

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
    CONTAINS = "contains"
    LACKS = "lacks"
    IS = "is"


@dataclass(frozen=True, slots=True)
class Condition:
    """`text`: words, megabytes (SIZE), an ISO day of Paris (SINCE, UNTIL), or "" (ATTACHMENT, OUTSIDE)."""

    aspect: Aspect
    relation: Relation = Relation.CONTAINS
    text: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happens to a message that fits. Folders by name ("" = none); a copy leaves it in its place.

    `label`: a name the message is marked with. `forward_to`: an address that gets a copy. `discards`: it goes
    to the trash. `stops`: filters that come after are not tried.
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
    """`Si … alors …`, in the order of the person's list."""

    name: str
    conditions: tuple[Condition, ...]
    outcome: Outcome
    matches_all: bool = True
    is_on: bool = True
    filter_id: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """What a script of another program says in filters, and the `rest` that stays a script.

    `absences`: replies that belong to the page of absences. `left_out`: rules that were off, and unsayable.
    """

    filters: tuple[Filter, ...]
    rest: str = ""
    absences: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class SpamChoice:
    """What becomes of unwanted mail. `allowed` and `denied`: addresses, or `@domain` for all of a domain.

    `is_sorted`: what the content filter calls spam goes to Junk.
    """

    is_sorted: bool = True
    allowed: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decided:
    """All that somebody decided about their mail. `cards`: of the replacements, by person.

    `stays_here`: nothing is sent on, whatever was decided, for as long as they are away.
    """

    absences: tuple[Absence, ...] = ()
    filters: tuple[Filter, ...] = ()
    spam: SpamChoice = SpamChoice()
    expert: str = ""
    cards: Mapping[int, Card] = field(default_factory=dict)
    stays_here: bool = False


@dataclass(frozen=True, slots=True)
class ScriptError:
    """Where a hand-written script is wrong (line 0: nowhere in particular)."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Written:
    """A script as it stands in the mailbox."""

    name: str
    content: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A folder mail may be filed in: its name for the engine, its name on pages."""

    name: str
    shown: str


@dataclass(frozen=True, slots=True)
class Glance:
    """What is known of a received message. `text` and `list_id` only when they were asked for.

    `return_path`: the sender of the envelope, "" when unknown. `key`: how the mail store calls the message.
    """

    sender: str  # name and address
    sender_address: str
    recipients: str  # names and addresses
    recipient_addresses: tuple[str, ...]
    subject: str
    size: int
    has_attachment: bool
    received: datetime | None = None
    list_id: str = ""
    text: str = field(default="", repr=False)
    return_path: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far filters are with the messages that were already there. `state`: running, done, failed."""

    filter_name: str
    state: str
    seen: int
    whole: int
    taken: int

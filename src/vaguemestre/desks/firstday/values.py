"""What the card of the first day knows, and what it shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """What is to be done, in the order in which it is best done."""

    FACTORS = "factors"
    CERTIFICATE = "certificate"
    DNS = "dns"
    BACKUP = "backup"
    FEED = "feed"
    OFFICERS = "officers"
    HELPDESK = "helpdesk"


class Seen(StrEnum):
    """How far something of the machine is: nothing is set, set but not seen to work, works."""

    UNSET = "unset"
    AWAITED = "awaited"
    WORKS = "works"


@dataclass(frozen=True, slots=True)
class Facts:
    """`bare_administrators`: accounts without a second factor. `unserved`: services without an officer."""

    bare_administrators: Sequence[int]
    certificate: Seen
    is_dns_right: bool
    backup: Seen
    has_feed: bool
    services: int
    unserved: int
    has_helpdesk: bool


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A line of the card. `address`, `verb`: of the link that does it. `is_asked_apart`: told later."""

    icon: str
    title: str
    detail: str
    is_done: bool
    address: str = ""
    verb: str = ""
    is_asked_apart: bool = False

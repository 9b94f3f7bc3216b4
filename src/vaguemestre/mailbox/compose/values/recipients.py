"""Recipients, and suggestions of them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class RecipientKind(StrEnum):
    INSIDE = "inside"  # of the académie
    OUTSIDE = "outside"
    CLASS = "class"
    UNKNOWN = "unknown"  # no mailbox receives at that address


class ListMember(NamedTuple):
    """Member of a distribution list, and the reason why they receive its messages."""

    name: str
    reason: str


@dataclass(frozen=True)
class DistributionList:
    """Distribution list. `count` None: hidden from this writer. `waits`: messages wait for a moderator."""

    address: str
    name: str
    count: int | None = None
    sample: tuple[ListMember, ...] = ()
    waits: bool = False


@dataclass(frozen=True)
class RecipientInfo:
    """What the composer shows about a recipient. `detail`: function and school."""

    address: str
    kind: RecipientKind
    name: str = ""
    detail: str = ""
    has_homonyms: bool = False
    absent_until: date | None = None
    distribution_list: DistributionList | None = None


@dataclass(frozen=True)
class Suggestion:
    """Suggested recipient; `detail` tells homonyms apart (function and school, or the address book).

    A group has `members`, (name, address) each, and no address.
    """

    name: str
    address: str
    detail: str
    members: tuple[tuple[str, str], ...] = ()

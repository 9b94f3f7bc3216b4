"""Values of the quarantine. Frozen."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Reason(StrEnum):
    """Why a message is in quarantine, as the filter writes it."""

    VIRUS = "virus"
    FRAUD = "fraud"  # a link of the security desk's list
    MACRO = "macro"


class State(StrEnum):
    HELD = "held"
    RELEASING = "releasing"  # asked for; the worker moves it
    RELEASED = "released"


class Verdict(NamedTuple):
    """`detail`: name of the virus, listed host, or kind of document."""

    reason: Reason
    detail: str


@dataclass(frozen=True)
class FoundMail:
    """A message in the quarantine of a mailbox. `guid` survives moves; `verdict`: the filter's own words."""

    guid: str
    arrived_at: datetime
    verdict: str
    message_id: str
    sender: str  # of the envelope
    author: str  # header From
    subject: str


class InfectedCopy(NamedTuple):
    """A copy, in a folder in sight, in which the virus check found something when it was back."""

    folder: str
    uid: int
    mail: FoundMail


@dataclass(frozen=True)
class Quarantined:
    """One line of a page."""

    number: int
    mailbox: str
    account_id: int | None
    arrived_at: datetime
    reason: Reason
    detail: str
    sender: str
    author: str
    subject: str
    state: State

    @property
    def may_be_released(self) -> bool:
        return self.state is State.HELD and self.reason is not Reason.VIRUS


class HeldLetter(NamedTuple):
    """A message that its owner may have handed over. `senders`: addresses of its envelope and header."""

    senders: tuple[str, ...]
    subject: str
    message_id: str


class ToldMessage(NamedTuple):
    """What a digest says of a message."""

    arrived_at: datetime
    reason: Reason
    sender: str

"""Values of reports. Frozen."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class ImagePolicy(StrEnum):
    """What to do with a sender's remote images. ASK by default."""

    ASK = "ask"
    ALWAYS = "always"
    NEVER = "never"


class ReportKind(StrEnum):
    JUNK = "junk"
    PHISHING = "phishing"


@dataclass(frozen=True)
class Reported:
    """One report, as an administrator sees it. `header`: of the message, cut; its text is never stored."""

    id: int
    kind: str
    sender: str
    subject: str
    header: str
    by: str
    at: datetime
    count: int  # open reports about the same sender
    is_done: bool


class ReportedLetter(NamedTuple):
    """`sender`: of the header, which is not always that of the envelope; `header`: the copy's own, cut."""

    message_id: str
    sender: str
    subject: str
    header: str


class CastVote(NamedTuple):
    is_junk: bool
    at: datetime


class VotedMessage(NamedTuple):
    """Place of the message when it was voted on: it may have moved since."""

    mailbox: str
    folder: str
    message_id: str

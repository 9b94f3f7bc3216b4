"""Nouns of what readers say of senders. Frozen."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Showing(StrEnum):
    """What becomes of a sender's remote pictures. ASK unless the reader said otherwise."""

    ASK = "ask"
    ALWAYS = "always"
    NEVER = "never"


class Kind(StrEnum):
    JUNK = "junk"
    PHISHING = "phishing"


@dataclass(frozen=True)
class Reported:
    """One report, as an administrator sees it. `header`: that of the message, cut; never its text."""

    id: int
    kind: str
    sender: str
    subject: str
    header: str
    by: str
    at: datetime
    count: int  # reports of the same Message-ID or sender still waiting
    is_done: bool

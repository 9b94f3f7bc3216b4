"""Values of the home page."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple


@dataclass(frozen=True)
class Tile:
    """An application of « Mes applications ». `key` identifies it among favourites; `logo` may be ""."""

    key: str
    address: str
    icon: str
    title: str
    purpose: str
    logo: str = ""
    is_favourite: bool = False


class Retention(NamedTuple):
    """A category of data and how long it is kept, in French."""

    category: str
    duration: str


@dataclass(frozen=True)
class ProcessingSheet:
    """A sheet of the record of processing activities (GDPR art. 30), in French. `key`: names its file."""

    key: str
    purpose: str
    basis: str
    persons: str
    data: str
    source: str
    recipients: str
    security: str
    retentions: tuple[Retention, ...]


EVERY_ACADEMY = 0


class Importance(StrEnum):
    """The importance of an announcement."""

    PLAIN = "plain"
    WARNING = "warning"


@dataclass(frozen=True)
class Announcement:
    """A message of the académie, shown on home pages between two days, inclusive.

    `academy_id`: whose people read it, 0 for everybody. `is_mailed`: it is sent by mail too, by the act
    `mail_act_id` once that is prepared.
    """

    title: str
    text: str
    importance: Importance
    starts_on: date
    ends_on: date
    announcement_id: int = 0
    academy_id: int = 0
    is_mailed: bool = False
    mail_act_id: int = 0


class Task(StrEnum):
    """A task of the home page's « À faire »."""

    CHARTER = "charter"
    SECOND_FACTOR = "second-factor"
    RECOVERY_CONTACT = "recovery-contact"


class Step(StrEnum):
    """A step that the first visit proposes."""

    SIGNATURE = "signature"
    PHONE = "phone"
    ABSENCE = "absence"


@dataclass(frozen=True)
class UnreadMessage:
    """An unread message of the home page. `path`: its address; `when`: in words."""

    path: str
    sender: str
    subject: str
    preview: str
    when: str


@dataclass(frozen=True)
class MailboxUsage:
    """The usage of a mailbox, in bytes and whole per cent."""

    used: int
    limit: int

    @property
    def percent(self) -> int:
        return min(100, 100 * self.used // self.limit) if self.limit else 0

    @property
    def is_full(self) -> bool:
        """Whether no more mail comes in."""
        return 0 < self.limit <= self.used

    @property
    def is_nearly_full(self) -> bool:
        """Whether the page advises to make room: from 90 %."""
        return self.percent >= 90


class Errand(NamedTuple):
    """Something to do, on the home page until it is done. `verb`: the words of its button."""

    title: str
    purpose: str
    address: str
    icon: str
    verb: str

"""What the reader's pages leave for the worker."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class PreviewWanted:
    """Somebody waits for an office document. `chain`: the enclosed messages it lies in, if any."""

    long_work: ClassVar[bool] = True

    key: str
    mailbox: str
    folder: str
    uid_validity: int
    uid: int
    chain: str
    number: str


@dataclass(frozen=True)
class BulkAsked:
    """Something is to be done to very many messages."""

    long_work: ClassVar[bool] = True

    bulk_id: int


@dataclass(frozen=True)
class ReminderDue:
    """A message comes back, or its answer is missed."""

    reminder_id: int


@dataclass(frozen=True)
class RemindersDue:
    """Very many messages of somebody come back at one moment."""

    long_work: ClassVar[bool] = True

    account_id: int

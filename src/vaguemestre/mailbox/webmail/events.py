"""Events of the webmail. Queued jobs name them: renaming one strands its jobs."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class PreviewRequested:
    """A user wants an office document as PDF. `chain`: part numbers of the enclosed messages around it."""

    # somebody outside chose how long a document takes: no list and no mailing waits behind it
    queue: ClassVar[str] = "imports"

    key: str
    mailbox: str
    folder: str
    uid_validity: int
    uid: int
    chain: str
    number: str


@dataclass(frozen=True)
class BulkRequested:
    """A bulk action has messages left to process."""

    long_work: ClassVar[bool] = True

    bulk_id: int


@dataclass(frozen=True)
class ReminderDue:
    """A snoozed message is due, or an awaited answer is late."""

    reminder_id: int


@dataclass(frozen=True)
class RemindersDue:
    """Many snoozed messages of one account are due together."""

    long_work: ClassVar[bool] = True

    account_id: int

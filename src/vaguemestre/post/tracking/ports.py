"""What the pages of sent mail and of searches show of other rooms."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from vaguemestre.foundation.kernel.slots import Slot


class UnfinishedMailing(NamedTuple):
    """A mailing, one copy for each, that is to leave, is leaving, or was stopped. `key`: of its composer."""

    key: str
    subject: str
    copies: int
    due_at: datetime | None
    is_to_come: bool
    is_stopped: bool


class UnfinishedMailings(Protocol):
    """The mailings of a mailbox that have not ended, the next to leave first."""

    def __call__(self, account_id: int, now: datetime) -> Sequence[UnfinishedMailing]: ...


class RemovedCopy(NamedTuple):
    """A mailbox that the security desk took a message out of, or gave it back to. `number`: its removal."""

    mailbox: str
    at: datetime
    number: int
    is_given_back: bool


class CopiesRemoved(Protocol):
    def __call__(self, queue_ids: Collection[str], account_ids: Collection[int]) -> Sequence[RemovedCopy]:
        """What became of these messages in the mailboxes of these accounts, oldest first."""
        ...


copies_removed: Slot[CopiesRemoved] = Slot("tracking.copies_removed")
unfinished_mailings: Slot[UnfinishedMailings] = Slot("tracking.unfinished_mailings")

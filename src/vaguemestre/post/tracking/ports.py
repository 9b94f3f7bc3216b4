"""What the pages of sent mail show of other rooms."""

from collections.abc import Sequence
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


unfinished_mailings: Slot[UnfinishedMailings] = Slot("tracking.unfinished_mailings")

"""Ports of the trace to the engines."""

from collections.abc import Mapping
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.post.trace.values import LogPiece, LogPosition


class ReadSteps(Protocol):
    def __call__(self, position: LogPosition) -> LogPiece:
        """Read the next steps of a log after that position, oldest first; only a part if there are many.

        Raises OSError.
        """
        ...


class DropRedelivered(Protocol):
    def __call__(self, recipient: str, message_id: str, outlived: str = "") -> int:
        """Delete the copies of a message that were stored again in the mailbox of that address.

        `outlived`: the queue identifier of one whose sender may have sent it again: what is equal to it goes
        too. Returns the count. Raises EngineDown, EngineRefused.
        """
        ...


drop_redelivered: Slot[DropRedelivered] = Slot("trace.drop_redelivered")
log_readers: Slot[Mapping[str, ReadSteps]] = Slot("trace.log_readers")  # by name of the log

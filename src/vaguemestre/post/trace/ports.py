"""What the trace needs from the engines."""

from collections.abc import Mapping
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.post.trace.values import LogPiece, LogPosition


class ReadSteps(Protocol):
    def __call__(self, position: LogPosition) -> LogPiece:
        """What a log has gained since that position, oldest first; a part of it if it is much.

        Raises OSError.
        """
        ...


class DropRedelivered(Protocol):
    def __call__(self, recipient: str, message_id: str) -> int:
        """Delete the copies of a message that were stored again in the mailbox of that address.

        Returns how many. Raises EngineDown, EngineRefused.
        """
        ...


drop_redelivered: Slot[DropRedelivered] = Slot("trace.drop_redelivered")
log_readers: Slot[Mapping[str, ReadSteps]] = Slot("trace.log_readers")  # by name of the log

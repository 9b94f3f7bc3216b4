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


log_readers: Slot[Mapping[str, ReadSteps]] = Slot("trace.log_readers")  # by name of the log

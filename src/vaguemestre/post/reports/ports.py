"""What reports ask of the content filter."""

from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot


class TeachFilter(Protocol):
    """Teach the content filter one message. The same again, or the other way round, is taken as it comes."""

    def __call__(self, content: bytes, *, is_junk: bool) -> None:
        """Raises EngineDown when there is no filter."""
        ...


teach_filter: Slot[TeachFilter] = Slot("reports.teach_filter")

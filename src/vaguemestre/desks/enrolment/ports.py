"""What an enrolment asks of the outside."""

from typing import Protocol

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.slots import Slot


class InfectedFile(Refusal):
    """A virus check found something."""


class Scan(Protocol):
    def __call__(self, content: bytes, name: str) -> None:
        """Raises InfectedFile; EngineDown when the check is wanted and does not answer."""
        ...


scan: Slot[Scan] = Slot("enrolment.scan")

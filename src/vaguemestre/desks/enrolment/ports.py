"""What enrolment needs from a virus scanner."""

from typing import Protocol

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.slots import Slot


class InfectedFile(Refusal):
    """The virus scanner rejected a file."""


class Scan(Protocol):
    def __call__(self, content: bytes, name: str) -> None:
        """Raises InfectedFile, or EngineDown if a configured scanner does not answer."""
        ...


scan: Slot[Scan] = Slot("enrolment.scan")

"""What enrolment needs from a virus scanner, and from who holds the keys of NUMENs."""

from typing import Protocol

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.slots import Slot


class InfectedFile(Refusal):
    """The virus scanner rejected a file."""


class Scan(Protocol):
    def __call__(self, content: bytes, name: str) -> None:
        """Raises InfectedFile, or EngineDown if a configured scanner does not answer."""
        ...


class DiscloseNumen(Protocol):
    def __call__(self, officer_id: int, person_id: int, why: str) -> str:
        """The NUMEN of somebody of that officer's services, in clear; the disclosure is journaled.

        Raises Refusal `enrolment.person-unknown`, `enrolment.no-numen`; EngineDown.
        """
        ...


disclose_numen: Slot[DiscloseNumen] = Slot("enrolment.disclose_numen")
scan: Slot[Scan] = Slot("enrolment.scan")

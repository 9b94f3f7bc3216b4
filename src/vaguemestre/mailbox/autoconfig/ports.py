"""What devices asks of the outside."""

from collections.abc import Collection
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.mailbox.autoconfig.values import Question


class Sign(Protocol):
    def __call__(self, content: bytes, *, is_apart: bool = False) -> bytes:
        """A CMS signature of the instance (RFC 5652, DER) with the content inside, or apart from it.

        Raises EngineRefused.
        """
        ...


class LookUp(Protocol):
    def __call__(self, questions: Collection[Question]) -> dict[Question, tuple[str, ...] | None]:
        """What is answered to each: () for nothing there, None when nobody answers."""
        ...


look_up: Slot[LookUp] = Slot("autoconfig.look_up")
sign: Slot[Sign] = Slot("autoconfig.sign")

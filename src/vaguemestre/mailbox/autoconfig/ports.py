"""What autoconfig needs from engines."""

from collections.abc import Collection
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.mailbox.autoconfig.values import Question


class Sign(Protocol):
    def __call__(self, content: bytes, *, is_apart: bool = False) -> bytes:
        """CMS signature by the instance (RFC 5652, DER), enveloping the content, or detached if `is_apart`.

        Raises EngineRefused.
        """
        ...


class LookUp(Protocol):
    def __call__(self, questions: Collection[Question]) -> dict[Question, tuple[str, ...] | None]:
        """DNS answers to each question: () without such a record, None when no server answers."""
        ...


class KeyDigest(Protocol):
    def __call__(self, domain: str) -> str:
        """SHA-256, in hexadecimal, of the public key of the certificate of that domain; empty without."""
        ...


look_up: Slot[LookUp] = Slot("autoconfig.look_up")
key_digest: Slot[KeyDigest] = Slot("autoconfig.key_digest")
sign: Slot[Sign] = Slot("autoconfig.sign")

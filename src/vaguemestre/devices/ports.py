"""What devices asks of the outside."""

from typing import Protocol

from vaguemestre.kernel.slots import Slot


class Sign(Protocol):
    def __call__(self, content: bytes) -> bytes:
        """The content inside a CMS signature of the instance (RFC 5652, DER). Raises EngineRefused."""
        ...


sign: Slot[Sign] = Slot("devices.sign")

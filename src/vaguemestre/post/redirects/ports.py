"""What redirects need from other rooms and from the filter."""

from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot


class IsListed(Protocol):
    def __call__(self, address: str) -> bool:
        """Whether the security desk lists that link, its page or its host."""
        ...


is_listed: Slot[IsListed] = Slot("redirects.is_listed")

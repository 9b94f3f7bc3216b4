"""What the registry is lent: a way to tell an application something."""

from collections.abc import Mapping
from typing import Protocol

from vaguemestre.kernel.slots import Slot


class PostForm(Protocol):
    def __call__(self, address: str, fields: Mapping[str, str]) -> None:
        """Send a form to an address of the registry; redirects are not followed.

        Raises EngineDown (no answer, 5xx), EngineRefused (4xx).
        """
        ...


post_form: Slot[PostForm] = Slot("sso.registry.post_form")

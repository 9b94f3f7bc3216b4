"""Ports of the registry: HTTP calls to applications."""

from collections.abc import Callable, Mapping
from typing import Protocol

from vaguemestre.access.sso.registry.values import Visit
from vaguemestre.foundation.kernel.slots import Slot


class PostForm(Protocol):
    def __call__(self, address: str, fields: Mapping[str, str]) -> None:
        """Send a form to an address of the registry; redirects are not followed.

        Raises EngineDown (no answer, 5xx), EngineRefused (4xx).
        """
        ...


class PostDocument(Protocol):
    def __call__(self, address: str, content: bytes, kind: str, action: str) -> None:
        """Send a SOAP document to an address of the registry; redirects are not followed.

        `kind` is its media type, `action` its SOAPAction. Raises EngineDown, EngineRefused as PostForm.
        """
        ...


class Call(Protocol):
    def __call__(self, address: str) -> None:
        """GET an address of the registry; the body is not read.

        Raises EngineDown, EngineRefused as PostForm.
        """
        ...


call: Slot[Call] = Slot("sso.registry.call")
post_document: Slot[PostDocument] = Slot("sso.registry.post_document")
# per protocol: the address that ends a visit when the browser loads it; "" for none
front_addresses: Slot[tuple[Callable[[Visit], str], ...]] = Slot("sso.registry.front_addresses")
post_form: Slot[PostForm] = Slot("sso.registry.post_form")

"""What DKIM keys need from engines."""

from collections.abc import Sequence
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot


class LookUpText(Protocol):
    def __call__(self, names: Sequence[str]) -> dict[str, tuple[str, ...] | None]:
        """TXT records of each name: () without any, None when no server answers."""
        ...


class SigningKeys(Protocol):
    """Private keys where the signer reads them. Every method may raise EngineDown."""

    def store(self, domain: str, selector: str, private: bytes) -> None: ...

    def sealed(self, domain: str, selector: str) -> str:
        """The key as another machine of the installation opens it; empty if it is not on this one."""
        ...

    def take(self, domain: str, selector: str, sealed: str) -> None:
        """Store what `sealed` said on another machine."""
        ...

    def use(self, domain: str, selectors: Sequence[str]) -> None:
        """Sign mail of that domain with these keys from now on, the RSA one first."""
        ...

    def erase(self, domain: str, selector: str) -> None:
        """Idempotent."""
        ...


look_up_text: Slot[LookUpText] = Slot("dkim.look_up_text")
signing_keys: Slot[SigningKeys] = Slot("dkim.signing_keys")

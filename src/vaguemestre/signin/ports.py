"""What signin is lent: the counter every worker watches."""

from typing import Protocol

from vaguemestre.kernel.slots import Slot


class Revocations(Protocol):
    """A number shared by all processes of the instance. It moved: forget what you remember of sessions."""

    def count(self) -> int: ...

    def bump(self) -> None:
        """Called after the commit that ends sessions or changes accounts."""
        ...


revocations: Slot[Revocations] = Slot("signin.revocations")

"""What classes ask of rooms beside them."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from vaguemestre.kernel.slots import Slot


class ManagedSchools(Protocol):
    def __call__(self, account_id: int, now: datetime) -> Collection[str]:
        """UAI of the schools whose box the account manages (« gestion »)."""
        ...


managed_schools: Slot[ManagedSchools] = Slot("classes.managed_schools")


class AskEnt(Protocol):
    def __call__(self, address: str) -> bytes:
        """What the ENT answers there, at most 64 KB. Raises EngineDown, EngineRefused."""
        ...


ask_ent: Slot[AskEnt] = Slot("classes.ask_ent")

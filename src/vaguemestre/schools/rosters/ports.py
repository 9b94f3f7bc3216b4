"""What classes ask of rooms beside them."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.schools.rosters.values import EntSaid


class ManagedSchools(Protocol):
    def __call__(self, account_id: int, now: datetime) -> Collection[str]:
        """UAI of the schools whose box the account manages (« gestion »)."""
        ...


managed_schools: Slot[ManagedSchools] = Slot("rosters.managed_schools")


class AskEnt(Protocol):
    def __call__(self, address: str) -> bytes:
        """What the ENT answers there, at most 64 KB. Raises EngineDown, EngineRefused."""
        ...


ask_ent: Slot[AskEnt] = Slot("rosters.ask_ent")


class EntBySaml(Protocol):
    """The ENT as a SAML provider, by the metadata its académie configured."""

    def address(self, request_id: str, now: datetime) -> str:
        """Where to send whoever comes, with a signed request of that name. Raises EngineDown."""
        ...

    def said(self, answer: str, now: datetime) -> EntSaid:
        """What a posted answer says. Raises Refusal `rosters.ent-refused`, EngineDown."""
        ...

    def metadata(self, now: datetime) -> bytes:
        """What the ENT needs to know of us."""
        ...


ent_by_saml: Slot[EntBySaml] = Slot("rosters.ent_by_saml")

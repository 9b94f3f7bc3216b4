"""What rosters need from sibling rooms and from the ENT."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Protocol

from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.schools.rosters.values import EntAssertion


class ManagedSchools(Protocol):
    def __call__(self, account_id: int, now: datetime) -> Collection[str]:
        """UAIs of the schools whose mailbox the account manages (« gestion »)."""
        ...


managed_schools: Slot[ManagedSchools] = Slot("rosters.managed_schools")


class ReadApart(Protocol):
    def __call__(self, name: str, content: bytes) -> Mapping[str, Any]:
        """What `aaf.task.perform` answers of an uploaded file, in the sandbox.

        Raises EngineRefused for a file beyond the budget, EngineDown.
        """
        ...


read_apart: Slot[ReadApart] = Slot("rosters.read_apart")


class FetchFromEnt(Protocol):
    def __call__(self, address: str) -> bytes:
        """The ENT's response at that URL, at most 64 KB. Raises EngineDown, EngineRefused."""
        ...


fetch_from_ent: Slot[FetchFromEnt] = Slot("rosters.fetch_from_ent")


class EntSamlProvider(Protocol):
    """The ENT as a SAML identity provider, from the metadata the académie configured."""

    def sign_in_url(self, request_id: str, now: datetime) -> str:
        """The URL of the ENT's sign-in page, with a signed AuthnRequest of that id. Raises EngineDown."""
        ...

    def read_response(self, response: str, now: datetime) -> EntAssertion:
        """The assertion of a posted SAMLResponse. Raises Refusal `rosters.ent-refused`, EngineDown."""
        ...

    def metadata(self, now: datetime) -> bytes:
        """Our service provider metadata (XML)."""
        ...


ent_saml_provider: Slot[EntSamlProvider] = Slot("rosters.ent_saml_provider")

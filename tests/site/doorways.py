"""Every address of the site, and who stands before it: what the matrix of doors is made of."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import account
from tests.desks.enrolment.officers import academy, managed_by, officer

from vaguemestre.desks.removals.models import SecurityOfficer
from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.people.credentials.models import Account

NOBODYS = 987654  # a number nothing has
_FILLED: dict[str, Any] = {
    "key": "0" * 32,
    "uai": "0800001A",
    "client_id": "inconnue",
    "public_id": "00000000-0000-4000-8000-000000000000",
    "job_id": "00000000-0000-4000-8000-000000000000",
    "kind": "csv",
    "act": "rien",
    "what": "rien",
    "token": "rien",
    "signed": "rien",
    "handle": "rien",
    "number": NOBODYS,
}
# Converters of the rooms' own, by name: what they read.
_SHAPED = {
    "FolderConverter": "INBOX",
    "ChainConverter": "1",
    "PartConverter": "1",
    "NumberConverter": "1",
}
ROLES = ("anonymous", "teacher", "officer_dpe", "officer_dpate", "helpdesk", "administrator", "auditor")


@dataclass(frozen=True)
class Doorway:
    """One pattern of the URL map."""

    name: str  # `room:name`
    parameters: tuple[tuple[str, Any], ...]

    def address(self, **known: Any) -> str:
        """With the parameters given, others filled with what names nothing."""
        filled = {name: known.get(name, self._filled(name, converter)) for name, converter in self.parameters}
        return reverse(self.name, kwargs=filled)

    @staticmethod
    def _filled(name: str, converter: Any) -> Any:
        """What names nothing, in the shape that converter takes."""
        told = type(converter).__name__
        if told in _SHAPED:
            return converter.to_python(_SHAPED[told])
        return _FILLED.get(name, NOBODYS)


def doorways() -> Iterator[Doorway]:
    """Every named address, once for each name: of two patterns the longer one is asked."""
    found: dict[str, Doorway] = {}
    for name, pattern in _walked(get_resolver().url_patterns, ""):
        converters = pattern.pattern.converters
        named = getattr(pattern.pattern.regex, "groupindex", {})
        parameters = tuple((one, converters.get(one)) for one in named)
        if name not in found or len(parameters) > len(found[name].parameters):
            found[name] = Doorway(name, parameters)
    return iter(found.values())


def _walked(patterns: Any, namespace: str) -> Iterator[tuple[str, URLPattern]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            inner = f"{one.namespace}:" if one.namespace else namespace
            yield from _walked(one.url_patterns, inner)
        elif one.name:
            yield f"{namespace}{one.name}", one


@dataclass
class People:
    """Whoever asks, by role; `victim` is an agent of another service, whose things are nobody else's.

    `boxes`: the mail of everybody.
    """

    academy_id: int
    victim: Account
    accounts: dict[str, Account] = field(default_factory=dict)
    boxes: MemoryMailboxes = field(default_factory=MemoryMailboxes)

    def browser(self, role: str) -> Client:
        made = Client(raise_request_exception=False)
        if role != "anonymous":
            signed_in(self.victim if role == "victim" else self.accounts[role], made)
        return made


def people() -> People:
    place = academy()
    victim = managed_by(place, "DPATE", "victime", last_name="Canari", first_name="Cyprien")
    made = People(
        place,
        victim,
        {
            "teacher": account("enseignante"),
            "officer_dpe": officer(place, "DPE"),
            "officer_dpate": officer(place, "DPATE"),
            "helpdesk": account("assistante", role="helpdesk"),
            "administrator": account("administratrice", role="administrator"),
            "auditor": account("auditrice", role="auditor"),
        },
    )
    # of the installation, whatever académies a test adds
    Account.objects.filter(role__in=("administrator", "auditor")).update(spans_academies=True)
    SecurityOfficer.objects.create(
        account=made.accounts["administrator"], given_by="cli", given_at=timezone.now()
    )
    return made

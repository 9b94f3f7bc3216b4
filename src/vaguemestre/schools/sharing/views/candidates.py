"""Agents proposed when what was typed for an address is a name, or nearly an address."""

from vaguemestre.access.signin.http import SignedInRequest
from vaguemestre.access.signin.queries import hidden_academies
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.directory.queries import suggested_people
from vaguemestre.people.directory.values import DirectoryEntry

_MAX_SUGGESTED = 6


def agents_meant(request: SignedInRequest, refusal: Refusal | None) -> tuple[DirectoryEntry, ...]:
    """Agents to choose from after the refusal `sharing.nobody`; empty after any other."""
    if refusal is None or refusal.code != "sharing.nobody":
        return ()
    typed = request.POST.get("address", "")[:254]
    return suggested_people(typed, limit=_MAX_SUGGESTED, hidden_academies=hidden_academies(request.who))


def words_of(refusal: Refusal | None, candidates: tuple[DirectoryEntry, ...]) -> str:
    """The sentence of a refusal; a name that finds agents is no unknown address."""
    if refusal is None:
        return ""
    return sentence(Refusal("sharing.name-typed", **refusal.facts) if candidates else refusal)

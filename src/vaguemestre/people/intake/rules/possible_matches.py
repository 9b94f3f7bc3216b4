"""Possible matches: unknown people of a feed who may be somebody registered, or somebody of the same file."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.directory.rules.similarity import (
    NEEDS_REVIEW,
    Identity,
    MatchReason,
    are_near_dates,
    identity_of,
    match_reason,
)
from vaguemestre.people.directory.values import KnownPerson
from vaguemestre.people.intake.rules.person_groups import PersonGroup
from vaguemestre.people.intake.values import AcademySnapshot, PossibleMatch

type _Entry = tuple[Identity, PersonGroup | KnownPerson]

_ORDER = tuple(MatchReason)
_REASONS = {
    MatchReason.SAME: "ressemble à",
    MatchReason.NAMES: "nom voisin et même date de naissance que",
    MatchReason.BIRTH_DATE: "même nom, même établissement, date de naissance voisine : peut être",
}


class _Best(NamedTuple):
    reason: MatchReason
    person: PersonGroup | KnownPerson


def separate_possible_matches(
    groups: Sequence[PersonGroup], snapshot: AcademySnapshot
) -> tuple[list[PersonGroup], list[PossibleMatch]]:
    """Split unknown people into those who are new, and those a human must compare with somebody.

    Both in the order of the file. Of two similar people of the file, the first is new and the second waits.
    """
    index = _Index()
    for identity, person in _comparable_identities(groups, snapshot):
        index.add(identity, person)
    rejected = defaultdict[str, set[int]](set)
    for dossier, person_id in snapshot.other:
        rejected[dossier].add(person_id)
    new, matches = list[PersonGroup](), list[PossibleMatch]()
    for group in groups:
        identity = identity_of(group.civil, {post.uai for post in group.posts})
        best = index.best_match(identity, rejected.get(group.dossier, set()))
        if best is None:
            new.append(group)
            index.add(identity, group)
        else:
            matches.append(_possible_match(group, best))
    return new, matches


def similarity_keys(identity: Identity) -> Iterator[object]:
    """Keys of a person; two people who may match share at least one.

    A slip in a birth date leaves either its year, or its day and month.
    """
    born = identity.birth_date
    yield born
    for key in _school_keys(identity):
        yield (*key, born.year)
        yield (*key, born.day, born.month)


class _Index:
    """People indexed by what similar people share: a birth date, or names in one school."""

    def __init__(self) -> None:
        self._by_date = defaultdict[date, list[_Entry]](list)
        self._by_school = defaultdict[tuple[str, str, str], list[_Entry]](list)

    def add(self, identity: Identity, person: PersonGroup | KnownPerson) -> None:
        entry = (identity, person)
        self._by_date[identity.birth_date].append(entry)
        for key in _school_keys(identity):
            self._by_school[key].append(entry)

    def best_match(self, identity: Identity, rejected: set[int]) -> _Best | None:
        """The most similar person a human must compare; `rejected`: ids already answered as different."""
        best: _Best | None = None
        for candidate, person in self._near(identity):
            reason = match_reason(identity, candidate)
            if reason not in NEEDS_REVIEW or (
                isinstance(person, KnownPerson) and person.person_id in rejected
            ):
                continue
            if best is None or _ORDER.index(reason) < _ORDER.index(best.reason):
                best = _Best(reason, person)
        return best

    def _near(self, identity: Identity) -> Iterator[_Entry]:
        yield from self._by_date.get(identity.birth_date, ())
        for key in _school_keys(identity):
            for entry in self._by_school.get(key, ()):
                if are_near_dates(entry[0].birth_date, identity.birth_date):
                    yield entry


def _school_keys(identity: Identity) -> Iterator[tuple[str, str, str]]:
    """(surname, first name, UAI) for each surname and school."""
    return ((last, first, uai) for last, first in identity.names for uai in identity.uais)


def _comparable_identities(
    groups: Sequence[PersonGroup], snapshot: AcademySnapshot
) -> Iterable[tuple[Identity, KnownPerson]]:
    """Registered people who share a birth date or a surname with somebody of the file."""
    if not groups:
        return
    dates = {group.civil.birth_date for group in groups}
    surnames = {fold(name) for g in groups for name in (g.civil.birth_name, g.civil.usage_name) if name}
    for person in snapshot.people.values():
        civil = person.civil
        if civil is None:
            continue
        if (
            civil.birth_date in dates
            or fold(civil.birth_name) in surnames
            or (civil.usage_name and fold(civil.usage_name) in surnames)
        ):
            yield identity_of(civil, {post.uai for post in person.posts}), person


def _possible_match(group: PersonGroup, best: _Best) -> PossibleMatch:
    other = best.person
    if isinstance(other, KnownPerson):
        text, person_id, twin = f"une personne connue (dossier {other.dossier})", other.person_id, ""
    else:
        text, person_id, twin = f"la ligne {other.first.line} (dossier {other.dossier})", None, other.dossier
    sentence = f"{_REASONS[best.reason]} {text} : à rapprocher à la main"
    return PossibleMatch(group.dossier, person_id, sentence, tuple(group.records), twin)

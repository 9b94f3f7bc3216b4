"""Match people of the feed with registered ones: by NUMEN, then by dossier; mere similarity needs a human."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from vaguemestre.people.directory.values import CivilStatus, KnownElsewhere, KnownPerson, Numen
from vaguemestre.people.intake.rules.person_groups import (
    LineProblem,
    PersonGroup,
    is_same_name,
    is_same_person,
)
from vaguemestre.people.intake.rules.possible_matches import separate_possible_matches
from vaguemestre.people.intake.values import AcademySnapshot, PossibleMatch, RefusedLine

type Digest = Callable[[Numen], str]

_NEEDS_CHECK = "à vérifier"
_OTHER_ACADEMY = "NUMEN connu dans une autre académie, le dossier ici : à vérifier"
_OTHER_ACADEMY_CIVIL = "NUMEN connu dans une autre académie sous un autre état civil : à vérifier"


@dataclass(frozen=True)
class Matches:
    """People of the feed: registered here, new, registered elsewhere; refused lines; possible matches."""

    known: tuple[tuple[PersonGroup, KnownPerson], ...]
    unknown: tuple[PersonGroup, ...]
    refused: tuple[RefusedLine, ...]
    possible: tuple[PossibleMatch, ...]
    elsewhere: tuple[tuple[PersonGroup, KnownElsewhere], ...] = ()


class _Elsewhere(NamedTuple):
    unknown: list[PersonGroup]
    moving: list[tuple[PersonGroup, KnownElsewhere]]
    refused: list[RefusedLine]


class _Here(NamedTuple):
    known: list[tuple[PersonGroup, KnownPerson]]
    unknown: list[PersonGroup]
    refused: list[RefusedLine]
    possible: list[PossibleMatch]


def match_people(groups: Sequence[PersonGroup], snapshot: AcademySnapshot, digest: Digest) -> Matches:
    """Find who each person of the feed is."""
    here = _match_here(groups, snapshot, digest)
    elsewhere = _match_elsewhere(here.unknown, snapshot, digest)
    duplicates = _matched_twice(here.known)
    new, possible = separate_possible_matches(elsewhere.unknown, snapshot)
    refused = [*here.refused, *elsewhere.refused]
    for group in duplicates:
        refused += _refuse_lines(group, LineProblem("dossier", "désigne une personne déjà vue"))
    for match in possible:
        refused += [RefusedLine(r.line, "nom_naissance", match.reason, r.dossier) for r in match.lines]
    return Matches(
        known=tuple((group, person) for group, person in here.known if group not in duplicates),
        unknown=tuple(new),
        refused=tuple(refused),
        possible=(*here.possible, *possible),
        elsewhere=tuple(elsewhere.moving),
    )


def _match_here(groups: Sequence[PersonGroup], snapshot: AcademySnapshot, digest: Digest) -> _Here:
    by_digest = {d: person for person in snapshot.people.values() for d in person.numen_digests}
    by_dossier = {person.dossier: person for person in snapshot.people.values()}
    confirmed = {dossier: snapshot.people[pk] for dossier, pk in snapshot.same if pk in snapshot.people}
    here = _Here([], [], [], [])
    for group in groups:
        numen_digest = digest(group.numen) if group.numen else ""
        of_numen = by_digest.get(numen_digest)
        of_answer = confirmed.get(group.dossier)
        of_dossier = of_answer or by_dossier.get(group.dossier)
        person = of_numen or of_dossier
        problem = _contradiction(group, of_numen, of_dossier, is_confirmed=of_answer is not None)
        if person and not of_numen and numen_digest in snapshot.elsewhere:
            problem = LineProblem("numen", _OTHER_ACADEMY)
        if problem:
            here.refused.extend(_refuse_lines(group, problem))
            if person and _NEEDS_CHECK in problem.reason:
                match = PossibleMatch(group.dossier, person.person_id, problem.reason, tuple(group.records))
                here.possible.append(match)
        elif person:
            here.known.append((group, person))
        else:
            here.unknown.append(group)
    return here


def _match_elsewhere(groups: Sequence[PersonGroup], snapshot: AcademySnapshot, digest: Digest) -> _Elsewhere:
    """Split people unknown here by whether another académie of the installation holds their NUMEN."""
    elsewhere = _Elsewhere([], [], [])
    for group in groups:
        there = snapshot.elsewhere.get(digest(group.numen)) if group.numen and snapshot.elsewhere else None
        if there is None:
            elsewhere.unknown.append(group)
        elif there.civil is None or _may_be_correction(group.civil, there.civil):
            elsewhere.moving.append((group, there))
        else:
            elsewhere.refused.extend(_refuse_lines(group, LineProblem("numen", _OTHER_ACADEMY_CIVIL)))
    return elsewhere


def _contradiction(
    group: PersonGroup, of_numen: KnownPerson | None, of_dossier: KnownPerson | None, *, is_confirmed: bool
) -> LineProblem | None:
    """Why the lines contradict the directory, if they do.

    `is_confirmed`: a human said whose dossier it is, whatever civil status it quotes. An erased civil status
    contradicts nothing: the NUMEN decides.
    """
    if of_numen and of_dossier and of_numen is not of_dossier:
        return LineProblem("numen", "le NUMEN et le dossier désignent deux personnes différentes")
    if is_confirmed:
        return None
    if of_numen and of_numen.civil and not _may_be_correction(group.civil, of_numen.civil):
        return LineProblem("numen", "NUMEN connu sous un autre état civil : à vérifier")
    if of_dossier and of_dossier.civil and not of_numen:
        if not _may_be_correction(group.civil, of_dossier.civil):
            return LineProblem("dossier", "dossier connu sous un autre état civil : à vérifier")
        if group.numen and of_dossier.numen_digests and not is_same_person(group.civil, of_dossier.civil):
            return LineProblem(
                "numen", "dossier connu avec un autre NUMEN et un autre état civil : à vérifier"
            )
    return None


def _may_be_correction(one: CivilStatus, other: CivilStatus) -> bool:
    """Whether at most one of birth date, birth name and first name differs, as after a correction."""
    equal = (
        one.birth_date == other.birth_date,
        is_same_name(one.birth_name, other.birth_name),
        is_same_name(one.first_name, other.first_name),
    )
    return sum(equal) >= 2


def _matched_twice(matched: Sequence[tuple[PersonGroup, KnownPerson]]) -> list[PersonGroup]:
    """The groups matched to a person whom an earlier group was matched to."""
    person_ids: set[int] = set()
    duplicates = []
    for group, person in matched:
        if person.person_id in person_ids:
            duplicates.append(group)
        person_ids.add(person.person_id)
    return duplicates


def _refuse_lines(group: PersonGroup, problem: LineProblem) -> list[RefusedLine]:
    return [RefusedLine(record.line, *problem, record.dossier) for record in group.records]

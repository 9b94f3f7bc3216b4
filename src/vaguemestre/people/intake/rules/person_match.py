"""Who a person of the feed is: by NUMEN, then by dossier; a mere likeness is for a human to judge."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vaguemestre.people.directory.values import CivilStatus, KnownElsewhere, KnownPerson, Numen
from vaguemestre.people.intake.rules.nearby import apart
from vaguemestre.people.intake.rules.person_groups import Group, same_human, same_name
from vaguemestre.people.intake.values import Doubtful, Known, RefusedLine

type Digest = Callable[[Numen], str]


@dataclass(frozen=True)
class Matches:
    """People of the feed we know, those nobody knows, lines of those nobody can tell, whom to ask about."""

    known: tuple[tuple[Group, KnownPerson], ...]
    unknown: tuple[Group, ...]
    refused: tuple[RefusedLine, ...]
    doubts: tuple[Doubtful, ...]
    elsewhere: tuple[tuple[Group, KnownElsewhere], ...] = ()


def matched(groups: Sequence[Group], known: Known, digest: Digest) -> Matches:
    by_digest = {d: person for person in known.people.values() for d in person.numen_digests}
    by_dossier = {person.dossier: person for person in known.people.values()}
    said_same = {dossier: known.people[pk] for dossier, pk in known.same if pk in known.people}
    found: list[tuple[Group, KnownPerson]] = []
    left: list[Group] = []
    refused: list[RefusedLine] = []
    doubts: list[Doubtful] = []
    for group in groups:
        held = digest(group.numen) if group.numen else ""
        of_numen = by_digest.get(held)
        said = said_same.get(group.dossier)
        of_dossier = said or by_dossier.get(group.dossier)
        person = of_numen or of_dossier
        problem = _contradiction(group, of_numen, of_dossier, is_said=said is not None)
        if person and not of_numen and held in known.elsewhere:
            problem = ("numen", "NUMEN connu dans une autre académie, le dossier ici : à vérifier")
        if problem:
            refused += _all_lines(group, *problem)
            if person and "à vérifier" in problem[1]:
                doubts.append(_doubt(group, person, problem[1]))
        elif person:
            found.append((group, person))
        else:
            left.append(group)
    left, moving, others = _from_elsewhere(left, known, digest)
    refused += others
    twice = _found_twice(found)
    refused += [
        line for group in twice for line in _all_lines(group, "dossier", "désigne une personne déjà vue")
    ]
    found = [(group, person) for group, person in found if group not in twice]
    unknown, alike = apart(left, known)
    for doubt in alike:
        refused += [RefusedLine(r.line, "nom_naissance", doubt.reason, r.dossier) for r in doubt.lines]
    doubts += alike
    return Matches(tuple(found), tuple(unknown), tuple(refused), tuple(doubts), tuple(moving))


def _from_elsewhere(
    groups: Sequence[Group], known: Known, digest: Digest
) -> tuple[list[Group], list[tuple[Group, KnownElsewhere]], list[RefusedLine]]:
    """The unknown here, those another académie of the installation knows, and those who contradict it."""
    left, moving, refused = list[Group](), list[tuple[Group, KnownElsewhere]](), list[RefusedLine]()
    reason = "NUMEN connu dans une autre académie sous un autre état civil : à vérifier"
    for group in groups:
        there = known.elsewhere.get(digest(group.numen)) if group.numen and known.elsewhere else None
        if there is None:
            left.append(group)
        elif there.civil is None or _could_be(group.civil, there.civil):
            moving.append((group, there))
        else:
            refused += _all_lines(group, "numen", reason)
    return left, moving, refused


def _doubt(group: Group, person: KnownPerson, reason: str) -> Doubtful:
    return Doubtful(group.dossier, person.person_id, reason, tuple(group.records))


def _contradiction(
    group: Group, of_numen: KnownPerson | None, of_dossier: KnownPerson | None, *, is_said: bool
) -> tuple[str, str] | None:
    """`is_said`: a human told whose the dossier is, whatever civil status it quotes.

    Nothing contradicts a civil status that was erased: the NUMEN says who it is.
    """
    if of_numen and of_dossier and of_numen is not of_dossier:
        return "numen", "le NUMEN et le dossier désignent deux personnes différentes"
    if is_said:
        return None
    if of_numen and of_numen.civil and not _could_be(group.civil, of_numen.civil):
        return "numen", "NUMEN connu sous un autre état civil : à vérifier"
    if of_dossier and of_dossier.civil and not of_numen:
        if not _could_be(group.civil, of_dossier.civil):
            return "dossier", "dossier connu sous un autre état civil : à vérifier"
        if group.numen and of_dossier.numen_digests and not same_human(group.civil, of_dossier.civil):
            return "numen", "dossier connu avec un autre NUMEN et un autre état civil : à vérifier"
    return None


def _could_be(one: CivilStatus, other: CivilStatus) -> bool:
    """A correction changes the birth name, the first name or the birth date: one of the three."""
    alike = (
        one.birth_date == other.birth_date,
        same_name(one.birth_name, other.birth_name),
        same_name(one.first_name, other.first_name),
    )
    return sum(alike) >= 2


def _found_twice(found: Sequence[tuple[Group, KnownPerson]]) -> list[Group]:
    seen: set[int] = set()
    twice = []
    for group, person in found:
        if person.person_id in seen:
            twice.append(group)
        seen.add(person.person_id)
    return twice


def _all_lines(group: Group, column: str, reason: str) -> list[RefusedLine]:
    return [RefusedLine(record.line, column, reason, record.dossier) for record in group.records]

"""Unknown people of a feed who may be somebody known, or somebody of the same file."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from vaguemestre.people.directory.rules.likeness import (
    DOUBTFUL,
    Identity,
    Likeness,
    are_near_dates,
    identity_of,
    likeness,
)
from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.directory.values import KnownPerson
from vaguemestre.people.intake.rules.person_groups import Group
from vaguemestre.people.intake.values import Doubtful, Known

type _Candidate = tuple[Identity, Group | KnownPerson]

_ORDER = tuple(Likeness)
_REASONS = {
    Likeness.SAME: "ressemble à",
    Likeness.NAMES: "nom voisin et même date de naissance que",
    Likeness.BIRTH_DATE: "même nom, même établissement, date de naissance voisine : peut être",
}


def apart(groups: Sequence[Group], known: Known) -> tuple[list[Group], list[Doubtful]]:
    """The really unknown, and those whom a human must tell apart from somebody, in the order of the file.

    Of two people of the file who are alike the first arrives, and the second waits for the answer.
    """
    candidates = _Candidates()
    for identity, person in _identities(groups, known):
        candidates.add(identity, person)
    told_apart = defaultdict[str, set[int]](set)
    for dossier, person_id in known.other:
        told_apart[dossier].add(person_id)
    unknown, doubts = list[Group](), list[Doubtful]()
    for group in groups:
        identity = identity_of(group.civil, {post.uai for post in group.posts})
        match = candidates.likeliest(identity, told_apart.get(group.dossier, set()))
        if match is None:
            unknown.append(group)
            candidates.add(identity, group)
        else:
            doubts.append(_doubt(group, *match))
    return unknown, doubts


class _Candidates:
    """People to whom somebody of the file may be alike, by what a likeness needs them to share."""

    def __init__(self) -> None:
        self._by_date = defaultdict[date, list[_Candidate]](list)
        self._by_school = defaultdict[tuple[str, str, str], list[_Candidate]](list)

    def add(self, identity: Identity, who: Group | KnownPerson) -> None:
        candidate = (identity, who)
        self._by_date[identity.birth_date].append(candidate)
        for key in _in_school(identity):
            self._by_school[key].append(candidate)

    def likeliest(self, identity: Identity, others: set[int]) -> tuple[Likeness, Group | KnownPerson] | None:
        """Whom a human must tell apart from that one; `others`: people whom a human told apart already."""
        best: tuple[Likeness, Group | KnownPerson] | None = None
        for candidate, who in self._near(identity):
            reason = likeness(identity, candidate)
            if reason not in DOUBTFUL or (isinstance(who, KnownPerson) and who.person_id in others):
                continue
            if best is None or _ORDER.index(reason) < _ORDER.index(best[0]):
                best = (reason, who)
        return best

    def _near(self, identity: Identity) -> Iterator[_Candidate]:
        yield from self._by_date.get(identity.birth_date, ())
        for key in _in_school(identity):
            for candidate in self._by_school.get(key, ()):
                if are_near_dates(candidate[0].birth_date, identity.birth_date):
                    yield candidate


def _in_school(identity: Identity) -> Iterator[tuple[str, str, str]]:
    return ((last, first, uai) for last, first in identity.names for uai in identity.uais)


def _identities(groups: Sequence[Group], known: Known) -> Iterable[tuple[Identity, KnownPerson]]:
    """Of the people known, those who share a birth date or a surname with somebody of the file."""
    if not groups:
        return
    dates = {group.civil.birth_date for group in groups}
    lasts = {fold(name) for g in groups for name in (g.civil.birth_name, g.civil.usage_name) if name}
    for person in known.people.values():
        civil = person.civil
        if civil is None:
            continue
        if (
            civil.birth_date in dates
            or fold(civil.birth_name) in lasts
            or (civil.usage_name and fold(civil.usage_name) in lasts)
        ):
            yield identity_of(civil, {post.uai for post in person.posts}), person


def _doubt(group: Group, reason: Likeness, who: Group | KnownPerson) -> Doubtful:
    if isinstance(who, KnownPerson):
        text, person_id, twin = f"une personne connue (dossier {who.dossier})", who.person_id, ""
    else:
        text, person_id, twin = f"la ligne {who.first.line} (dossier {who.dossier})", None, who.dossier
    sentence = f"{_REASONS[reason]} {text} : à rapprocher à la main"
    return Doubtful(group.dossier, person_id, sentence, tuple(group.records), twin)


def shared_by(identity: Identity) -> Iterator[object]:
    """What somebody shares with each of those to whom they may be alike: one of these at least.

    A slip in a birth date spares its year, or its day and month.
    """
    born = identity.birth_date
    yield born
    for key in _in_school(identity):
        yield (*key, born.year)
        yield (*key, born.day, born.month)

"""Fictional agents in the proportions of a real académie, written as a feed and its structures file."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.directory.rules.numens import draw_numen
from vaguemestre.people.directory.rules.similarity import Identity, identity_of, match_reason
from vaguemestre.people.directory.values import (
    CivilStatus,
    NewPerson,
    Numen,
    NumenLayout,
    Place,
    Post,
    StaffCategory,
)
from vaguemestre.people.intake.feed_parsers import hr, structures
from vaguemestre.people.intake.sample import places as sites
from vaguemestre.people.intake.sample.names import first_name, surname
from vaguemestre.people.intake.sample.places import Kind
from vaguemestre.people.intake.sample.words import words

# Staff measured on one académie of 52 564 agents (docs/domain.md §6.2).
_MIX = {
    StaffCategory.SECOND_DEGREE_PUBLIC: 337,
    StaffCategory.FIRST_DEGREE_PUBLIC: 272,
    StaffCategory.AESH: 141,
    StaffCategory.SECOND_DEGREE_PRIVATE: 72,
    StaffCategory.ATSS: 64,
    StaffCategory.AED: 49,
    StaffCategory.FIRST_DEGREE_PRIVATE: 33,
    StaffCategory.DIRECTION: 16,
    StaffCategory.CPE: 11,
    StaffCategory.PSYEN: 5,
}
_WOMEN_IN_TEN = {
    StaffCategory.AESH: 9.3,
    StaffCategory.FIRST_DEGREE_PUBLIC: 8.2,
    StaffCategory.DIRECTION: 5.0,
}
_FROM_ELSEWHERE = ("09", "21", "24", "25", "19", "01", "14")


@dataclass(frozen=True)
class Sample:
    """Establishments and people of a sample; people are generated lazily."""

    places: tuple[Place, ...]
    people: Iterable[NewPerson]


@dataclass(frozen=True, slots=True)
class _Job:
    """The job of somebody: kinds of establishment, and codes."""

    kinds: tuple[Kind, ...]
    corps: str
    function: str
    discipline: str = ""
    status: str = "TITULAIRE"


def sample(agents: int, seed: int, *, today: date, academy: str, layout: NumenLayout) -> Sample:
    """`agents` people. `academy` is the code written in most of their NUMENs."""
    draw = Random(seed)  # noqa: S311 - a sample is reproducible, not secret
    by_kind = sites.places(agents, draw)
    places = tuple(place for of_kind in by_kind.values() for place in of_kind)
    mark = f"{draw.getrandbits(32):08X}"  # two samples in one académie share no dossier
    return Sample(places, _people(agents, mark, draw, by_kind, today, academy, layout))


def feed_text(people: Iterable[NewPerson]) -> Iterator[str]:
    """The lines of a feed, header first, each with its end."""
    yield ";".join(hr.COLUMNS) + "\n"
    for person in people:
        for post in person.posts:
            yield ";".join(_cells(person, post)) + "\n"


def structures_text(places: Iterable[Place]) -> Iterator[str]:
    """The lines of the companion file."""
    yield ";".join((*structures.COLUMNS, *structures.OPTIONAL)) + "\n"
    for p in places:
        cells = (p.uai, p.name, p.kind, p.sector, p.department, p.town, p.postal_code, p.district)
        yield ";".join(cells) + "\n"


def _cells(person: NewPerson, post: Post) -> Sequence[str]:
    civil = person.civil
    return (
        person.dossier,
        person.numen.text if person.numen else "",
        civil.civility,
        civil.birth_name,
        civil.usage_name,
        civil.first_name,
        _day_text(civil.birth_date),
        person.category,
        post.status,
        post.corps,
        post.discipline,
        post.uai,
        post.function,
        "O" if post.is_primary else "N",
        _day_text(post.starts_on),
        _day_text(post.ends_on),
        person.recovery_address,
    )


def _day_text(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _people(
    agents: int,
    mark: str,
    draw: Random,
    by_kind: Mapping[Kind, Sequence[Place]],
    today: date,
    academy: str,
    layout: NumenLayout,
) -> Iterator[NewPerson]:
    start = today.year if today.month >= 9 else today.year - 1
    categories, weights = list(_MIX), list(_MIX.values())
    numens: set[str] = set()
    born = defaultdict[date, list[Identity]](list)
    for number in range(1, agents + 1):
        category = draw.choices(categories, weights)[0]
        job = _job(category, draw)
        civil = _distinct_civil_status(_civil(category, start, draw), born)
        entry = max(start - draw.randrange(35), civil.birth_date.year + 21)
        yield NewPerson(
            dossier=f"{mark}{number:07d}",
            civil=civil,
            category=category,
            posts=_posts(job, by_kind, start, min(entry, start), draw),
            numen=_numen(category, min(entry, start), academy, layout, numens, draw),
            recovery_address=_recovery(civil, number, draw),
        )


def _distinct_civil_status(civil: CivilStatus, born: dict[date, list[Identity]]) -> CivilStatus:
    """The same, born later that year or the next as long as somebody alike was born that day."""
    while True:
        identity = identity_of(civil)
        if not any(match_reason(identity, other) for other in born[civil.birth_date]):
            born[civil.birth_date].append(identity)
            return civil
        civil = replace(civil, birth_date=civil.birth_date + timedelta(days=40))


def _civil(category: StaffCategory, start: int, draw: Random) -> CivilStatus:
    is_woman = draw.random() * 10 < _WOMEN_IN_TEN.get(category, 6.5)
    youngest, oldest = (19, 30) if category is StaffCategory.AED else (24, 64)
    born = date(start - round(draw.triangular(youngest, oldest)), 1, 1) + timedelta(days=draw.randrange(365))
    name = surname(draw)
    usage = surname(draw) if is_woman and draw.random() < 0.12 else ""
    return CivilStatus(
        "Mme" if is_woman else "M.",
        name,
        usage,
        first_name(draw, is_woman=is_woman, birth_year=born.year),
        born,
    )


def _job(category: StaffCategory, draw: Random) -> _Job:
    return _JOBS[category](draw)


def _second_degree(draw: Random) -> _Job:
    status, corps = draw.choices(
        (
            ("TITULAIRE", "553"),
            ("TITULAIRE", "551"),
            ("TITULAIRE", "575"),
            ("STAGIAIRE", "553"),
            ("CONTRACTUEL", "779"),
        ),
        (58, 12, 15, 5, 10),
    )[0]
    if corps == "575":
        return _Job((sites.VOCATIONAL,), corps, "ENS", draw.choice(words("vocational disciplines")), status)
    discipline = draw.choice(words("disciplines"))
    if discipline == "L1900" and corps == "553":
        corps = "531"
    kind = draw.choices((sites.MIDDLE, sites.HIGH), (60, 40))[0]
    return _Job((kind,), corps, "DOC" if discipline == "L0080" else "ENS", discipline, status)


def _first_degree(draw: Random) -> _Job:
    function = "DIR" if draw.random() < 0.12 else "ENS"
    return _Job((sites.SCHOOL,), "615", function, "", "STAGIAIRE" if draw.random() < 0.04 else "TITULAIRE")


def _private_second(draw: Random) -> _Job:
    kind = draw.choice((sites.PRIVATE_MIDDLE, sites.PRIVATE_HIGH))
    return _Job(
        (kind,), "553", "ENS", draw.choice(words("disciplines")), draw.choice(("TITULAIRE", "CONTRACTUEL"))
    )


def _support(draw: Random) -> _Job:
    corps, function = draw.choices(
        (
            ("051", "ADF"),
            ("054", "ADF"),
            ("057", "ADF"),
            ("941", "LAB"),
            ("986", "MDS"),
            ("H09", "MDS"),
            ("830", "TEC"),
        ),
        (8, 30, 34, 12, 9, 4, 3),
    )[0]
    return _Job((draw.choice((sites.MIDDLE, sites.HIGH, sites.OFFICE)),), corps, function)


def _head(draw: Random) -> _Job:
    if draw.random() < 0.15:
        return _Job((sites.OFFICE,), "115", "IEN1D")
    return _Job((draw.choice((sites.MIDDLE, sites.HIGH, sites.VOCATIONAL)),), "004", "DIR")


_JOBS: Mapping[StaffCategory, Callable[[Random], _Job]] = {
    StaffCategory.SECOND_DEGREE_PUBLIC: _second_degree,
    StaffCategory.FIRST_DEGREE_PUBLIC: _first_degree,
    StaffCategory.AESH: lambda draw: _Job(
        (draw.choice((sites.SCHOOL, sites.SCHOOL, sites.MIDDLE)),), "", "AES", "", "CONTRACTUEL"
    ),
    StaffCategory.SECOND_DEGREE_PRIVATE: _private_second,
    StaffCategory.ATSS: _support,
    StaffCategory.AED: lambda draw: _Job(
        (draw.choice((sites.MIDDLE, sites.HIGH)),), "", "AED", "", "CONTRACTUEL"
    ),
    StaffCategory.FIRST_DEGREE_PRIVATE: lambda draw: _Job(
        (sites.PRIVATE_SCHOOL,), "615", "ENS", "", draw.choice(("TITULAIRE", "CONTRACTUEL"))
    ),
    StaffCategory.DIRECTION: _head,
    StaffCategory.CPE: lambda draw: _Job((draw.choice((sites.MIDDLE, sites.HIGH)),), "563", "EDU"),
    StaffCategory.PSYEN: lambda draw: _Job((sites.GUIDANCE,), "522", "ORI"),
}
_SHARED = {"AES": 0.2, "ENS": 0.08}  # how often somebody serves in several places


def _posts(
    job: _Job, by_kind: Mapping[Kind, Sequence[Place]], start: int, entry: int, draw: Random
) -> tuple[Post, ...]:
    kind = draw.choice(job.kinds)
    count = 1
    if draw.random() < _SHARED.get(job.function, 0):
        count = min(draw.choice((2, 2, 2, 3, 4)), len(by_kind[kind]))
    is_contract = job.status == "CONTRACTUEL"
    since = start if is_contract or count > 1 else draw.randint(entry, start)
    return tuple(
        Post(
            uai=place.uai,
            starts_on=date(since, 9, 1),
            ends_on=date(start + 1, 8, 31) if is_contract else None,
            function=job.function,
            status=job.status,
            corps=job.corps,
            discipline=job.discipline,
            is_primary=rank == 0,
        )
        for rank, place in enumerate(draw.sample(by_kind[kind], count))
    )


def _numen(
    category: StaffCategory, entry: int, academy: str, layout: NumenLayout, numens: set[str], draw: Random
) -> Numen | None:
    """One nobody of the sample has; some locally hired people have none, some come from elsewhere."""
    if category is StaffCategory.AED and draw.random() < 0.3:
        return None
    if draw.random() < 0.08:
        academy, layout = draw.choice(_FROM_ELSEWHERE), NumenLayout.STANDARD
    while True:
        numen = draw_numen(layout, academy=academy, category=category, year=entry, draw=draw)
        if numen.text not in numens:
            numens.add(numen.text)
            return numen


def _recovery(civil: CivilStatus, number: int, draw: Random) -> str:
    if draw.random() > 0.3:
        return ""
    return f"{fold(civil.first_name)}.{fold(civil.birth_name)}{number % 100}@courriel.example"

"""Fictional establishments of the Aisne, Oise and Somme, with right check letters (docs/domain.md §2.5)."""

from dataclasses import dataclass
from random import Random

from vaguemestre.people.directory.rules.places import check_letter
from vaguemestre.people.directory.values import Place, Sector
from vaguemestre.people.intake.sample.words import words

OFFICE_SERIAL = 9020  # 9000 to 9019 are left to whoever builds on a sample
FIRST_SERIAL = 9030
_SERIALS = 970  # as many codes by department, up to 9999
_DEPARTMENTS = ("060", "080", "002")
_SHARES = (43, 30, 27)
_DISTRICTS = {  # circonscriptions of the first degree
    "060": ("Beauvais nord", "Beauvais sud", "Compiègne", "Creil", "Senlis"),
    "080": ("Amiens 1", "Amiens 2", "Abbeville", "Péronne", "Montdidier"),
    "002": ("Laon", "Saint-Quentin", "Soissons", "Château-Thierry"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of establishment: its label, the agents for one of them, and at least how many there are."""

    name: str
    label: str
    agents_each: int
    least: int
    sector: Sector = Sector.PUBLIC


SCHOOL = Kind("Ecole", "École", 28, 4)
MIDDLE = Kind("Collège", "Collège", 180, 3)
HIGH = Kind("Lycée", "Lycée", 420, 2)
VOCATIONAL = Kind("Lycée professionnel", "Lycée professionnel", 800, 1)
PRIVATE_SCHOOL = Kind("Ecole", "École", 400, 1, Sector.PRIVATE_CONTRACT)
PRIVATE_MIDDLE = Kind("Collège", "Collège", 700, 1, Sector.PRIVATE_CONTRACT)
PRIVATE_HIGH = Kind("Lycée", "Lycée", 1500, 1, Sector.PRIVATE_CONTRACT)
GUIDANCE = Kind("Information et orientation", "CIO", 5000, 1)
OFFICE = Kind("Service administratif", "", 0, 0)
_KINDS = (SCHOOL, MIDDLE, HIGH, VOCATIONAL, PRIVATE_SCHOOL, PRIVATE_MIDDLE, PRIVATE_HIGH, GUIDANCE)


def uai(department: str, serial: int) -> str:
    """The code of that department and serial, with its letter."""
    digits = f"{department}{serial:04d}"
    return digits + check_letter(digits)


def places(agents: int, draw: Random) -> dict[Kind, list[Place]]:
    """Establishments enough for that many agents, by kind; the offices are always the same four."""
    by_kind: dict[Kind, list[Place]] = {OFFICE: _offices(dict.fromkeys(_DEPARTMENTS, OFFICE_SERIAL))}
    used = dict.fromkeys(_DEPARTMENTS, 0)
    counts = {kind: max(kind.least, agents // kind.agents_each) for kind in _KINDS}
    # Fictional codes are few: beyond some eighty thousand agents, fewer and larger establishments.
    share = min(1.0, len(_DEPARTMENTS) * _SERIALS / sum(counts.values()))
    start = draw.randrange(_SERIALS)  # two samples in one académie seldom speak of the same schools
    for kind in _KINDS:
        by_kind[kind] = []
        for _ in range(max(1, int(counts[kind] * share))):
            department = draw.choices(_DEPARTMENTS, _SHARES)[0]
            if used[department] == _SERIALS:
                department = min(_DEPARTMENTS, key=used.__getitem__)
            serial = FIRST_SERIAL + (start + used[department]) % _SERIALS
            by_kind[kind].append(_place(kind, department, serial, draw))
            used[department] += 1
    return by_kind


def _place(kind: Kind, department: str, serial: int, draw: Random) -> Place:
    town, _, postal_code = draw.choice(words(f"towns {department}")).rpartition(" ")
    patron = draw.choice(words("saints" if kind.sector is Sector.PRIVATE_CONTRACT else "patrons"))
    name = f"{kind.label} {town if kind is GUIDANCE else patron}"
    district = _district(department, serial, town) if kind is SCHOOL else ""
    return Place(
        uai(department, serial), name, kind.name, kind.sector, department, town, postal_code, district
    )


def _district(department: str, serial: int, town: str) -> str:
    """A district of the town if it has one, else of the department."""
    districts = _DISTRICTS[department]
    of_town = [name for name in districts if name.startswith(town)]
    return (of_town or districts)[serial % len(of_town or districts)]


def _offices(serials: dict[str, int]) -> list[Place]:
    seats = {"080": ("Amiens", "80000"), "060": ("Beauvais", "60000"), "002": ("Laon", "02000")}
    labels = {"080": "Somme", "060": "Oise", "002": "Aisne"}
    offices = [_office("080", serials, "Rectorat de l’académie", *seats["080"])]
    for department, seat in seats.items():
        name = f"Direction des services départementaux – {labels[department]}"
        offices.append(_office(department, serials, name, *seat))
    return offices


def _office(department: str, serials: dict[str, int], name: str, town: str, postal_code: str) -> Place:
    serial = serials[department]
    serials[department] += 1
    code = uai(department, serial)
    return Place(code, name, OFFICE.name, OFFICE.sector, department, town, postal_code)

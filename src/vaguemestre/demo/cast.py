"""Named people of the demonstration, always present whatever the sample around them."""

from dataclasses import dataclass
from datetime import date
from random import Random

from vaguemestre.people.credentials.values import AccountRole, DeviceKind
from vaguemestre.people.directory.rules.numens import draw_numen
from vaguemestre.people.directory.values import (
    CivilStatus,
    NewPerson,
    Numen,
    NumenLayout,
    Place,
    Post,
    Sector,
    StaffCategory,
)
from vaguemestre.people.intake.sample.places import OFFICE_SERIAL, uai

SEED = 20
AGENTS = 400
OUTSIDE = "outside@exterieur.test"

COLLEGE = Place(uai("080", 9001), "Collège Jules Verne", "Collège", Sector.PUBLIC, "080", "Amiens", "80000")
SCHOOL = Place(
    uai("060", 9001), "École Les Tilleuls", "Ecole", Sector.PUBLIC, "060", "Beauvais", "60000",
    "Beauvais nord",
)  # fmt: skip
PRIVATE = Place(
    uai("080", 9002), "Collège Saint-Martin", "Collège", Sector.PRIVATE_CONTRACT, "080", "Abbeville", "80100"
)
PLACES = (COLLEGE, SCHOOL, PRIVATE)
# The offices are those of the sample, always the same.
RECTORATE = uai("080", OFFICE_SERIAL)
DIRECTORATE = uai("080", OFFICE_SERIAL + 1)


@dataclass(frozen=True)
class Part:
    """One part of the cast. A pending account was never activated."""

    role: str
    civil: CivilStatus
    category: StaffCategory
    place: str
    function: str
    corps: str
    discipline: str = ""
    since: date | None = None  # None: this autumn
    is_contract: bool = False
    account_role: AccountRole = AccountRole.AGENT
    factor: DeviceKind | None = None
    is_pending: bool = False
    office: str = ""  # code of the management service answered for

    @property
    def dossier(self) -> str:
        return f"DEMO-{self.role}"


def _civil(civility: str, first: str, birth: str, born: date, usage: str = "") -> CivilStatus:
    return CivilStatus(civility, birth, usage, first, born)


def _clerk(role: str, civil: CivilStatus, place: str, account_role: AccountRole, office: str = "") -> Part:
    since = date(2019, 9, 1)
    return Part(
        role,
        civil,
        StaffCategory.ATSS,
        place,
        "ADF",
        "051",
        "",
        since,
        account_role=account_role,
        factor=DeviceKind.APP,
        office=office,
    )


_TEACHING = StaffCategory.SECOND_DEGREE_PUBLIC
_TEACHING_CHILDREN = StaffCategory.FIRST_DEGREE_PUBLIC
_HR = AccountRole.HR_OFFICER

CAST = (
    Part(
        "teacher",
        _civil("Mme", "Camille", "Delattre", date(1985, 3, 14)),
        _TEACHING,
        COLLEGE.uai,
        "ENS",
        "553",
        "L0202",
        date(2016, 9, 1),
    ),
    Part(
        "colleague",
        _civil("M.", "Thomas", "Lefebvre", date(1979, 11, 2)),
        _TEACHING,
        COLLEGE.uai,
        "ENS",
        "551",
        "L1000",
        date(2011, 9, 1),
    ),
    Part(
        "newcomer",
        _civil("Mme", "Inès", "El-Khatib", date(1997, 6, 21)),
        _TEACHING,
        COLLEGE.uai,
        "ENS",
        "779",
        "L1300",
        is_contract=True,
        is_pending=True,
    ),
    Part(
        "transferred",
        _civil("M.", "Marc", "Le Dupond", date(1982, 1, 9)),
        _TEACHING_CHILDREN,
        SCHOOL.uai,
        "ENS",
        "615",
        is_pending=True,
    ),
    Part(
        "head",
        _civil("M.", "Philippe", "Vasseur", date(1968, 5, 30)),
        StaffCategory.DIRECTION,
        COLLEGE.uai,
        "DIR",
        "004",
        since=date(2020, 9, 1),
    ),
    Part(
        "secretary",
        _civil("Mme", "Sylvie", "Caron", date(1971, 10, 8), "Lecointe"),
        StaffCategory.ATSS,
        COLLEGE.uai,
        "ADF",
        "054",
        since=date(2008, 9, 1),
    ),
    Part(
        "otp",
        _civil("Mme", "Sophie", "Boulanger", date(1976, 2, 17)),
        _TEACHING_CHILDREN,
        SCHOOL.uai,
        "DIR",
        "615",
        since=date(2014, 9, 1),
        factor=DeviceKind.KEY,
    ),
    _clerk(
        "hr_dpe",
        _civil("Mme", "Nathalie", "Fournier", date(1970, 8, 25), "Carpentier"),
        RECTORATE,
        _HR,
        "DPE",
    ),
    _clerk("hr_dpate", _civil("Mme", "Karine", "Roussel", date(1974, 4, 3)), RECTORATE, _HR, "DPATE"),
    _clerk("hr_deep", _civil("M.", "Bruno", "Douchet", date(1966, 12, 19)), RECTORATE, _HR, "DEEP"),
    _clerk("hr_dsden", _civil("M.", "Karim", "Haddad", date(1983, 7, 11)), DIRECTORATE, _HR, "DSDEN_80"),
    _clerk("helpdesk", _civil("Mme", "Lucie", "Poulain", date(1990, 9, 27)), RECTORATE, AccountRole.HELPDESK),
    _clerk(
        "administrator",
        _civil("M.", "Antoine", "Leclercq", date(1988, 1, 31)),
        RECTORATE,
        AccountRole.ADMINISTRATOR,
    ),
)

# Ordinary people of the college, never activated: those the teacher writes with.
STAFF = tuple(
    Part(
        f"staff-{number}",
        _civil(civility, first, last, date(1970 + number * 2, number, 10 + number)),
        category,
        COLLEGE.uai,
        function,
        corps,
        discipline,
        date(2010 + number, 9, 1),
        is_pending=True,
    )
    for number, (civility, first, last, category, function, corps, discipline) in enumerate(
        (
            ("Mme", "Hélène", "Poulain", _TEACHING, "ENS", "553", "L0422"),
            ("M.", "Julien", "Dewailly", _TEACHING, "ENS", "553", "L1300"),
            ("Mme", "Maud", "N’Diaye", _TEACHING, "ENS", "553", "L1600"),
            ("M.", "Cédric", "Obry", _TEACHING, "ENS", "531", "L1900"),
            ("Mme", "Anne-Sophie", "Thuillier", _TEACHING, "DOC", "553", "L0080"),
            ("Mme", "Claire", "Magnier", StaffCategory.CPE, "EDU", "563", ""),
            ("M.", "Rachid", "Bouzid", StaffCategory.AED, "AED", "", ""),
        ),
        start=1,
    )
)


def numen_of(part: Part, academy: str, layout: NumenLayout) -> Numen:
    """Fixed NUMEN of a part. Someone transferred from Lille keeps one issued there, in the usual layout."""
    year = part.since.year if part.since else 2021
    if part.role == "transferred":
        academy, layout, year = "09", NumenLayout.STANDARD, 2006
    draw = Random(f"{SEED} {part.role}")  # noqa: S311 - a demonstration is reproducible, not secret
    return draw_numen(layout, academy=academy, category=part.category, year=year, draw=draw)


def people(today: date, academy: str, layout: NumenLayout) -> list[NewPerson]:
    """The cast as rows of the HR feed of a school year."""
    autumn = date(today.year if today.month >= 9 else today.year - 1, 9, 1)
    summer = date(autumn.year + 1, 8, 31)
    return [
        NewPerson(
            dossier=part.dossier,
            civil=part.civil,
            category=part.category,
            posts=(
                Post(
                    part.place,
                    part.since or autumn,
                    summer if part.is_contract else None,
                    part.function,
                    "CONTRACTUEL" if part.is_contract else "TITULAIRE",
                    part.corps,
                    part.discipline,
                ),
            ),
            numen=numen_of(part, academy, layout),
        )
        for part in (*CAST, *STAFF)
    ]

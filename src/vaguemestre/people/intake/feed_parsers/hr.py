"""The HR feed: one line per assignment of a person."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import parse_day
from vaguemestre.people.directory.rules.names import address_base, check_signs
from vaguemestre.people.directory.rules.numens import parse_numen
from vaguemestre.people.directory.rules.places import parse_uai
from vaguemestre.people.directory.values import CivilStatus, Numen, Post, StaffCategory
from vaguemestre.people.intake.feed_parsers import csv_lines
from vaguemestre.people.intake.feed_parsers.csv_lines import Content, InMemory, Line, LineRefused, Row, Sheet
from vaguemestre.people.intake.values import ParsedFeed, Record, RefusedLine

COLUMNS = (
    "dossier",
    "numen",
    "civilite",
    "nom_naissance",
    "nom_usage",
    "prenom",
    "date_naissance",
    "categorie",
    "statut",
    "corps",
    "discipline",
    "uai",
    "fonction",
    "principal",
    "debut",
    "fin",
    "courriel_secours",
)
_NEEDED = ("dossier", "nom_naissance", "prenom", "date_naissance", "categorie", "uai", "debut")
_LIMITS = {
    "dossier": 40,
    "civilite": 4,
    "nom_naissance": 100,
    "nom_usage": 100,
    "prenom": 100,
    "statut": 20,
    "corps": 10,
    "discipline": 10,
    "fonction": 20,
    "courriel_secours": 254,
}
_AGES = range(15, 111)
_YEARS = range(1940, 2101)


def open_sheet(content: Content) -> Sheet:
    """Open a feed. Raises the Refusals of `csv_lines.open_sheet` if the file cannot be used."""
    return csv_lines.open_sheet(content, COLUMNS)


def parse_feed(content: bytes, today: date) -> ParsedFeed:
    """Parse a whole feed: records, and refused lines with column and reason. Raises as `open_sheet`."""
    return parse_sheet(open_sheet(InMemory(content)), today)


def parse_sheet(sheet: Sheet, today: date) -> ParsedFeed:
    """Parse every row of an open feed."""
    records, refused = split_refused(parse_row(sheet, row, today) for row in sheet.rows())
    return ParsedFeed(records, refused, sheet.notices)


def split_refused(rows: Iterable[Record | RefusedLine]) -> tuple[tuple[Record, ...], tuple[RefusedLine, ...]]:
    """Records and refused lines, each in order."""
    records, refused = list[Record](), list[RefusedLine]()
    for row in rows:
        if isinstance(row, Record):
            records.append(row)
        else:
            refused.append(row)
    return tuple(records), tuple(refused)


def parse_row(sheet: Sheet, row: Row, today: date) -> Record | RefusedLine:
    """Parse one row."""
    try:
        line = sheet.line(row)
    except LineRefused as error:
        return sheet.refuse_row(row, error)
    try:
        return _record(line, today)
    except LineRefused as error:
        return RefusedLine(line.number, error.column, error.reason, line.cells["dossier"][:40])


def _record(line: Line, today: date) -> Record:
    cells = line.cells
    _check_presence(cells)
    civil = _civil(cells, today)
    return Record(
        line=line.number,
        dossier=cells["dossier"],
        numen=_numen(cells["numen"]),
        civil=civil,
        category=_category(cells["categorie"]),
        post=_post(cells),
        recovery_address=_recovery(cells["courriel_secours"]),
        raw=line.raw,
    )


def _check_presence(cells: dict[str, str]) -> None:
    for name in _NEEDED:
        if not cells[name]:
            raise LineRefused(name, "cellule vide")
    for name, limit in _LIMITS.items():
        if len(cells[name]) > limit:
            raise LineRefused(name, f"plus de {limit} caractères")


def _civil(cells: dict[str, str], today: date) -> CivilStatus:
    born = _day(cells, "date_naissance")
    age = today.year - born.year
    if age not in _AGES:
        raise LineRefused("date_naissance", f"date impossible : « {cells['date_naissance']} »")
    for name in ("nom_naissance", "nom_usage", "prenom"):
        _check_signs(name, cells[name])
    civil = CivilStatus(cells["civilite"], cells["nom_naissance"], cells["nom_usage"], cells["prenom"], born)
    try:
        address_base(civil.shown_first_name, civil.shown_last_name)
    except Refusal as error:
        raise LineRefused("nom_naissance", "nom sans lettre latine : à traiter à la main") from error
    return civil


def _check_signs(column: str, name: str) -> None:
    try:
        check_signs(name)
    except Refusal as error:
        raise LineRefused(column, f"signe « {error.facts['sign']} » dans un nom") from error


def _numen(text: str) -> Numen | None:
    try:
        return parse_numen(text) if text else None
    except Refusal as error:
        raise LineRefused("numen", "NUMEN malformé") from error


def _category(text: str) -> StaffCategory:
    try:
        return StaffCategory(text.upper())
    except ValueError as error:
        raise LineRefused("categorie", f"catégorie inconnue : « {text[:20]} »") from error


def _post(cells: dict[str, str]) -> Post:
    starts_on = _day(cells, "debut")
    ends_on = _day(cells, "fin") if cells["fin"] else None
    if ends_on and ends_on < starts_on:
        raise LineRefused("fin", "la fin précède le début")
    return Post(
        uai=_uai(cells["uai"]),
        starts_on=starts_on,
        ends_on=ends_on,
        function=cells["fonction"],
        status=cells["statut"],
        corps=cells["corps"],
        discipline=cells["discipline"],
        is_primary=_is_primary(cells["principal"]),
    )


def _is_primary(text: str) -> bool:
    if text.upper() not in ("O", "N", ""):
        raise LineRefused("principal", f"« {text[:10]} » au lieu de O ou N")
    return text.upper() == "O"


def _day(cells: dict[str, str], name: str) -> date:
    try:
        day = _parsed_day(cells[name])
    except ValueError as error:
        raise LineRefused(name, f"date impossible : « {cells[name][:20]} »") from error
    if day.year not in _YEARS and name != "date_naissance":
        raise LineRefused(name, f"date impossible : « {cells[name][:20]} »")
    return day


@lru_cache(maxsize=65536)
def _parsed_day(text: str) -> date:
    return parse_day(text)


def _uai(text: str) -> str:
    try:
        return _parsed_uai(text)
    except Refusal as error:
        wrong = "lettre de contrôle fausse" if error.code.endswith("letter-wrong") else "code UAI malformé"
        raise LineRefused("uai", f"{wrong} : « {text[:20]} »") from error


@lru_cache(maxsize=16384)
def _parsed_uai(text: str) -> str:
    return parse_uai(text).text


def _recovery(text: str) -> str:
    try:
        return str(parse_address(text)) if text else ""
    except Refusal as error:
        raise LineRefused("courriel_secours", "adresse malformée") from error

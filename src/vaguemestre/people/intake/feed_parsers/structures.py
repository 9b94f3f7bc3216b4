"""The companion file of establishments."""

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.rules.places import parse_uai
from vaguemestre.people.directory.values import Place, Sector
from vaguemestre.people.intake.feed_parsers.csv_lines import Line, LineRefused, read_table
from vaguemestre.people.intake.values import ParsedPlaces, RefusedLine

COLUMNS = ("uai", "nom", "type", "secteur", "departement", "commune", "code_postal")
OPTIONAL = ("circonscription",)
_LIMITS = {"nom": 200, "type": 40, "commune": 80, "code_postal": 10, "circonscription": 80}


def parse_structures(content: bytes) -> ParsedPlaces:
    """Every establishment of the file. Raises the Refusals of `lines.open_sheet`."""
    table = read_table(content, COLUMNS, OPTIONAL, of=" des établissements")
    places, refused = {}, list(table.refused)
    for line in table.lines:
        try:
            place = _place(line)
        except LineRefused as error:
            refused.append(RefusedLine(line.number, error.column, error.reason, line.cells["uai"][:8]))
        else:
            places[place.uai] = place
    return ParsedPlaces(tuple(places.values()), tuple(sorted(refused, key=lambda r: r.line)), table.notices)


def _place(line: Line) -> Place:
    cells = line.cells
    try:
        uai = parse_uai(cells["uai"])
    except Refusal as error:
        wrong = "lettre de contrôle fausse" if error.code.endswith("letter-wrong") else "code UAI malformé"
        raise LineRefused("uai", f"{wrong} : « {cells['uai'][:20]} »") from error
    for name, limit in _LIMITS.items():
        if len(cells[name]) > limit:
            raise LineRefused(name, f"plus de {limit} caractères")
    department = cells["departement"]
    return Place(
        uai=uai.text,
        name=cells["nom"],
        kind=cells["type"],
        sector=_sector(cells["secteur"]),
        department=department.zfill(3) if department.isdigit() else uai.department,
        town=cells["commune"],
        postal_code=cells["code_postal"],
        district=cells["circonscription"],
    )


def _sector(text: str) -> str:
    plain = text.upper().replace("É", "E")
    if not plain:
        return ""
    if plain.startswith("PUBLIC"):
        return Sector.PUBLIC
    if plain.startswith("PRIVE"):
        return Sector.PRIVATE_CONTRACT
    raise LineRefused("secteur", f"« {text[:20]} » au lieu de PUBLIC ou PRIVE")

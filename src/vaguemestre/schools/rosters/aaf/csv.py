"""A CSV of classes, for a school without an export: one line per person and class.

`classe;role;nom;prenom;adresse;eleve`; `role` ELEVE, RESPONSABLE or PROFESSEUR. A RESPONSABLE names, in
`eleve`, the address of the pupil; a PROFESSEUR's address is the académie's. A file describes a whole school.
"""

from collections.abc import Callable

from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.intake.feed_parsers.csv_lines import Line, Table
from vaguemestre.schools.rosters.rules.addresses import is_of_ent
from vaguemestre.schools.rosters.values import (
    GroupKey,
    GroupKind,
    Pupil,
    RejectedLine,
    Relative,
    Roster,
    TargetRosters,
    Teacher,
)

COLUMNS = ("classe", "role", "nom", "prenom", "adresse", "eleve")
_MAX_NAME_CHARACTERS = 100
_NOT_AN_ADDRESS = {
    "adresse": "colonne « adresse » : absente, ou ce n’est pas une adresse électronique",
    "eleve": "colonne « eleve » : il y faut l’adresse de l’élève dans l’ENT, celle de sa propre ligne",
}


class _Unusable(Exception):
    """A line that cannot be used; its reason holds no personal data."""


def read_classes(
    parsed: Table, file: str, uai: str, digest: Callable[[str], str], *, domain: str
) -> TargetRosters:
    """The roster of that school. `parsed`: a table with `COLUMNS`."""
    rejected = [RejectedLine(file, line.line, line.reason) for line in parsed.refused]
    pupils: dict[str, Pupil] = {}
    relatives: dict[str, Relative] = {}
    teachers: dict[str, Teacher] = {}
    relative_lines: list[Line] = []
    for line in parsed.lines:
        try:
            if line.cells["role"].upper() == "RESPONSABLE":
                relative_lines.append(line)
            elif line.cells["role"].upper() == "ELEVE":
                _add_pupil(line, pupils, digest, domain)
            elif line.cells["role"].upper() == "PROFESSEUR":
                _add_teacher(line, teachers, digest)
            else:
                raise _Unusable("rôle inconnu : ELEVE, RESPONSABLE ou PROFESSEUR")
        except _Unusable as error:
            rejected.append(RejectedLine(file, line.number, str(error)))
    for line in relative_lines:  # after the pupils, which may come below in the file
        try:
            _add_relative(line, pupils, relatives, digest, domain)
        except _Unusable as error:
            rejected.append(RejectedLine(file, line.number, str(error)))
    groups = {group for pupil in pupils.values() for group in pupil.groups}
    groups |= {group for teacher in teachers.values() for group in teacher.groups}
    roster = Roster(uai, "", frozenset(groups), pupils, relatives, teachers)
    return TargetRosters({uai: roster}, tuple(sorted(rejected, key=lambda row: row.line)), parsed.notices)


def _add_pupil(line: Line, pupils: dict[str, Pupil], digest: Callable[[str], str], domain: str) -> None:
    first, last, address = *_names(line), _ent_address(line, "adresse", domain)
    key = digest(f"csv:{address}")
    before = pupils.get(key)
    if before and (before.first_name, before.last_name) != (first, last):
        raise _Unusable("cette adresse est déjà celle d’un autre élève")
    groups = (before.groups if before else frozenset()) | {_group(line)}
    pupils[key] = Pupil(first, last, address, groups)


def _add_relative(
    line: Line,
    pupils: dict[str, Pupil],
    relatives: dict[str, Relative],
    digest: Callable[[str], str],
    domain: str,
) -> None:
    first, last, address = *_names(line), _ent_address(line, "adresse", domain)
    pupil_key = digest(f"csv:{_ent_address(line, 'eleve', domain)}")
    pupil = pupils.get(pupil_key)
    if pupil is None:
        raise _Unusable("l’élève de ce responsable n’est pas dans le fichier")
    key = digest(f"csv:{address}")
    relatives[key] = Relative(first, last, address)
    pupils[pupil_key] = Pupil(
        pupil.first_name, pupil.last_name, pupil.address, pupil.groups, pupil.relatives | {key}
    )


def _add_teacher(line: Line, teachers: dict[str, Teacher], digest: Callable[[str], str]) -> None:
    try:
        address = str(parse_address(line.cells["adresse"]))
    except Refusal as refusal:
        raise _Unusable(_NOT_AN_ADDRESS["adresse"]) from refusal
    key = digest(f"csv:{address}")
    before = teachers.get(key)
    teachers[key] = Teacher(address, (before.groups if before else frozenset()) | {_group(line)})


def _names(line: Line) -> tuple[str, str]:
    first, last = line.cells["prenom"], line.cells["nom"]
    if not first or not last:
        raise _Unusable("nom ou prénom absent")
    if max(len(first), len(last)) > _MAX_NAME_CHARACTERS:
        raise _Unusable("nom ou prénom trop long")
    return first, last


def _group(line: Line) -> GroupKey:
    name = line.cells["classe"]
    if not name or len(name) > _MAX_NAME_CHARACTERS:
        raise _Unusable("classe absente, ou nom trop long")
    return GroupKey(GroupKind.CLASS, name)


def _ent_address(line: Line, column: str, domain: str) -> str:
    try:
        address = str(parse_address(line.cells[column]))
    except Refusal as refusal:
        raise _Unusable(_NOT_AN_ADDRESS[column]) from refusal
    if not is_of_ent(address, domain):
        raise _Unusable(
            f"colonne « {column} » : adresse hors de l’ENT, dont le domaine est {domain} ; "
            "elle n’est pas gardée"
        )
    return address

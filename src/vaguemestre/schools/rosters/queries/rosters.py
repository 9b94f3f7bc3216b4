"""Rosters as imports compare them, in values."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from vaguemestre.schools.rosters.models import GroupRow, PupilRow, RelativeRow, RosterRow, TeacherRow
from vaguemestre.schools.rosters.values import GroupKey, Kind, Pupil, Relative, Roster, Teacher


def known_rosters(academy_id: int, uais: Collection[str] | None = None) -> dict[str, Roster]:
    """By UAI; all of the académie when `uais` is None. A few questions for each school."""
    rows = RosterRow.objects.filter(structure__academy_id=academy_id)
    if uais is not None:
        rows = rows.filter(structure__uai__in=uais)
    told = rows.values_list("pk", "structure__uai", "source")
    return {uai: _roster(pk, uai, source) for pk, uai, source in told}


def _roster(pk: int, uai: str, source: str) -> Roster:
    groups = {row.pk: GroupKey(Kind(row.kind), row.name) for row in GroupRow.objects.filter(roster_id=pk)}
    relatives = {row.pk: row for row in RelativeRow.objects.filter(roster_id=pk)}
    pupil_groups = _pairs(
        PupilRow.groups.through.objects.filter(pupilrow__roster_id=pk), "pupilrow", "grouprow"
    )
    answered = _pairs(
        PupilRow.relatives.through.objects.filter(pupilrow__roster_id=pk), "pupilrow", "relativerow"
    )
    taught = _pairs(
        TeacherRow.groups.through.objects.filter(teacherrow__roster_id=pk), "teacherrow", "grouprow"
    )
    return Roster(
        uai,
        source,
        frozenset(groups.values()),
        {
            row.key: Pupil(
                row.first_name,
                row.last_name,
                row.address,
                frozenset(groups[one] for one in pupil_groups.get(row.pk, ())),
                frozenset(relatives[one].key for one in answered.get(row.pk, ())),
            )
            for row in PupilRow.objects.filter(roster_id=pk)
        },
        {row.key: Relative(row.first_name, row.last_name, row.address) for row in relatives.values()},
        {
            row.key: Teacher(row.address, frozenset(groups[one] for one in taught.get(row.pk, ())))
            for row in TeacherRow.objects.filter(roster_id=pk)
        },
    )


def _pairs(rows: object, left: str, right: str) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for one, other in rows.values_list(f"{left}_id", f"{right}_id"):  # type: ignore[attr-defined]
        found[one].append(other)
    return found

"""Stored rosters as values, to compare with an import."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from vaguemestre.schools.rosters.models import GroupRow, PupilRow, RelativeRow, RosterRow, TeacherRow
from vaguemestre.schools.rosters.values import GroupKey, GroupKind, Pupil, Relative, Roster, Teacher


def stored_rosters(academy_id: int, uais: Collection[str] | None = None) -> dict[str, Roster]:
    """UAI → roster; the whole académie if `uais` is None. A few queries per school."""
    rows = RosterRow.objects.filter(structure__academy_id=academy_id)
    if uais is not None:
        rows = rows.filter(structure__uai__in=uais)
    columns = rows.values_list("pk", "structure__uai", "source")
    return {uai: _roster(pk, uai, source) for pk, uai, source in columns}


def _roster(pk: int, uai: str, source: str) -> Roster:
    groups = {
        row.pk: GroupKey(GroupKind(row.kind), row.name) for row in GroupRow.objects.filter(roster_id=pk)
    }
    relatives = {row.pk: row for row in RelativeRow.objects.filter(roster_id=pk)}
    pupil_groups = _group_by_left(
        PupilRow.groups.through.objects.filter(pupilrow__roster_id=pk), "pupilrow", "grouprow"
    )
    relative_ids = _group_by_left(
        PupilRow.relatives.through.objects.filter(pupilrow__roster_id=pk), "pupilrow", "relativerow"
    )
    taught = _group_by_left(
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
                frozenset(groups[group_id] for group_id in pupil_groups.get(row.pk, ())),
                frozenset(relatives[relative_id].key for relative_id in relative_ids.get(row.pk, ())),
            )
            for row in PupilRow.objects.filter(roster_id=pk)
        },
        {row.key: Relative(row.first_name, row.last_name, row.address) for row in relatives.values()},
        {
            row.key: Teacher(row.address, frozenset(groups[group_id] for group_id in taught.get(row.pk, ())))
            for row in TeacherRow.objects.filter(roster_id=pk)
        },
    )


def _group_by_left(rows: object, left_column: str, right_column: str) -> Mapping[int, list[int]]:
    grouped: dict[int, list[int]] = defaultdict(list)
    for left_id, right_id in rows.values_list(f"{left_column}_id", f"{right_column}_id"):  # type: ignore[attr-defined]
        grouped[left_id].append(right_id)
    return grouped

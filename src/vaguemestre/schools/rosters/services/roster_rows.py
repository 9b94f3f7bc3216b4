"""Rows of one school's roster, written in place of the former ones."""

from collections.abc import Mapping

from vaguemestre.schools.rosters.models import GroupRow, PupilRow, RelativeRow, RosterRow, TeacherRow
from vaguemestre.schools.rosters.values import GroupKey, GroupKind, Roster

_BATCH_ROWS = 500


def write_groups(row: RosterRow, roster: Roster) -> dict[GroupKey, int]:
    """Create and delete groups; the others keep their id. Returns the ids."""
    stored = {_group_key(group): group.pk for group in GroupRow.objects.filter(roster=row)}
    GroupRow.objects.filter(pk__in=[pk for key, pk in stored.items() if key not in roster.groups]).delete()
    missing = sorted((str(group.kind), group.name) for group in roster.groups - stored.keys())
    GroupRow.objects.bulk_create(
        [GroupRow(roster=row, kind=kind, name=name) for kind, name in missing], batch_size=_BATCH_ROWS
    )
    return {_group_key(group): group.pk for group in GroupRow.objects.filter(roster=row)}


def _group_key(row: GroupRow) -> GroupKey:
    return GroupKey(GroupKind(row.kind), row.name)


def replace_people(row: RosterRow, roster: Roster, groups: Mapping[GroupKey, int]) -> None:
    """Delete everybody of the roster and create those of `roster`; `groups`: ids of its groups."""
    for model in (PupilRow, RelativeRow, TeacherRow):
        model.objects.filter(roster=row).delete()
    relatives = _create_relatives(row, roster)
    _create_pupils(row, roster, groups, relatives)
    _create_teachers(row, roster, groups)


def _create_relatives(row: RosterRow, roster: Roster) -> dict[str, RelativeRow]:
    rows = {
        key: RelativeRow(
            roster=row,
            key=key,
            first_name=relative.first_name,
            last_name=relative.last_name,
            address=relative.address,
        )
        for key, relative in roster.relatives.items()
    }
    RelativeRow.objects.bulk_create(rows.values(), batch_size=_BATCH_ROWS)
    return rows


def _create_pupils(
    row: RosterRow, roster: Roster, groups: Mapping[GroupKey, int], relatives: Mapping[str, RelativeRow]
) -> None:
    rows = {
        key: PupilRow(
            roster=row,
            key=key,
            first_name=pupil.first_name,
            last_name=pupil.last_name,
            address=pupil.address,
        )
        for key, pupil in roster.pupils.items()
    }
    PupilRow.objects.bulk_create(rows.values(), batch_size=_BATCH_ROWS)
    in_group, has_relative = PupilRow.groups.through, PupilRow.relatives.through
    in_group.objects.bulk_create(
        [
            in_group(pupilrow_id=rows[key].pk, grouprow_id=groups[group])
            for key, pupil in roster.pupils.items()
            for group in pupil.groups
        ],
        batch_size=_BATCH_ROWS,
    )
    has_relative.objects.bulk_create(
        [
            has_relative(pupilrow_id=rows[key].pk, relativerow_id=relatives[relative_key].pk)
            for key, pupil in roster.pupils.items()
            for relative_key in pupil.relatives
            if relative_key in relatives
        ],
        batch_size=_BATCH_ROWS,
    )


def _create_teachers(row: RosterRow, roster: Roster, groups: Mapping[GroupKey, int]) -> None:
    rows = {
        key: TeacherRow(roster=row, key=key, address=teacher.address)
        for key, teacher in roster.teachers.items()
    }
    TeacherRow.objects.bulk_create(rows.values(), batch_size=_BATCH_ROWS)
    teaches = TeacherRow.groups.through
    teaches.objects.bulk_create(
        [
            teaches(teacherrow_id=rows[key].pk, grouprow_id=groups[group])
            for key, teacher in roster.teachers.items()
            for group in teacher.groups
        ],
        batch_size=_BATCH_ROWS,
    )

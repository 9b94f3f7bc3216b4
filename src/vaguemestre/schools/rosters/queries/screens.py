"""What the pages of classes show."""

from vaguemestre.people.directory.queries import existing_addresses, newest_post_labels
from vaguemestre.schools.rosters.models import (
    AllowedRow,
    GroupRow,
    ImportRow,
    PupilRow,
    RelativeRow,
    RosterRow,
    TeacherRow,
)
from vaguemestre.schools.rosters.queries.audiences import audiences_of, counts_of
from vaguemestre.schools.rosters.rules.group_names import shown_group
from vaguemestre.schools.rosters.values import (
    Allowed,
    Asker,
    Audience,
    GroupShown,
    ImportShown,
    RosterShown,
    School,
    Side,
    Wrong,
)


def roster_shown(asker: Asker, school: School) -> RosterShown | None:
    """The school's classes: all of them for its owner, those one may write to for the others."""
    row = RosterRow.objects.filter(structure_id=school.structure_id).first()
    if row is None:
        return None
    open_to = {one.audience: one for one in audiences_of(asker) if one.uai == school.uai}
    groups = list(GroupRow.objects.filter(roster=row).order_by("-kind", "name"))
    counts = counts_of([group.pk for group in groups])
    shown = [
        GroupShown(
            shown_group(group.name),
            group.kind,
            counts[group.pk, Side.PUPILS],
            counts[group.pk, Side.FAMILIES],
            open_to.get(Audience(Side.PUPILS, group.pk)),
            open_to.get(Audience(Side.FAMILIES, group.pk)),
        )
        for group in groups
    ]
    teachers = list(TeacherRow.objects.filter(roster=row).values_list("address", flat=True))
    return RosterShown(
        row.updated_at,
        row.purge_on,
        PupilRow.objects.filter(roster=row).count(),
        RelativeRow.objects.filter(roster=row).count(),
        len(teachers),
        len(set(teachers) - existing_addresses(teachers)),
        tuple(one for one in shown if school.is_owner or one.to_pupils or one.to_families),
    )


def allowed_in(structure_id: int) -> tuple[Allowed, ...]:
    rows = AllowedRow.objects.filter(structure_id=structure_id).select_related("person")
    details = newest_post_labels([row.person_id for row in rows])
    return tuple(
        sorted(
            (Allowed(row.person_id, row.person.shown_name, details.get(row.person_id, "")) for row in rows),
            key=lambda one: one.name,
        )
    )


def imports_of(structure_id: int, *, limit: int = 10) -> tuple[ImportShown, ...]:
    rows = ImportRow.objects.filter(structure_id=structure_id).order_by("-at", "-pk")[:limit]
    return tuple(
        ImportShown(
            row.at,
            row.kind,
            row.by,
            row.pupils_in,
            row.pupils_changed,
            row.pupils_out,
            row.pupils,
            tuple(Wrong(*one) for one in row.wrong),
        )
        for row in rows
    )

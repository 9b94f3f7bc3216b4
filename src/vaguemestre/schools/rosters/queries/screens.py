"""Rosters, allowed people and imports, as their pages show them."""

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
from vaguemestre.schools.rosters.rules.group_names import group_label
from vaguemestre.schools.rosters.values import (
    AllowedWriter,
    Audience,
    ClassWriter,
    GroupSummary,
    ImportSummary,
    RejectedLine,
    RosterSummary,
    School,
    Side,
)


def roster_summary(writer: ClassWriter, school: School) -> RosterSummary | None:
    """The school's roster: every class for its owner, otherwise those the person may write to."""
    row = RosterRow.objects.filter(structure_id=school.structure_id).first()
    if row is None:
        return None
    choices = {choice.audience: choice for choice in audiences_of(writer) if choice.uai == school.uai}
    groups = list(GroupRow.objects.filter(roster=row).order_by("-kind", "name"))
    counts = counts_of([group.pk for group in groups])
    summaries = [
        GroupSummary(
            group_label(group.name),
            group.kind,
            counts[group.pk, Side.PUPILS],
            counts[group.pk, Side.FAMILIES],
            choices.get(Audience(Side.PUPILS, group.pk)),
            choices.get(Audience(Side.FAMILIES, group.pk)),
        )
        for group in groups
    ]
    teachers = list(TeacherRow.objects.filter(roster=row).values_list("address", flat=True))
    return RosterSummary(
        row.updated_at,
        row.purge_on,
        PupilRow.objects.filter(roster=row).count(),
        RelativeRow.objects.filter(roster=row).count(),
        len(teachers),
        len(set(teachers) - existing_addresses(teachers)),
        tuple(group for group in summaries if school.is_owner or group.to_pupils or group.to_families),
    )


def allowed_writers(structure_id: int) -> tuple[AllowedWriter, ...]:
    rows = AllowedRow.objects.filter(structure_id=structure_id).select_related("person")
    details = newest_post_labels([row.person_id for row in rows])
    return tuple(
        sorted(
            (
                AllowedWriter(row.person_id, row.person.shown_name, details.get(row.person_id, ""))
                for row in rows
            ),
            key=lambda writer: writer.name,
        )
    )


def imports_of(structure_id: int, *, limit: int = 10) -> tuple[ImportSummary, ...]:
    rows = ImportRow.objects.filter(structure_id=structure_id).order_by("-at", "-pk")[:limit]
    return tuple(
        ImportSummary(
            row.at,
            row.kind,
            row.by,
            row.pupils_in,
            row.pupils_changed,
            row.pupils_out,
            row.pupils,
            tuple(RejectedLine(*line) for line in row.rejected),
        )
        for row in rows
    )

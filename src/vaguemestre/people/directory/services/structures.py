"""Changes by administrators: académies, services, establishments. Parts, in the caller's transaction."""

from collections.abc import Mapping
from datetime import date, datetime

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import academy_subject, service_subject, structure_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.models import Academy, ManagementService, Structure
from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.directory.rules.places import check_opening_days
from vaguemestre.people.directory.values import Place


def rename_academy(academy_id: int, name: str, *, by: str, now: datetime) -> None:
    """Rename an académie. Code and domain never change: they are part of NUMENs and addresses."""
    if Academy.objects.filter(pk=academy_id).exclude(name=name).update(name=name):
        record("directory.academy-renamed", to=academy_subject(academy_id), by=by, at=now, name=name)


def describe_service(service_id: int, description: Mapping[str, str], *, by: str, now: datetime) -> None:
    """Set name, phone, address and postal address of a service, as applicants and letters show them."""
    service = ManagementService.objects.select_for_update().get(pk=service_id)
    changed = [column for column, value in description.items() if getattr(service, column) != value]
    for column in changed:
        setattr(service, column, description[column])
    if changed:
        service.save(update_fields=changed)
        record(
            "directory.service-described",
            to=service_subject(service_id),
            by=by,
            at=now,
            what=", ".join(changed),
        )


def open_structure(academy_id: int, place: Place, opened_on: date | None, *, by: str, now: datetime) -> int:
    """Create an establishment; returns its id. Raises Refusal `directory.uai-known`."""
    if Structure.objects.filter(uai=place.uai).exists():
        raise Refusal("directory.uai-known", uai=place.uai)
    row = Structure.objects.create(
        academy_id=academy_id,
        uai=place.uai,
        name=place.name,
        kind=place.kind,
        sector=place.sector,
        department=place.department or place.uai[:3],
        town=place.town,
        postal_code=place.postal_code,
        district=place.district,
        folded=fold(f"{place.name} {place.town}"),
        opened_on=opened_on,
    )
    record("directory.structure-opened", to=structure_subject(row.pk), by=by, at=now, uai=place.uai)
    return row.pk


def change_structure(
    structure_id: int,
    description: Mapping[str, str],
    open_days: tuple[date | None, date | None],
    successor_uai: str,
    *,
    by: str,
    now: datetime,
) -> None:
    """Set the description, (opening, closing) days and successor ("" for none) of an establishment.

    Assignments do not change: human resources move people. Raises Refusal `directory.life-backwards`,
    `directory.successor-unknown`, `directory.successor-itself`, `directory.successor-circular`,
    `directory.successor-too-soon` (it does not close).
    """
    row = Structure.objects.select_for_update().get(pk=structure_id)
    opened_on, closed_on = open_days
    check_opening_days(opened_on, closed_on)
    successor = _successor(row, successor_uai)
    if successor and not closed_on:
        raise Refusal("directory.successor-too-soon")
    values: dict[str, object] = {
        **description,
        "opened_on": opened_on,
        "closed_on": closed_on,
        "successor_id": successor.pk if successor else None,
    }
    changed = [column for column, value in values.items() if getattr(row, column) != value]
    for column in changed:
        setattr(row, column, values[column])
    row.folded = fold(f"{row.name} {row.town}")
    if changed:
        row.save()
        record(
            "directory.structure-changed", to=structure_subject(structure_id), by=by, at=now,
            what=", ".join(changed),
        )  # fmt: skip


def _successor(row: Structure, uai: str) -> Structure | None:
    if not uai:
        return None
    successor = Structure.objects.filter(uai=uai).first()
    if successor is None:
        raise Refusal("directory.successor-unknown", uai=uai)
    if successor.pk == row.pk:
        raise Refusal("directory.successor-itself")
    visited, following = {row.pk}, successor
    while following:
        if following.pk in visited:
            raise Refusal("directory.successor-circular", uai=uai)
        visited.add(following.pk)
        if following.successor is None:
            break
        following = following.successor
    return successor

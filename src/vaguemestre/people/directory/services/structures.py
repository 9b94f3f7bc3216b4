"""What administrators change: académies, services, establishments. Each inside the caller's transaction."""

from collections.abc import Mapping
from datetime import date, datetime

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.models import Academy, ManagementService, Structure
from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.directory.rules.places import check_life
from vaguemestre.people.directory.values import Place


def rename_academy(academy_id: int, name: str, *, by: str, now: datetime) -> None:
    """Its name; the code is in NUMENs and the domain in addresses, so that both stay."""
    if Academy.objects.filter(pk=academy_id).exclude(name=name).update(name=name):
        record("directory.academy-renamed", to=f"academy:{academy_id}", by=by, at=now, name=name)


def describe_service(service_id: int, told: Mapping[str, str], *, by: str, now: datetime) -> None:
    """`told`: name, phone, address, postal, as applicants and letters read them."""
    service = ManagementService.objects.select_for_update().get(pk=service_id)
    changed = [column for column, value in told.items() if getattr(service, column) != value]
    for column in changed:
        setattr(service, column, told[column])
    if changed:
        service.save(update_fields=changed)
        record(
            "directory.service-described", to=f"service:{service_id}", by=by, at=now, what=", ".join(changed)
        )


def open_structure(academy_id: int, place: Place, opened_on: date | None, *, by: str, now: datetime) -> int:
    """A new establishment; its id. Raises Refusal `directory.uai-known`: a UAI is given once."""
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
    record("directory.structure-opened", to=f"structure:{row.pk}", by=by, at=now, uai=place.uai)
    return row.pk


def change_structure(
    structure_id: int,
    told: Mapping[str, str],
    life: tuple[date | None, date | None],
    successor_uai: str,
    *,
    by: str,
    now: datetime,
) -> None:
    """Its description, the days it opens and closes, and the one that takes over ("" for none).

    Nobody is moved: assignments are for human resources to change. Raises Refusal `directory.life-backwards`,
    `directory.successor-unknown`, `directory.successor-itself`, `directory.successor-circular`,
    `directory.successor-too-soon` (it does not close).
    """
    row = Structure.objects.select_for_update().get(pk=structure_id)
    opened_on, closed_on = life
    check_life(opened_on, closed_on)
    successor = _successor(row, successor_uai)
    if successor and not closed_on:
        raise Refusal("directory.successor-too-soon")
    wanted: dict[str, object] = {
        **told,
        "opened_on": opened_on,
        "closed_on": closed_on,
        "successor_id": successor.pk if successor else None,
    }
    changed = [column for column, value in wanted.items() if getattr(row, column) != value]
    for column in changed:
        setattr(row, column, wanted[column])
    row.folded = fold(f"{row.name} {row.town}")
    if changed:
        row.save()
        record(
            "directory.structure-changed", to=f"structure:{structure_id}", by=by, at=now,
            what=", ".join(changed),
        )  # fmt: skip


def _successor(row: Structure, uai: str) -> Structure | None:
    if not uai:
        return None
    found = Structure.objects.filter(uai=uai).first()
    if found is None:
        raise Refusal("directory.successor-unknown", uai=uai)
    if found.pk == row.pk:
        raise Refusal("directory.successor-itself")
    met, following = {row.pk}, found
    while following:
        if following.pk in met:
            raise Refusal("directory.successor-circular", uai=uai)
        met.add(following.pk)
        if following.successor is None:
            break
        following = following.successor
    return found

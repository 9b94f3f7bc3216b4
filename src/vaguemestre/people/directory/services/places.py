"""Found an académie with its services; describe establishments. Parts, in the caller's transaction."""

from collections.abc import Collection, Sequence
from itertools import batched

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.people.directory import queries
from vaguemestre.people.directory.events import PlacesDescribed
from vaguemestre.people.directory.models import Academy, ManagementService, Structure
from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.directory.rules.places import department_label, described_fields
from vaguemestre.people.directory.services.names import lock_names
from vaguemestre.people.directory.values import Place

_SERVICES = {
    "DPE": "Division des personnels enseignants",
    "DPATE": "Division des personnels administratifs, techniques et d’encadrement",
    "DEEP": "Division des établissements d’enseignement privés",
}

_BATCH_ROWS = 5000


def found_academy(code: str, name: str, domain: str, departments: Sequence[str]) -> int:
    """Create the académie and its management services if they are missing; returns its id.

    `departments` as in a UAI (`002`). Inside the caller's transaction.
    """
    academy, _ = Academy.objects.get_or_create(domain=domain, defaults={"code": code, "name": name})
    services = {code: (name, "") for code, name in _SERVICES.items()}
    for department in departments:
        label = department_label(department)
        services[f"DSDEN_{label}"] = (f"Direction des services départementaux ({label})", department)
    existing = queries.service_ids(academy.pk)
    ManagementService.objects.bulk_create(
        ManagementService(
            academy=academy,
            code=code,
            name=name,
            department=department,
            address=f"ce.{code.lower().replace('_', '')}@{domain}",
        )
        for code, (name, department) in services.items()
        if code not in existing
    )
    return academy.pk


def describe_structures(academy_id: int, places: Collection[Place]) -> int:
    """Create or update establishments; returns how many changed. Inside the caller's transaction.

    Those of another académie stay as it described them.
    """
    lock_names()
    structures: dict[str, Structure] = {}
    for batch in batched({place.uai for place in places}, _BATCH_ROWS):
        structures |= {s.uai: s for s in Structure.objects.filter(uai__in=batch)}
    created, altered = [], []
    for place in places:
        described = described_fields(place)
        structure = structures.get(place.uai)
        if structure is None:
            described.setdefault("name", f"Établissement {place.uai}")
            described.setdefault("department", place.uai[:3])
            structures[place.uai] = structure = Structure(academy_id=academy_id, uai=place.uai, **described)
            created.append(structure)
        elif structure.academy_id == academy_id and any(
            getattr(structure, k) != v for k, v in described.items()
        ):
            for column, value in described.items():
                setattr(structure, column, value)
            altered.append(structure)
    for structure in (*created, *altered):
        structure.folded = fold(f"{structure.name} {structure.town}")
    Structure.objects.bulk_create(created, batch_size=500)
    columns = ("name", "kind", "sector", "department", "town", "postal_code", "district", "folded")
    Structure.objects.bulk_update([s for s in altered if s.pk], columns, batch_size=200)
    if created or altered:
        announce(PlacesDescribed([structure.uai for structure in (*created, *altered)]))
    return len(created) + len(altered)

"""Queries on NUMENs: found by keyed hash, decrypted, masked."""

from collections.abc import Collection

from vaguemestre.people.directory.models import NumenRow, Person
from vaguemestre.people.directory.rules.numen_vault import unseal
from vaguemestre.people.directory.values import Numen, NumenHeld, NumenKeys


def person_by_numen(digest: str) -> Person | None:
    """The present or former holder of a NUMEN, by its keyed hash."""
    row = NumenRow.objects.select_related("person").filter(digest=digest).first()
    return row.person if row else None


def current_numen(person_id: int, keys: NumenKeys) -> Numen | None:
    """The NUMEN in clear, for its letter and the officer in charge only; the caller journals the reading."""
    sealed = _current_sealed(person_id)
    return unseal(sealed, keys) if sealed else None


def current_masked_numen(person_id: int, keys: NumenKeys) -> str:
    """The NUMEN as `20E••••••••BC`, or "" if the person has none."""
    sealed = _current_sealed(person_id)
    return keys.mask(sealed) if sealed else ""


def has_numen(person_id: int) -> bool:
    return bool(_current_sealed(person_id))


def masked_numens(person_ids: Collection[int], keys: NumenKeys) -> dict[int, str]:
    """Person → current NUMEN, masked. Left out: people without one, or whose civil status is erased."""
    rows = NumenRow.objects.filter(person_id__in=person_ids, is_current=True).exclude(ciphertext=b"")
    return {
        person_id: keys.mask(bytes(sealed))
        for person_id, sealed in rows.values_list("person_id", "ciphertext")
    }


def numens_held(person_id: int, keys: NumenKeys) -> tuple[NumenHeld, ...]:
    """Every NUMEN of somebody, masked, the current one first; none once their civil status is erased."""
    rows = NumenRow.objects.filter(person_id=person_id).order_by("-is_current", "-since", "-pk")
    return tuple(
        NumenHeld(keys.mask(bytes(row.ciphertext)), row.since, row.is_current)
        for row in rows
        if row.ciphertext
    )


def numen_digests_of(person_id: int) -> list[str]:
    """The keyed hashes of the NUMENs somebody ever held."""
    return list(NumenRow.objects.filter(person_id=person_id).values_list("digest", flat=True))


def _current_sealed(person_id: int) -> bytes:
    row = NumenRow.objects.filter(person_id=person_id, is_current=True).first()
    return bytes(row.ciphertext) if row else b""

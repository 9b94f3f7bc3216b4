"""Key rotation: seal lines of feeds again with the current key."""

from django.db import transaction
from django.db.models import Model

from vaguemestre.people.directory.rules.numen_vault import (
    HeldKeys,
    is_sealed_with_current_key,
    seal_bytes,
    unseal_bytes,
)
from vaguemestre.people.intake.models import AppliedLine, MatchCandidate
from vaguemestre.people.intake.services.held.files import reseal_held_files
from vaguemestre.people.intake.values import LINE_PURPOSE

_BATCH_ROWS = 1000


def reseal_lines(keys: HeldKeys) -> int:
    """Reseal applied lines, match candidates and held files; returns the count. May be run again."""
    rows = sum(_reseal_rows(table, keys) for table in (AppliedLine, MatchCandidate))
    return rows + reseal_held_files(keys)


def _reseal_rows(table: type[Model], keys: HeldKeys) -> int:
    count = last_pk = 0
    while rows := list(table._default_manager.filter(pk__gt=last_pk).order_by("pk")[:_BATCH_ROWS]):
        old = [row for row in rows if not is_sealed_with_current_key(bytes(row.sealed), keys)]  # type: ignore[attr-defined]
        for row in old:
            row.sealed = seal_bytes(unseal_bytes(bytes(row.sealed), keys, LINE_PURPOSE), keys, LINE_PURPOSE)  # type: ignore[attr-defined]
        with transaction.atomic(durable=True):
            table._default_manager.bulk_update(old, ("sealed",), batch_size=200)
        count, last_pk = count + len(old), rows[-1].pk
    return count

"""Lines of feeds sealed again by the current key."""

from pathlib import Path

from django.db import transaction
from django.db.models import Model

from vaguemestre.people.directory.rules.numen_vault import is_sealed_now, seal_bytes, unseal_bytes
from vaguemestre.people.directory.values import NumenKeys
from vaguemestre.people.intake.models import Doubt, KeptLine
from vaguemestre.people.intake.services.feed_apply import HELD, PURPOSE

_AT_ONCE = 1000


def reseal_lines(keys: NumenKeys, shelf: Path) -> int:
    """Kept lines, doubts and waiting files; how many. Interrupted, run again."""
    return sum(_rows(table, keys) for table in (KeptLine, Doubt)) + _files(keys, shelf)


def _rows(table: type[Model], keys: NumenKeys) -> int:
    count = after = 0
    while rows := list(table._default_manager.filter(pk__gt=after).order_by("pk")[:_AT_ONCE]):
        old = [row for row in rows if not is_sealed_now(bytes(row.sealed), keys)]  # type: ignore[attr-defined]
        for row in old:
            row.sealed = seal_bytes(unseal_bytes(bytes(row.sealed), keys, PURPOSE), keys, PURPOSE)  # type: ignore[attr-defined]
        with transaction.atomic(durable=True):
            table._default_manager.bulk_update(old, ("sealed",), batch_size=200)
        count, after = count + len(old), rows[-1].pk
    return count


def _files(keys: NumenKeys, shelf: Path) -> int:
    count = 0
    for path in sorted(shelf.glob("*.*")) if shelf.is_dir() else ():
        content = path.read_bytes()
        if path.suffix in (".feed", ".structures") and not is_sealed_now(content, keys):
            fresh = path.with_name(f"{path.name}.new")
            fresh.write_bytes(seal_bytes(unseal_bytes(content, keys, HELD), keys, HELD))
            fresh.chmod(0o600)
            fresh.replace(path)
            count += 1
    return count

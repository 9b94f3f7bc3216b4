"""Use cases of a machine among others: give a sign, compare keys."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.foundation.cluster.models import KeyDigest, Machine
from vaguemestre.foundation.cluster.queries import other_keys

FORGOTTEN_AFTER = timedelta(days=7)


def give_sign(name: str, checks: Mapping[str, Mapping[str, str]], *, now: datetime) -> None:
    """Say that this machine lives, and how it is. Machines silent for a week are forgotten."""
    values = {"beat_at": now, "checks": {part: dict(check) for part, check in checks.items()}}
    Machine.objects.update_or_create(name=name, defaults=values)
    Machine.objects.filter(beat_at__lt=now - FORGOTTEN_AFTER).delete()


@transaction.atomic(durable=True)
def compare_keys(digests: Mapping[str, str], former: Mapping[str, Collection[str]]) -> list[str]:
    """The names of keys that are not the installation's, sorted; if none, the new digests are recorded.

    `digests`: by name of the key; `former`: those of what a key was before. A key that was renewed here takes
    the place of the one it was, if that is recorded.
    """
    recorded = dict(KeyDigest.objects.select_for_update().values_list("name", "digest"))
    wrong = other_keys(recorded, digests, former)
    if not wrong:
        for name, digest in digests.items():
            if recorded.get(name) != digest:
                KeyDigest.objects.update_or_create(name=name, defaults={"digest": digest})
    return wrong

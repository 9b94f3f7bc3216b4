"""The machines of an installation."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from vaguemestre.foundation.cluster.models import KeyDigest, Machine
from vaguemestre.foundation.cluster.values import MachineState

GONE_AFTER = timedelta(seconds=30)


def machine_states(now: datetime) -> list[MachineState]:
    """Every machine that gave a sign in the last week, by name."""
    return [
        MachineState(
            row.name,
            now - row.beat_at,
            now - row.beat_at > GONE_AFTER,
            tuple(_parts(row, "down")),
            any(_parts(row, "waiting")),
        )
        for row in Machine.objects.order_by("name")
    ]


def key_digests() -> dict[str, str]:
    """The digests of the installation's keys, by name; empty before its first start."""
    return dict(KeyDigest.objects.values_list("name", "digest"))


def other_keys(
    recorded: Mapping[str, str], digests: Mapping[str, str], former: Mapping[str, Collection[str]]
) -> list[str]:
    """The names of the keys that are not those recorded, sorted; a key renewed here is not one of them."""
    return sorted(
        name
        for name, digest in digests.items()
        if recorded.get(name, digest) not in (digest, *former.get(name, ()))
    )


def _parts(row: Machine, status: str) -> list[str]:
    return sorted(part for part, check in row.checks.items() if check.get("status") == status)

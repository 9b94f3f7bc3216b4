"""The machines of an installation."""

from datetime import datetime, timedelta

from vaguemestre.foundation.cluster.models import Machine
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


def _parts(row: Machine, status: str) -> list[str]:
    return sorted(part for part, check in row.checks.items() if check.get("status") == status)

"""Write journal entries, inside the caller's transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.counters import ACTS


@dataclass(frozen=True, slots=True)
class Line:
    """One act to record; the fields are those of `record`."""

    action: str
    to: str
    by: str
    at: datetime
    details: Mapping[str, str | int | bool | None] = field(default_factory=dict)


def record(action: str, *, to: str, by: str, at: datetime, **details: str | int | bool | None) -> None:
    """Record that an actor (`by`) did `action` (`room.what-happened`) to a subject (`to`).

    Inside the caller's transaction. Actors and subjects are written `person:7`, `account:7`, `system`, `cli`.
    Details never hold a secret, a NUMEN or message content.
    """
    record_many([Line(action, to=to, by=by, at=at, details=details)])


def record_many(lines: Iterable[Line]) -> None:
    """Record many acts in their order; they are sealed later. Inside the caller's transaction.

    No lock is taken, so that writers never wait for each other.
    """
    lines = tuple(lines)
    Entry.objects.bulk_create(
        (
            Entry(at=line.at, action=line.action, by=line.by, to=line.to, details=dict(line.details))
            for line in lines
        ),
        batch_size=500,
    )
    for line in lines:
        ACTS.labels(line.action).inc()

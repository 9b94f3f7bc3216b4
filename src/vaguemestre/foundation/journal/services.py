"""Write journal entries, inside the caller's transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.journal.rules import GENESIS, seal
from vaguemestre.foundation.kernel.counters import ACTS

_LOCK = 0x5641_4755  # advisory: one writer at a time on PostgreSQL, as on SQLite anyway


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
    """Record many acts, chained in their order. Inside the caller's transaction."""
    lines = tuple(lines)
    if not lines:
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    last = Entry.objects.order_by("-id").values_list("seal", flat=True).first() or GENESIS
    Entry.objects.bulk_create(_sealed(lines, last), batch_size=500)
    for line in lines:
        ACTS.labels(line.action).inc()


def _sealed(lines: Iterable[Line], last: str) -> list[Entry]:
    entries = []
    for line in lines:
        details = dict(line.details)
        entry_seal = seal(last, at=line.at, action=line.action, by=line.by, to=line.to, details=details)
        entries.append(
            Entry(
                at=line.at,
                action=line.action,
                by=line.by,
                to=line.to,
                details=details,
                previous=last,
                seal=entry_seal,
            )
        )
        last = entry_seal
    return entries

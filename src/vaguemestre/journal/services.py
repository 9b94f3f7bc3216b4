"""Write a line of the journal, inside the caller's transaction."""

from datetime import datetime

from django.db import connection

from vaguemestre.journal.models import Entry
from vaguemestre.journal.rules import GENESIS, seal

_LOCK = 0x5641_4755  # one writer at a time on PostgreSQL; SQLite has only one anyway


def record(action: str, *, to: str, by: str, at: datetime, **details: str | int | bool | None) -> None:
    """Keep `action` (`room.what-happened`) done `by` an actor `to` somebody or something.

    Inside the caller's transaction. Actors are written `person:7`, `account:7`, `system`, `cli`.
    Details never hold a secret, a NUMEN or message content.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    last = Entry.objects.order_by("-id").values_list("seal", flat=True).first() or GENESIS
    Entry.objects.create(
        at=at,
        action=action,
        by=by,
        to=to,
        details=details,
        previous=last,
        seal=seal(last, at=at, action=action, by=by, to=to, details=details),
    )

"""A journal written, sealed as the worker does, then verified; and what who holds the database may do."""

from datetime import UTC, datetime

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from vaguemestre.foundation.journal.chain import seal_entries, seal_months
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.verification import ChainState, chain_state

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
# Months begin long enough ago for the clock of the database, which guards them, to let some go.
PRESENT = datetime.now(UTC).replace(day=15, hour=12, microsecond=0)
KEPT = 12  # months


def wrote(count: int, at: datetime = NOON) -> None:
    for number in range(count):
        record("tests.happened", to=f"thing:{number}", by="cli", at=at, number=number)


def month_ago(months: int) -> datetime:
    year, month = divmod(PRESENT.year * 12 + PRESENT.month - 1 - months, 12)
    return PRESENT.replace(year=year, month=month + 1)


def installed(months_ago: int) -> None:
    """The tables were made that long ago."""
    MigrationRecorder.Migration.objects.update(applied=month_ago(months_ago))


def lived(*months: int, lines: int = 3) -> None:
    """Lines of each of those months, sealed as time passes, in an installation as old as the first one."""
    installed(max(months))
    for months_back in months:
        at = month_ago(months_back)
        wrote(lines, at)
        seal_entries(now=at)
        seal_months(KEPT, now=at)
    seal_months(KEPT, now=PRESENT)


def unguarded(*statements: str) -> None:
    """What somebody may do who holds the database itself."""
    with connection.cursor() as cursor:
        for table in ("entry", "entryseal", "monthseal"):
            if connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER IF EXISTS journal_{table}_no_update")
                cursor.execute(f"DROP TRIGGER IF EXISTS journal_{table}_no_delete")
            else:
                cursor.execute(f"ALTER TABLE journal_{table} DISABLE TRIGGER ALL")
        for statement in statements:
            cursor.execute(statement)


def sealed_journal(kept_seal: str = "", *, now: datetime | None = None) -> ChainState:
    """Seal what waits; the state of the chain."""
    moment = now or timezone.now()
    seal_entries(now=moment)
    return chain_state(kept_seal, now=moment)

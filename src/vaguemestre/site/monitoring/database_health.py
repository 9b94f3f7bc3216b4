"""Health of the database: whether it answers, and whether it stores what it is given."""

from pathlib import Path

from django.db import DatabaseError, connection

from vaguemestre.site.monitoring.check import Check
from vaguemestre.site.monitoring.stored_sign import seconds_since_stored

_MAX_SILENCE_SECONDS = 40.0  # seconds; the worker stores a sign every ten, after its own look at the parts
_MAX_LOCK_SECONDS = 30  # seconds

# Of rows and tables: leaders hold advisory locks for as long as they live.
_LONGEST_WAIT_QUERY = """
    SELECT max(extract(epoch FROM clock_timestamp() - waitstart)) FROM pg_locks
    WHERE NOT granted AND locktype IN ('relation', 'transactionid', 'tuple')
"""


def database_checks(data_dir: Path, *, does_worker_live: bool) -> dict[str, Check]:
    """Checks of the database; none of its writes while it does not answer or nobody tries to write."""
    answers = _answers()
    stores = Check(ok=True)
    if answers.ok:
        stores = _stores(data_dir if does_worker_live else None)
    return {"database": answers, "database-writes": stores}


def _answers() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Check(ok=False, words=f"pas de réponse ({type(error).__name__})")
    return Check(ok=True)


def _stores(data_dir: Path | None) -> Check:
    silence = seconds_since_stored(data_dir) if data_dir else 0.0
    if silence > _MAX_SILENCE_SECONDS:
        return Check(ok=False, words=f"rien n’est enregistré depuis {silence:.0f} s")
    waited = _longest_wait()
    if waited > _MAX_LOCK_SECONDS:
        return Check(ok=False, words=f"un verrou est attendu depuis {waited:.0f} s")
    return Check(ok=True)


def _longest_wait() -> float:
    """Seconds that somebody has waited for a lock; SQLite tells nothing of its own."""
    if connection.vendor != "postgresql":
        return 0.0
    try:
        with connection.cursor() as cursor:
            cursor.execute(_LONGEST_WAIT_QUERY)
            return float(cursor.fetchone()[0] or 0.0)
    except DatabaseError:
        return 0.0

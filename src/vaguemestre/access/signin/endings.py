"""Notify other machines of ended sessions, in the transaction that ends them (PostgreSQL only)."""

from collections.abc import Collection

from django.db import connection

from vaguemestre.access.signin.models import EndedMark
from vaguemestre.access.signin.revocations import RING_MARKS, mark_of, signed_mark
from vaguemestre.foundation.cluster.notices import notify

CHANNEL = "vaguemestre_endings"

# Whoever tells something holds this row until the commit: numbers follow the order of commits.
_COUNT = """
INSERT INTO signin_revocationcounter (id, changes, endings) VALUES (1, 1, %s)
ON CONFLICT (id) DO UPDATE SET changes = signin_revocationcounter.changes + 1,
    endings = signin_revocationcounter.endings + excluded.endings
RETURNING endings
"""


def tell_machines(ended: Collection[str] | None) -> None:
    """Notify every machine of what ended, when the caller's transaction commits. Call it as the last step.

    `ended`: names of sessions, or of what a session holds (`revocations.mark_of`); None if they are not known
    one by one; empty if something changed and nothing ended. The caller bumps its own machine after commit.
    """
    if connection.vendor != "postgresql":
        return
    marks = None if ended is None or len(ended) > RING_MARKS else [mark_of(name) for name in ended]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [RING_MARKS + 1 if marks is None else len(marks)])
        endings: int = cursor.fetchone()[0]
    if marks:
        EndedMark.objects.bulk_create(
            [EndedMark(number, signed_mark(mark)) for number, mark in enumerate(marks, endings - len(marks))],
            update_conflicts=True,  # left by a database that was restored to an earlier day
            update_fields=["mark"],
            unique_fields=["number"],
        )
        EndedMark.objects.filter(number__lt=endings - RING_MARKS).delete()
    notify(CHANNEL)

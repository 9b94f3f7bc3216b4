"""The journal is written once, in order, and never rewritten."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from vaguemestre.journal.queries import first_broken_entry
from vaguemestre.journal.services import record

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def wrote(count: int) -> None:
    for number in range(count):
        record("tests.happened", to=f"thing:{number}", by="cli", at=NOON, number=number)


def test_an_honest_journal_has_no_broken_entry() -> None:
    wrote(5)
    assert first_broken_entry() is None


@pytest.mark.parametrize("statement", ["UPDATE journal_entry SET action = 'x'", "DELETE FROM journal_entry"])
def test_the_database_refuses_to_change_an_entry(statement: str) -> None:
    wrote(2)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert first_broken_entry() is None


def test_an_entry_altered_behind_the_triggers_is_found() -> None:
    wrote(4)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM journal_entry ORDER BY id LIMIT 1 OFFSET 2")
        third = cursor.fetchone()[0]
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER journal_entry_no_update")
        else:
            cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER ALL")
        cursor.execute("UPDATE journal_entry SET by = 'person:9' WHERE id = %s", [third])
    assert first_broken_entry() == third

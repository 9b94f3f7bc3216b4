"""`vaguemestre journal` says whether the chain holds, and which line does not."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from typer.testing import CliRunner

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.records.journal import app
from vaguemestre.foundation.journal.chain import last_seal, seal_entries
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.journal.services import record

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def said(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments))
    if isinstance(done.exception, Failed):
        return f"{done.exception.code}: {done.exception}"
    assert done.exit_code == 0, done.exception
    return done.output


def test_an_intact_journal_is_counted_and_its_last_seal_told() -> None:
    for number in range(3):
        record("tests.happened", to=f"thing:{number}", by="cli", at=NOON)
    seal_entries(now=NOON)
    number, seal = last_seal()
    assert said("verify") == f"Journal intact : 3 lignes. Dernier sceau : {seal}\n"
    assert said("head") == f"{number} {seal}\n"
    assert said("verify", "--head", seal).startswith("Journal intact")
    assert "raccourci" in said("verify", "--head", "7" * 64)


def test_the_first_altered_line_is_named() -> None:
    for number in range(3):
        record("tests.happened", to=f"thing:{number}", by="cli", at=NOON)
    assert said("verify").startswith("Journal intact : 3 lignes. ")
    second = Entry.objects.order_by("id")[1].pk
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER journal_entry_no_update")
        else:
            cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER ALL")
        cursor.execute("UPDATE journal_entry SET action = 'tests.nothing' WHERE id = %s", [second])
    assert said("verify") == f"1: le journal a été altéré : la ligne {second} n’est plus ce qui a été scellé."

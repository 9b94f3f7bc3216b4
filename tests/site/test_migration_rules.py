"""A migration adds: the version before runs on its tables during an upgrade, and after a way back."""

import tomllib
from typing import Any

import pytest
from django.apps import apps
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

from vaguemestre.site.config import PROJECT
from vaguemestre.site.database.migration_rules import narrowings, version_numbers

# Written before 0.2.0, the first version that is installed, was out.
FIRST = {
    ("compose", "0002_rename_deposits"),
    ("journal", "0002_append_only"),
    ("outbox", "0002_remove_logcursor_inode"),
    ("rosters", "0002_forget_staged"),
}


def is_before_this_version(since: str) -> bool:
    pyproject = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    return version_numbers(since) < version_numbers(pyproject["project"]["version"])


def test_no_migration_takes_from_the_code_before_it_what_that_code_uses() -> None:
    graph = MigrationLoader(None).graph
    ours = {app.label for app in apps.get_app_configs() if app.name.startswith("vaguemestre.")}
    later = [key for key in graph.nodes if key[0] in ours and not key[1].startswith("0001_")]
    assert set(later) >= FIRST
    faults = {
        key: reasons
        for key in later
        if key not in FIRST
        if (
            reasons := narrowings(
                graph.nodes[key], graph.make_state(key, at_end=False), is_before_this_version
            )
        )
    }
    assert faults == {}


def letters() -> ProjectState:
    """A table as an old migration left it."""
    state = ProjectState()
    fields: list[tuple[str, models.Field[Any, Any]]] = [
        ("id", models.BigAutoField(primary_key=True)),
        ("subject", models.CharField(max_length=100)),
        ("read_at", models.DateTimeField(null=True)),
    ]
    state.add_model(ModelState("room", "Letter", fields))
    return state


def migration_of(*operations: Operation, **declared: str) -> migrations.Migration:
    kind = type("Migration", (migrations.Migration,), {"operations": list(operations), **declared})
    migration: migrations.Migration = kind("0002_later", "room")
    return migration


def reasons(*operations: Operation, running: str = "0.2.0", **declared: str) -> list[str]:
    refused = narrowings(
        migration_of(*operations, **declared),
        letters(),
        lambda since: version_numbers(since) <= version_numbers(running),
    )
    return [narrowing.reason for narrowing in refused]


ADDED = [
    migrations.AddField("letter", "note", models.TextField(null=True)),
    migrations.AddField("letter", "note", models.TextField(db_default="")),
    migrations.AlterField("letter", "subject", models.CharField(max_length=200)),
    migrations.AlterField("letter", "subject", models.CharField(max_length=100, null=True)),
    migrations.CreateModel("Stamp", [("id", models.BigAutoField(primary_key=True))]),
    migrations.AddIndex("letter", models.Index(fields=["subject"], name="room_subject")),
]
TAKEN = [
    migrations.RemoveField("letter", "subject"),
    migrations.RenameField("letter", "subject", "title"),
    migrations.RenameModel("Letter", "Message"),
    migrations.DeleteModel("Letter"),
    migrations.AddField("letter", "note", models.TextField(default="")),
    migrations.AlterField("letter", "subject", models.CharField(max_length=50)),
    migrations.AlterField("letter", "subject", models.CharField(max_length=100, unique=True)),
    migrations.AlterField("letter", "read_at", models.DateTimeField()),
    migrations.AlterField("letter", "read_at", models.DateField(null=True)),
    migrations.AddConstraint("letter", models.UniqueConstraint(fields=["subject"], name="room_unique")),
    migrations.RunSQL("DELETE FROM room_letter"),
    migrations.RunPython(migrations.RunPython.noop),
    migrations.SeparateDatabaseAndState([migrations.RemoveField("letter", "subject")]),
]


@pytest.mark.parametrize("operation", ADDED, ids=lambda operation: operation.describe())
def test_what_the_old_code_does_not_notice_passes(operation: Operation) -> None:
    assert reasons(operation) == []


@pytest.mark.parametrize("operation", TAKEN, ids=lambda operation: operation.describe())
def test_what_the_old_code_would_miss_is_refused(operation: Operation) -> None:
    assert len(reasons(operation)) == 1


def test_the_tables_of_the_migration_itself_are_nobodys_yet() -> None:
    made = migrations.CreateModel("Stamp", [("id", models.BigAutoField(primary_key=True))])
    added = migrations.AddField("stamp", "price", models.IntegerField())
    assert reasons(made, added) == []


@pytest.mark.parametrize(("running", "is_refused"), [("0.2.0", True), ("0.3.0", False), ("0.10.1", False)])
def test_what_goes_has_been_unused_since_a_version_that_is_past(running: str, *, is_refused: bool) -> None:
    removal = migrations.RemoveField("letter", "subject")
    assert bool(reasons(removal, running=running, unused_since="0.3.0")) == is_refused


def test_code_is_taken_at_its_word_but_never_for_a_removal() -> None:
    word = {"suits_old_code": "it fills a column that the old code does not know"}
    assert reasons(migrations.RunSQL("UPDATE room_letter SET note = ''"), **word) == []
    assert len(reasons(migrations.RemoveField("letter", "subject"), **word)) == 1

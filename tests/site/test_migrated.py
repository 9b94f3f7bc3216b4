"""A start knows without Django whether the database holds every migration of this code."""

import sqlite3
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from vaguemestre.site.config import Config
from vaguemestre.site.database import migrated
from vaguemestre.site.database.migrated import Migration


@pytest.mark.heavy
@pytest.mark.django_db
def test_the_migrations_needed_are_those_django_knows() -> None:
    known = set(MigrationLoader(connection).disk_migrations)
    assert {tuple(migration) for migration in migrated.needed_migrations()} == known
    assert {migration.label for migration in migrated.needed_migrations()} > {
        "sso_oidc",
        "sso_saml",
        "signin",
    }


def test_the_database_itself_is_asked(tmp_path: Path) -> None:
    """As after an older dump was put back: what it lacks is to be applied, whatever this home remembers."""
    config = Config(home=tmp_path)
    config.data_dir.mkdir()
    place = config.data_dir / "vaguemestre.sqlite3"
    assert not migrated.is_current(config)
    place.touch()
    assert not migrated.is_current(config)
    rows = sorted(migrated.needed_migrations())
    _fill(place, rows)
    assert migrated.is_current(config)
    _fill(place, [row for row in rows if row.label != "sso_cas"])
    assert not migrated.is_current(config)


@pytest.mark.django_db
def test_the_database_of_the_tests_is_current_once_migrated() -> None:
    held = {Migration(*key) for key in MigrationRecorder(connection).applied_migrations()}
    assert migrated.needed_migrations() <= held


@pytest.mark.parametrize("deep", ["room", "wing/room", "wing/inner/room"])
def test_a_new_migration_is_needed_however_deep_its_room(
    deep: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / deep / "migrations").mkdir(parents=True)
    (tmp_path / deep / "migrations" / "0001_initial.py").touch()
    monkeypatch.setattr(migrated, "SOURCE", tmp_path)
    assert Migration("room", "0001_initial") in migrated.needed_migrations()


def _fill(path: Path, rows: list[Migration]) -> None:
    database = sqlite3.connect(path)
    with database:
        database.execute("CREATE TABLE IF NOT EXISTS django_migrations (app TEXT, name TEXT)")
        database.execute("DELETE FROM django_migrations")
        database.executemany("INSERT INTO django_migrations VALUES (?, ?)", rows)
    database.close()

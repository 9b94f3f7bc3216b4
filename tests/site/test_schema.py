"""A new database made at once from schema.sql is the one that the migrations make."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection
from tests import own_database

from vaguemestre.site import schema
from vaguemestre.site.config import Config
from vaguemestre.site.database import migrated

pytestmark = pytest.mark.heavy

_OBJECTS = (
    "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name"
)
_MIGRATIONS = "SELECT app, name FROM django_migrations ORDER BY app, name"
_TYPES = "SELECT app_label, model FROM django_content_type ORDER BY app_label, model"


def made_at_once(home: Path) -> Path:
    config = Config(home=home)
    config.data_dir.mkdir()
    assert schema.create(migrated.sqlite_file(config))
    return migrated.sqlite_file(config)


@pytest.mark.skipif(connection.vendor == "postgresql", reason="this run is on PostgreSQL")
def test_it_holds_what_the_migrations_make(tmp_path: Path) -> None:
    database = made_at_once(tmp_path)
    # Nothing to do while schema.sql is of today; one written before the last migration is completed by it.
    environment = {**os.environ, "VAGUEMESTRE_HOME": str(tmp_path)}
    if not migrated.is_current(Config(home=tmp_path)):
        subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=environment, check=True)
    (other := tmp_path / "other").mkdir()
    own_database.migrate(other)  # one after the other
    migrated_one = migrated.sqlite_file(Config(home=other))
    with closing(sqlite3.connect(database)) as made, closing(sqlite3.connect(migrated_one)) as expected:
        for question in (_OBJECTS, _MIGRATIONS, _TYPES):
            assert made.execute(question).fetchall() == expected.execute(question).fetchall()


def test_a_database_that_has_tables_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "vaguemestre.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE ours (id)")
    assert not schema.create(file)
    with closing(sqlite3.connect(file)) as database:
        assert [name for (name,) in database.execute("SELECT name FROM sqlite_master")] == ["ours"]


def test_one_cut_short_leaves_an_empty_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = schema.FILE.read_text(encoding="utf-8")
    broken = tmp_path / "broken.sql"
    broken.write_text(whole.replace("COMMIT;", "CREATE TABLE;\nCOMMIT;"), encoding="utf-8")
    monkeypatch.setattr(schema, "FILE", broken)
    file = tmp_path / "vaguemestre.sqlite3"
    with pytest.raises(sqlite3.OperationalError):
        schema.create(file)
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT * FROM sqlite_master").fetchall() == []


def test_its_migrations_count_as_applied_today(tmp_path: Path) -> None:
    database = made_at_once(tmp_path)
    with closing(sqlite3.connect(database)) as made:
        question = "SELECT count(*) FROM django_migrations WHERE applied < datetime('now', '-1 day')"
        assert made.execute(question).fetchone() == (0,)

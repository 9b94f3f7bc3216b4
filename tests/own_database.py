"""Databases of this run of the tests: a migrated one to copy, and one for each home of its own."""

import fcntl
import hashlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import django
import psycopg
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql
from tests import last_requests

from vaguemestre.site import schema
from vaguemestre.site.config import PROJECT, Config, load

_FILE = """[database]
engine = "postgresql"
host = "{host}"
port = {port}
name = "{name}"
user = "{user}"
password_file = "postgres_password"
"""


_TRIGGERS = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
_TIMES_EMPTIED = 20  # a thread that never stops writing fails the test that it is of
_MEMORY, _ROOM = "/dev/shm", 1 << 30


def give_database(home: Path, *, migrated: bool = False) -> None:
    """On PostgreSQL, make a database for that home, and a role that owns it, and write its configuration.

    Instances that run at once share no role: each would take connections of the other's (`CONNECTION LIMIT`).
    Migrated, it holds every table, on SQLite too. Otherwise SQLite has none: the instance makes it.
    """
    server = load().database
    if server.engine == "postgresql":
        name = f"home_{secrets.token_hex(6)}"
        _create(name, _template() if migrated else "template1")
        _configure(home, name, user=_create_role(name))
    elif migrated:
        folder = Config(home=home).data_dir
        folder.mkdir(mode=0o700, parents=True)
        shutil.copyfile(_template(), folder / "vaguemestre.sqlite3")


def make_empty() -> str:
    """Make a database without tables on the run's PostgreSQL. Returns its name."""
    name = f"engines_{secrets.token_hex(6)}"
    _create(name, "template1")
    return name


def make_migrated(name: str) -> None:
    """Make the database of that name (on SQLite a file) anew, with every migration applied."""
    if load().database.engine == "postgresql":
        with _server() as session:
            session.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        _create(name, _template())
    else:
        shutil.copyfile(_template(), name)


@contextmanager
def quick_folder() -> Iterator[str]:
    """In memory where there is room: each commit waits for a disk, for milliseconds if others write to it."""
    has_room = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM
    with tempfile.TemporaryDirectory(prefix="vm-database-", dir=_MEMORY if has_room else None) as folder:
        yield folder


def empty_tables() -> None:
    """Delete every row of ours, whatever guards it, and what another thread writes meanwhile."""
    last_requests.wait_for_their_end()
    for _ in range(_TIMES_EMPTIED):
        with suppress(IntegrityError):  # written meanwhile into a table that was empty
            _empty_tables()
        if not (left := filled_tables()):
            return
    raise AssertionError(f"still written to: {left}")


def _empty_tables() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # TRUNCATE gives each of a hundred tables new files: a second or more, for a test that filled 3
            cursor.execute("SET LOCAL session_replication_role = replica")
            statements = [f'DELETE FROM "{name}"' for name in filled_tables()]
        else:
            cursor.execute(_TRIGGERS)
            triggers = cursor.fetchall()
            emptied = filled_tables()
            guards = [(name, created) for name, table, created in triggers if table in emptied]
            statements = [
                *(f"DROP TRIGGER {name}" for name, _ in guards),
                *(f'DELETE FROM "{name}"' for name in emptied),
                *(created for _, created in guards),  # there again
            ]
        for statement in statements:
            cursor.execute(statement)


@cache
def _tables() -> tuple[str, ...]:
    return tuple(connection.introspection.django_table_names(only_existing=True, include_views=False))


def filled_tables() -> list[str]:
    """Those of the tables that hold any row."""
    if connection.vendor == "postgresql":
        return _filled_on_postgresql()
    asked = [f"SELECT * FROM (SELECT '{name}' FROM \"{name}\" LIMIT 1) AS t" for name in _tables()]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [name for (name,) in cursor.fetchall()]


@cache
def _beside() -> BaseDatabaseWrapper:
    """A session that outlives each test: with that of a test, which Django closes, its plans go."""
    return connection.copy(alias="beside")


def _filled_on_postgresql() -> list[str]:
    """By a function, whose plans stay: planning a look into 172 tables takes longer than emptying them."""
    with _beside().cursor() as cursor:
        cursor.execute("SELECT to_regproc('pg_temp.filled_tables') IS NULL")
        if cursor.fetchone() == (True,):
            looks = (
                f"IF EXISTS (SELECT FROM \"{name}\") THEN RETURN NEXT '{name}'; END IF;" for name in _tables()
            )
            cursor.execute(
                "CREATE FUNCTION pg_temp.filled_tables() RETURNS SETOF text LANGUAGE plpgsql"
                f" AS $$BEGIN {' '.join(looks)} END$$"
            )
        cursor.execute("SELECT pg_temp.filled_tables()")
        return [name for (name,) in cursor.fetchall()]


def _configure(home: Path, name: str, user: str = "") -> None:
    config = load()
    server = config.database
    home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(config.home / server.password_file, home / "postgres_password")
    text = _FILE.format(host=server.host, port=server.port, user=user or server.user, name=name)
    (home / "vaguemestre.toml").write_text(text, encoding="utf-8")


def _server() -> "psycopg.Connection[tuple[object, ...]]":
    """A connection to the run's own PostgreSQL."""
    config = load()
    server = config.database
    return psycopg.connect(
        host=server.host, port=server.port, user=server.user, dbname=server.name, autocommit=True,
        password=(config.home / server.password_file).read_text().strip(),
    )  # fmt: skip


def _create(name: str, template: str) -> None:
    with _server() as session:
        session.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )


def _create_role(name: str) -> str:
    """As much as the run's own may do, as that owns what the database was copied from. Returns its name."""
    config = load()
    password = (config.home / config.database.password_file).read_text().strip()
    with _server() as session:
        session.execute(
            sql.SQL("CREATE ROLE {} LOGIN SUPERUSER PASSWORD {}").format(
                sql.Identifier(name), sql.Literal(password)
            )
        )
    return name


def _digest() -> str:
    """Digest of every migration of every application, and of the Django that applies them."""
    digest = hashlib.sha256(f"{django.__version__} {sys.version_info[:2]}".encode())
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        for file in sorted(Path(app.path).glob("migrations/*.py")):
            digest.update(f"{app.label}/{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _template() -> str:
    """The migrated database that others are copies of: a file on SQLite, a name on PostgreSQL.

    Migrations take a process fifteen seconds, so they are applied once: on PostgreSQL for this run; on SQLite
    for all runs of these migrations, in a file of the environment, begun with the tables of `schema.sql`
    (tests/site/test_schema.py: they are those that migrations make).
    """
    server = load().database.engine == "postgresql"
    with _alone() as folder, tempfile.TemporaryDirectory(prefix="vm-migrated-") as place:
        home = Path(place)
        if not server:
            file = folder / f"migrated-{_digest()}.sqlite3"
            if not file.exists():
                made = Config(home=home).data_dir / "vaguemestre.sqlite3"
                made.parent.mkdir()
                schema.create(made)
                migrate(home)
                shutil.copyfile(made, file.with_suffix(".part")).replace(file)
            return str(file)
        name = f"migrated_{_digest()}"
        with _server() as session:
            if not session.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                fresh = f"part_{secrets.token_hex(6)}"
                _create(fresh, "template1")
                _configure(home, fresh)
                migrate(home)
                session.execute(
                    sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                        sql.Identifier(fresh), sql.Identifier(name)
                    )
                )
        return name


def migrate(home: Path) -> None:
    """Apply every migration in a process of its own, which leaves nothing in SQLite's log."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("VAGUEMESTRE_")}
    environment |= {
        "PYTHONPATH": str(PROJECT / "src"),
        "VAGUEMESTRE_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "vaguemestre.site.settings",
    }
    subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=environment, check=True)


def shared_folder() -> Path:
    """The folder that outlives a run: the environment's, if it is ours to write in."""
    return Path(sys.prefix if os.access(sys.prefix, os.W_OK) else os.environ["VAGUEMESTRE_TEST_HOME"])


@contextmanager
def _alone() -> Iterator[Path]:
    """That folder, for one process at a time."""
    folder = shared_folder()
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield folder
    finally:
        os.close(descriptor)

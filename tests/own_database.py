"""Databases of this run of the tests: a migrated one to copy, and one for each home of its own."""

import fcntl
import hashlib
import os
import secrets
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import psycopg
from django.apps import apps
from django.conf import settings
from django.db import connection
from psycopg import sql

from vaguemestre.site.config import load

_FILE = """[database]
engine = "postgresql"
host = "{host}"
port = {port}
name = "{name}"
user = "{user}"
password_file = "postgres_password"
"""


def _server() -> "psycopg.Connection[tuple[object, ...]]":
    """A connection to the run's own PostgreSQL."""
    config = load()
    server = config.database
    return psycopg.connect(
        host=server.host, port=server.port, user=server.user, dbname=server.name, autocommit=True,
        password=(config.home / server.password_file).read_text().strip(),
    )  # fmt: skip


def give_database(home: Path) -> None:
    """On PostgreSQL, make a database for that home and write its configuration; on SQLite do nothing."""
    config = load()
    server = config.database
    if server.engine != "postgresql":
        return
    name = f"home_{secrets.token_hex(6)}"
    with _server() as session:
        session.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(config.home / server.password_file, home / "postgres_password")
    text = _FILE.format(host=server.host, port=server.port, user=server.user, name=name)
    (home / "vaguemestre.toml").write_text(text, encoding="utf-8")


def migrations_digest() -> str:
    """Digest of every migration of every application, and of the Django that applies them."""
    digest = hashlib.sha256(f"{django.__version__} {sys.version_info[:2]}".encode())
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        for file in sorted(Path(app.path).glob("migrations/*.py")):
            digest.update(f"{app.label}/{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def make_migrated(name: str) -> None:
    """Make the database of that name, with every migration applied.

    They take a process fifteen seconds, so they are applied once: on SQLite for all runs of these migrations,
    in a file of the environment; on PostgreSQL for this run. Django applies whatever a copy lacks.
    """
    with _alone():
        if connection.vendor == "sqlite":
            template = _folder() / f"migrated-{migrations_digest()}.sqlite3"
            if not template.exists():
                _migrate(name)
                _copy_file(name, template)
                return
            shutil.copyfile(template, name)
        else:
            _make_on_server(name, f"migrated_{migrations_digest()}")


def _make_on_server(name: str, template: str) -> None:
    with _server() as session:
        if not session.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone():
            _migrate(name)
            _copy_on_server(session, name, template)
            return
        session.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        _copy_on_server(session, template, name)


def _copy_on_server(session: "psycopg.Connection[tuple[object, ...]]", source: str, target: str) -> None:
    session.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(target), sql.Identifier(source))
    )


def _copy_file(source: str, target: Path) -> None:
    """Copy a SQLite database whole, with what its log still holds."""
    part = target.with_suffix(f".{os.getpid()}")
    part.unlink(missing_ok=True)
    with sqlite3.connect(source) as database:
        database.execute("VACUUM INTO ?", [str(part)])
    database.close()
    part.replace(target)


def _migrate(name: str) -> None:
    """Have Django make the test database; this process stays connected to the one it had."""
    before = settings.DATABASES["default"]["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
    finally:
        connection.close()
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = before


def _folder() -> Path:
    """Where a file outlives the run: the Python environment, or the run's folder if that is not ours."""
    return Path(sys.prefix if os.access(sys.prefix, os.W_OK) else os.environ["VAGUEMESTRE_TEST_HOME"])


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time: the others wait for its template."""
    descriptor = os.open(_folder(), os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)

"""A consistent copy of the database in one file, and its restoration."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg
from psycopg import sql

from vaguemestre.engines.database.database_login import database_password
from vaguemestre.site.config import Config

LIVE = "vaguemestre.sqlite3"
_FILES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
_NO_RIGHTS = "--no-privileges"  # a new server has none of their roles; each start grants them
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"


class NotABackup(Exception):
    """There is no such backup, or it is incomplete. The message is one French sentence."""


def file_name(config: Config) -> str:
    """The name of the copy: a SQLite file, or a dump of PostgreSQL in its custom format."""
    return _FILES[config.database.engine]


def dump_database(config: Config, folder: Path) -> Path:
    """Copy the database, as of one moment, into that folder. Raises NotABackup, OSError."""
    target = folder / file_name(config)
    partial = target.with_name(f"{target.name}.part")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)  # before the first octet of personal data
    if config.database.engine == "sqlite":
        live = config.data_dir / LIVE
        if not live.is_file():
            raise NotABackup(f"{config.home} ne contient pas d’instance.")
        with (
            closing(sqlite3.connect(f"file:{live}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(partial)) as copy,
        ):
            source.backup(copy)
    else:
        _run(config, "pg_dump", "--format=custom", _NO_RIGHTS, f"--file={partial}", _name_option(config))
    partial.replace(target)
    return target


def load_database(config: Config, source: Path) -> None:
    """Load that copy into the database, which is empty. Raises NotABackup, OSError."""
    if config.database.engine == "sqlite":
        config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(source, config.data_dir / LIVE)
        (config.data_dir / LIVE).chmod(0o600)
        return
    _run(config, "pg_restore", "--exit-on-error", "--no-owner", _NO_RIGHTS, _name_option(config), str(source))


def count_rows(config: Config) -> dict[str, int]:
    """The number of rows of each table of the live database."""
    if config.database.engine == "sqlite":
        return count_sqlite_rows(config.data_dir / LIVE)
    server = config.database
    with psycopg.connect(
        host=server.host, port=server.port, dbname=server.name, user=server.user,
        password=database_password(config),
    ) as connection:  # fmt: skip
        names = [row[0] for row in connection.execute(_TABLES)]
        count = sql.SQL("SELECT count(*) FROM {}")
        counts = ((name, connection.execute(count.format(sql.Identifier(name))).fetchone()) for name in names)
        return {name: row[0] for name, row in counts if row}


def count_sqlite_rows(file: Path) -> dict[str, int]:
    """The number of rows of each table of a SQLite file, once its integrity is checked. Raises NotABackup."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise NotABackup(f"{file} est abîmé.")
            names = [
                row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            quoted = {name: name.replace('"', '""') for name in names}
            return {
                name: connection.execute(f'SELECT count(*) FROM "{quoted[name]}"').fetchone()[0]  # noqa: S608
                for name in sorted(names)
            }
    except sqlite3.DatabaseError as error:
        raise NotABackup(f"{file} est abîmé ({error}).") from error


def check_dump(config: Config, source: Path) -> None:
    """Read a dump of PostgreSQL to its end. Raises NotABackup."""
    _run(config, "pg_restore", "--file=/dev/null", str(source))


def _name_option(config: Config) -> str:
    return f"--dbname={config.database.name}"


def _run(config: Config, *command: str) -> None:
    database = config.database
    server = {"PGHOST": database.host, "PGPORT": str(database.port), "PGUSER": database.user}
    result = subprocess.run(
        command,
        env={**os.environ, **server, "PGPASSWORD": database_password(config)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if result.returncode != 0:
        reason = result.stderr.strip().splitlines()[-1:] or result.returncode
        raise NotABackup(f"{command[0]} a échoué : {reason}")

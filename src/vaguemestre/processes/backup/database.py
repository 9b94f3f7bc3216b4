"""The database as of one moment, in one file, and back."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg
from psycopg import sql

from vaguemestre.engines.database_login import database_password
from vaguemestre.site.config import Config

LIVE = "vaguemestre.sqlite3"
_FILES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
_NO_RIGHTS = "--no-privileges"  # a new server has none of their roles; each start grants them
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"


class NotABackup(Exception):
    """What was asked for is in no backup, or no whole one; the message is one clear sentence."""


def file_name(config: Config) -> str:
    return _FILES[config.database.engine]


def dump_database(config: Config, folder: Path) -> Path:
    """A copy of the database alone, as of one moment, in that folder. Raises NotABackup, OSError."""
    target = folder / file_name(config)
    fresh = target.with_name(f"{target.name}.part")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)  # every person's data, from the first octet
    if config.database.engine == "sqlite":
        live = config.data_dir / LIVE
        if not live.is_file():
            raise NotABackup(f"{config.home} ne contient pas d’instance.")
        with (
            closing(sqlite3.connect(f"file:{live}?mode=ro", uri=True)) as from_,
            closing(sqlite3.connect(fresh)) as to,
        ):
            from_.backup(to)
    else:
        _run(config, "pg_dump", "--format=custom", _NO_RIGHTS, f"--file={fresh}", _named(config))
    fresh.replace(target)
    return target


def load_database(config: Config, source: Path) -> None:
    """Put that copy into the place of the database, which is empty. Raises NotABackup, OSError."""
    if config.database.engine == "sqlite":
        config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(source, config.data_dir / LIVE)
        (config.data_dir / LIVE).chmod(0o600)
        return
    _run(config, "pg_restore", "--exit-on-error", "--no-owner", _NO_RIGHTS, _named(config), str(source))


def count_rows(config: Config) -> dict[str, int]:
    """Table → rows of the database that serves."""
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
    """Table → rows of a file of SQLite, whose pages are checked first. Raises NotABackup."""
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
    """Read a dump of PostgreSQL to its end, every row of it. Raises NotABackup."""
    _run(config, "pg_restore", "--file=/dev/null", str(source))


def _named(config: Config) -> str:
    return f"--dbname={config.database.name}"


def _run(config: Config, *command: str) -> None:
    database = config.database
    place = {"PGHOST": database.host, "PGPORT": str(database.port), "PGUSER": database.user}
    ended = subprocess.run(
        command,
        env={**os.environ, **place, "PGPASSWORD": database_password(config)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if ended.returncode != 0:
        reason = ended.stderr.strip().splitlines()[-1:] or ended.returncode
        raise NotABackup(f"{command[0]} a échoué : {reason}")

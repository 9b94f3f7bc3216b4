"""A backup is restored on a PostgreSQL server that has none of the first one's roles."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from psycopg import sql
from tests.own_database import give_database

from vaguemestre.engines.database.database_login import database_password
from vaguemestre.processes.backup import database as backup
from vaguemestre.site.config import Config, load

pytestmark = pytest.mark.skipif(load().database.engine != "postgresql", reason="this run is on SQLite")

ROLE = f"elsewhere{os.getpid()}"


@pytest.fixture
def instances() -> Iterator[tuple[Config, Config]]:
    """Two instances, each with a database of its own."""
    with TemporaryDirectory(prefix="vm-dump-") as one, TemporaryDirectory(prefix="vm-dump-") as other:
        for home in (one, other):
            give_database(Path(home))
        yield load(Path(one)), load(Path(other))


def run_sql(config: Config, *statements: str) -> None:
    server = config.database
    with psycopg.connect(
        host=server.host, port=server.port, dbname=server.name, autocommit=True,
        user=server.user, password=database_password(config),
    ) as connection:  # fmt: skip
        for statement in statements:
            connection.execute(sql.SQL(statement).format(role=sql.Identifier(ROLE)))


@pytest.mark.parametrize("is_older", [False, True])
def test_rights_of_roles_that_are_not_there_stop_no_restoration(
    instances: tuple[Config, Config], tmp_path: Path, is_older: bool
) -> None:
    first, second = instances
    dump = tmp_path / "dump"
    run_sql(first, "CREATE ROLE {role}", "CREATE TABLE kept (n int)", "GRANT SELECT ON kept TO {role}")
    try:
        if is_older:  # a backup made before rights were left out
            name = first.database.name
            backup._run(first, "pg_dump", "--format=custom", f"--file={dump}", f"--dbname={name}")
        else:
            dump = backup.dump_database(first, tmp_path)
        assert (ROLE.encode() in dump.read_bytes()) == is_older
    finally:
        run_sql(first, "DROP OWNED BY {role}", "DROP ROLE {role}")
    backup.load_database(second, dump)
    run_sql(second, "SELECT n FROM kept")

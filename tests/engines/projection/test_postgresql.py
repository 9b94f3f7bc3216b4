"""On PostgreSQL the engines connect as a role that reads its views and nothing else."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from vaguemestre.engines.database.database_login import database_login, postgres_reader
from vaguemestre.engines.projection import postgresql
from vaguemestre.site.config import load

pytestmark = pytest.mark.skipif(load().database.engine != "postgresql", reason="this run is on SQLite")


@pytest.fixture
def reader() -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    postgresql.prepare(load())
    postgresql.prepare(load())
    role = postgres_reader(load())
    with psycopg.connect(
        host=role.host,
        port=role.port,
        dbname=role.name,
        user=role.user,
        password=role.password,
        autocommit=True,
    ) as connection:
        yield connection


def test_it_reads_its_views(reader: "psycopg.Connection[tuple[object, ...]]") -> None:
    for view in ("mailbox", "name", "address", "app_key", "token", "pod", "place", "moving"):
        reader.execute(f"SELECT * FROM {view}")


def test_it_reads_nothing_else_of_ours(reader: "psycopg.Connection[tuple[object, ...]]") -> None:
    readable = reader.execute(
        "SELECT table_schema, table_name FROM information_schema.table_privileges"
        " WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
    ).fetchall()
    assert {schema for schema, _ in readable} == {"engines"}
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute("SELECT * FROM projection.token")


def test_it_writes_nothing(reader: "psycopg.Connection[tuple[object, ...]]") -> None:
    reader.execute("SET default_transaction_read_only = off")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute("DELETE FROM token")


def test_a_session_that_the_server_ended_fails_nobody() -> None:
    directory = postgresql.PostgresMailDirectory(load())
    try:
        with directory.work("asked") as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            [(number,)] = cursor.fetchall()
        with psycopg.connect(**parameters(), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 10000)", (number,))  # waits until it is gone
        with directory.work("asked again") as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            assert cursor.fetchall() != [(number,)]
    finally:
        directory.close()


def parameters() -> dict[str, Any]:
    """Those of the product's own connections."""
    login, database = database_login(load()), load().database
    return {
        "host": database.host, "port": database.port, "dbname": database.name,
        "user": login.user, "password": login.password,
    }  # fmt: skip

"""The tests run on the database that was asked for; what only reads changes nothing."""

import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from vaguemestre.site.config import Config, DatabaseSection, load
from vaguemestre.site.database.databases import django_database, reading_only


@pytest.mark.django_db
def test_the_database_is_the_one_the_configuration_names() -> None:
    assert connection.vendor == load().database.engine


def test_sqlite_refuses_a_change_of_what_only_reads(tmp_path: Path) -> None:
    options = reading_only(django_database(Config(home=tmp_path)))["OPTIONS"]
    path = tmp_path / "base.sqlite3"
    with closing(sqlite3.connect(path)) as owner:
        owner.execute("CREATE TABLE numbers (number int)")
    with closing(sqlite3.connect(path, timeout=options["timeout"])) as reader:
        reader.executescript(options["init_command"])
        assert reader.execute("SELECT count(*) FROM numbers").fetchone() == (0,)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader.execute("INSERT INTO numbers VALUES (1)")


def test_postgresql_opens_every_transaction_of_what_only_reads_as_such(tmp_path: Path) -> None:
    server = DatabaseSection(engine="postgresql", host="127.0.0.1")
    entry = reading_only(django_database(Config(home=tmp_path, database=server)))
    assert "default_transaction_read_only=on" in entry["OPTIONS"]["options"]


def test_a_database_that_stands_still_is_waited_for_a_few_seconds_only(tmp_path: Path) -> None:
    """The kernel takes connections for it: pages would hang for as long as it says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        server = DatabaseSection(engine="postgresql", host="127.0.0.1", port=port)
        options = django_database(Config(home=tmp_path, database=server))["OPTIONS"]
        with pytest.raises(psycopg.errors.ConnectionTimeout):
            psycopg.connect(host="127.0.0.1", port=port, dbname="nobody", **options)

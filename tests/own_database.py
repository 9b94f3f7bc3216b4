"""A home of its own on the database server of this run of the tests."""

import secrets
import shutil
from pathlib import Path

import psycopg
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


def give_database(home: Path) -> None:
    """On PostgreSQL, make a database for that home and write its configuration; on SQLite do nothing."""
    config = load()
    server = config.database
    if server.engine != "postgresql":
        return
    name = f"home_{secrets.token_hex(6)}"
    password = config.home / server.password_file
    with psycopg.connect(
        host=server.host, port=server.port, user=server.user, dbname=server.name, autocommit=True,
        password=password.read_text().strip(),
    ) as connection:  # fmt: skip
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(password, home / "postgres_password")
    text = _FILE.format(host=server.host, port=server.port, user=server.user, name=name)
    (home / "vaguemestre.toml").write_text(text, encoding="utf-8")

"""What a start asks of PostgreSQL before Django is there."""

import psycopg

from vaguemestre.site.config import Config

_TIMEOUT_SECONDS = 3


def ask(config: Config, question: str) -> list[tuple[str, str]]:
    """The rows; none when the server is away or the table not made yet."""
    try:
        with _connect(config) as connection:
            return connection.execute(question.encode()).fetchall()
    except psycopg.Error:
        return []


def writes(config: Config) -> bool:
    """Whether a server answers that is no standby."""
    return ask(config, "SELECT 1 WHERE NOT pg_is_in_recovery()") != []


def _connect(config: Config) -> "psycopg.Connection[tuple[str, str]]":
    server = config.database
    password = (config.home / server.password_file).read_text().strip() if server.password_file else None
    return psycopg.connect(
        host=server.host,
        port=server.port,
        dbname=server.name,
        user=server.user,
        password=password,
        connect_timeout=_TIMEOUT_SECONDS,
    )

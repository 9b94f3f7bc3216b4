"""The question of `migrated`, asked of PostgreSQL."""

import psycopg

from vaguemestre.site.config import Config


def ask(config: Config, question: str) -> list[tuple[str, str]]:
    """The rows; none when the server is away or the table not made yet."""
    server = config.database
    password = (config.home / server.password_file).read_text().strip() if server.password_file else None
    try:
        with psycopg.connect(
            host=server.host, port=server.port, dbname=server.name, user=server.user, password=password
        ) as connection:
            return connection.execute(question.encode()).fetchall()
    except psycopg.Error:
        return []

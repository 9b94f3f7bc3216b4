"""Notices to every machine, by PostgreSQL."""

from django.db import connection


def notify(channel: str, payload: str = "") -> None:
    """Notify whoever listens to that channel, when the caller's transaction commits. Nobody on SQLite."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [channel, payload])

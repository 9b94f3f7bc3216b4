"""The projection in PostgreSQL: tables the product writes, views the engines' role reads."""

import select
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import resources

import psycopg
from psycopg import sql

from vaguemestre.engines.database.database_login import PostgresReader, database_login, postgres_reader
from vaguemestre.engines.database.database_roles import MADE_MEANWHILE
from vaguemestre.engines.instance import Instance
from vaguemestre.engines.projection.directory import SCHEMA, SqlMailDirectory
from vaguemestre.engines.projection.withdrawals import Cursor
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

_VIEWS = resources.files(__package__).joinpath("views.sql").read_text(encoding="utf-8")
_TIMEOUT_SECONDS = 5
_LOCK = 0x5641_474D  # advisory: two instances that start on one server create tables in turn
_WRITERS = 0x5641_4750  # advisory: mailboxes are written by one process after the other


def prepare(instance: Instance) -> None:
    """Create tables, views and the engines' role. Raises EngineDown, EngineRefused."""
    directory = PostgresMailDirectory(instance)
    try:
        directory.install(postgres_reader(instance))
    finally:
        directory.close()


class PostgresMailDirectory(SqlMailDirectory):
    """Mail directory in the schema `projection` of the instance's database, created when missing."""

    placeholder = "%s"

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._lock = threading.Lock()
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None

    def install(self, reader: PostgresReader) -> None:
        """Create the role that may connect and read the views, with its password and no other right."""
        role = sql.Identifier(reader.user)
        with self.work("install", writes=True) as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            cursor.execute(_VIEWS)
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (reader.user,))
            made = [] if cursor.fetchall() else [sql.SQL("CREATE ROLE {} LOGIN").format(role)]
            for statement in (
                *made,
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(reader.password)),
                sql.SQL("ALTER ROLE {} SET search_path = engines").format(role),
                sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(role),
            ):
                # another start on this server: it writes the same
                with suppress(*MADE_MEANWHILE), self._connected().transaction():
                    cursor.execute(statement)
            cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA engines TO {}").format(role))
            cursor.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA engines TO {}").format(role))

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @contextmanager
    def work(self, what: str, *, writes: bool = False) -> Iterator[Cursor]:
        with self._lock:
            try:
                connection = self._connected()
                with connection.transaction(), connection.cursor() as cursor:
                    yield cursor
            except psycopg.errors.InsufficientPrivilege as error:
                raise EngineRefused(
                    f"PostgreSQL refuse à « {self._instance.database.user} » de préparer le rôle des moteurs "
                    f"({error.diag.message_primary}) ; donnez-lui CREATEROLE et CREATE sur la base."
                ) from error
            except psycopg.errors.IntegrityError as error:
                raise EngineRefused(f"projection {what}: {error}") from error
            except psycopg.Error as error:
                raise EngineDown(f"projection {what}: {error}") from error

    def _take_turn(self, cursor: Cursor) -> None:
        # two who write one mailbox would each delete what the other does not see yet, then insert it twice
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_WRITERS,))

    def _connected(self) -> "psycopg.Connection[tuple[object, ...]]":
        if self._connection is not None and _is_over(self._connection):
            self._connection.close()
            self._connection = None
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        database, login = self._instance.database, database_login(self._instance)
        connection = psycopg.connect(
            host=database.host or None,
            port=database.port,
            dbname=database.name,
            user=login.user,
            password=login.password or None,
            connect_timeout=_TIMEOUT_SECONDS,
            autocommit=True,
            options="-c search_path=projection",
        )
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            table = connection.execute("SELECT to_regclass('projection.service_limit')").fetchone()
            if table == (None,):
                connection.execute("CREATE SCHEMA IF NOT EXISTS projection")
                # the only SQLite clause of the schema
                connection.execute(SCHEMA.replace(" WITHOUT ROWID", "").encode())
        return connection


def _is_over(connection: "psycopg.Connection[tuple[object, ...]]") -> bool:
    """Whether the server ended it since: read from what arrived, without a round trip.

    HAProxy ends the sessions of a database that writes no more; the first page after that would fail.
    """
    if connection.broken:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))  # between two questions PostgreSQL says nothing but its end

"""PostgreSQL's roles: one for each system user of ours that uses the database, with the rights of a table.

The owner of the database makes them (CREATEROLE). All instances of a server share its roles, so that their
passwords follow from the owner's. Each process is given its own only.
"""

import contextlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import LiteralString, cast

import psycopg
from psycopg import sql

from vaguemestre.engines.config_templates import write
from vaguemestre.engines.database.database_login import database_password, database_role, role_secret
from vaguemestre.engines.instance import Instance
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

_TIMEOUT_SECONDS = 5
_SCHEMAS = ("public", "projection")
_LOCK = 0x5641_474E  # advisory: two starts on one database grant in turn
# Roles are the server's, that lock is the database's. The last one is « tuple concurrently updated ».
MADE_MEANWHILE = (
    psycopg.errors.UniqueViolation,
    psycopg.errors.DuplicateObject,
    psycopg.errors.InternalError_,
)
NO_LIMITS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True)
class TableRights:
    """Rights in SQL, such as "SELECT, UPDATE (expire_date)". `everywhere`: by role, on every table.

    `on`: table (with its schema) → role → rights there, instead; a role that is not named has none there.
    `functions`: name and argument types → roles that may call it, with its owner's rights.
    """

    everywhere: Mapping[str, str]
    on: Mapping[str, Mapping[str, str]]
    functions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def prepare(instance: Instance, rights: TableRights, connections: Mapping[str, int] = NO_LIMITS) -> None:
    """Make the roles, their passwords' files and their rights on the tables there are. Idempotent.

    `connections`: role → how many it may hold; none may hold more than three quarters of the server's.

    Nothing where the database asks no password: all processes use one role then. Raises EngineDown,
    EngineRefused.
    """
    database = instance.database
    if database.engine != "postgresql" or not database.password_file:
        return
    try:
        with _connect(instance, database.user, database_password(instance)) as connection:
            for name in rights.everywhere:
                _make_role(connection, instance, name)
            with connection.transaction():
                connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
                for statement in _grants(database.user, rights, _tables(connection)):
                    connection.execute(statement)
                for statement in _calls(connection, database.user, rights):
                    connection.execute(statement)
            _limit_roles(connection, database.user, connections)
    except psycopg.errors.InsufficientPrivilege as error:
        raise EngineRefused(
            f"PostgreSQL refuse à « {database.user} » de préparer les rôles des services "
            f"({error.diag.message_primary}) ; donnez-lui CREATEROLE, et la propriété des tables."
        ) from error
    except psycopg.Error as error:
        raise EngineDown(f"rôles de PostgreSQL : {error}") from error


def _connect(instance: Instance, user: str, password: str) -> "psycopg.Connection[tuple[object, ...]]":
    database = instance.database
    return psycopg.connect(
        host=database.host or None,
        port=database.port,
        dbname=database.name,
        user=user,
        password=password,
        connect_timeout=_TIMEOUT_SECONDS,
        autocommit=True,
    )


def _make_role(connection: "psycopg.Connection[tuple[object, ...]]", instance: Instance, name: str) -> None:
    """The role and the file of its password; a role that lets us in is left as it is."""
    role, password = database_role(instance, name), _password(instance, name)
    write(role_secret(instance, name), password, mode=0o600)
    try:
        _connect(instance, role, password).close()
    except psycopg.OperationalError:
        row = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
        verb = sql.SQL("ALTER" if row else "CREATE")
        # The server writes down a statement that fails: it is given the verifier, as psql's \password does.
        verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
        with contextlib.suppress(*MADE_MEANWHILE):  # another start on this server: it gives the same password
            connection.execute(
                sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
                    verb, sql.Identifier(role), sql.Literal(verifier.decode())
                )
            )


def _limit_roles(
    connection: "psycopg.Connection[tuple[object, ...]]", owner: str, connections: Mapping[str, int]
) -> None:
    """Change the limits that are others; another start on this server may be setting the same."""
    (server,) = connection.execute("SELECT current_setting('max_connections')::int * 3 / 4").fetchone() or (
        0,
    )
    wanted = {f"{owner}_{name}": min(most, cast("int", server)) for name, most in connections.items()}
    rows = connection.execute(
        "SELECT rolname, rolconnlimit FROM pg_roles WHERE rolname = ANY(%s)", ([*wanted],)
    ).fetchall()
    for role, limit in rows:
        if limit != wanted[str(role)]:
            with contextlib.suppress(*MADE_MEANWHILE):
                connection.execute(
                    sql.SQL("ALTER ROLE {} CONNECTION LIMIT {}").format(
                        sql.Identifier(str(role)), sql.Literal(wanted[str(role)])
                    )
                )


def _password(instance: Instance, name: str) -> str:
    owner = database_password(instance).encode()
    return hmac.digest(owner, f"vaguemestre role {name}".encode(), "sha256").hex()


def _tables(connection: "psycopg.Connection[tuple[object, ...]]") -> frozenset[str]:
    """The tables there are, with their schemas."""
    rows = connection.execute(
        "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname = ANY(%s)", ([*_SCHEMAS],)
    )
    return frozenset(str(name) for (name,) in rows)


def _grants(owner: str, rights: TableRights, tables: frozenset[str]) -> Iterator[sql.Composed]:
    """Every statement, from no right at all to those of the table."""
    roles = {name: sql.Identifier(f"{owner}_{name}") for name in rights.everywhere}
    everybody = sql.SQL(", ").join(roles.values())
    schemas = sql.SQL(", ").join(map(sql.Identifier, _SCHEMAS))
    # PostgreSQL 14 gave it to everybody.
    yield sql.SQL("REVOKE CREATE ON SCHEMA {} FROM PUBLIC").format(sql.Identifier("public"))
    yield sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schemas, everybody)
    yield sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(everybody)
    yield sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA {} FROM {}").format(schemas, everybody)
    for name, granted in rights.everywhere.items():
        if granted:
            yield sql.SQL("GRANT {} ON ALL TABLES IN SCHEMA {} TO {}").format(
                sql.SQL(granted), schemas, roles[name]
            )
    for table in sorted(rights.on.keys() & tables):
        place = sql.Identifier(*table.split("."))
        yield sql.SQL("REVOKE ALL ON {} FROM {}").format(place, everybody)
        for name, granted in rights.on[table].items():
            yield sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(granted), place, roles[name])


def _calls(
    connection: "psycopg.Connection[tuple[object, ...]]", owner: str, rights: TableRights
) -> Iterator[sql.Composed]:
    """Who may call the functions there are."""
    for signature, callers in rights.functions.items():
        row = connection.execute("SELECT to_regprocedure(%s)::text", (signature,)).fetchone()
        if row and row[0]:
            function = sql.SQL(cast("LiteralString", row[0]))  # quoted by the server
            for name in callers:
                role = sql.Identifier(f"{owner}_{name}")
                yield sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(function, role)

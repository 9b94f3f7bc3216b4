"""On PostgreSQL each system user of ours has a role, and a role no more than the table says."""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, LiteralString

import psycopg
import pytest
from django.db import connection as django_connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from psycopg import sql
from tests.access.signin.races import at_once
from tests.own_database import give_database

from vaguemestre.access.signin.models import BrowserSession
from vaguemestre.access.signin.sessions import SessionStore
from vaguemestre.engines.database.database_login import database_password, database_role, role_secret
from vaguemestre.engines.database.database_roles import TableRights, prepare
from vaguemestre.engines.projection import postgresql
from vaguemestre.foundation.cluster.models import KeyDigest, Machine
from vaguemestre.foundation.journal.models import Entry, EntrySeal, MonthSeal
from vaguemestre.people.credentials.models import Account, AppPassword, MailToken
from vaguemestre.people.intake.models import Feed
from vaguemestre.people.lifecycle.models import LifecycleEvent
from vaguemestre.post.mailstore.values import QUARANTINE
from vaguemestre.post.outbox.models import OutboxMessage
from vaguemestre.post.trace.models import LogCursor, MessageMark, MessageStep, StepCount, StepCounter
from vaguemestre.post.trace.services import collect_steps
from vaguemestre.post.trace.values import Engine, LogPiece, LogPosition, Step, StepKind
from vaguemestre.processes import database_rights
from vaguemestre.processes.database_rights import EVERYWHERE, ON, ROLES, limits
from vaguemestre.processes.duties import DUTIES
from vaguemestre.processes.metrics import database as metrics
from vaguemestre.schools.lists.models import MailingList
from vaguemestre.schools.sharing.models import Box, Member
from vaguemestre.site import secrets
from vaguemestre.site.config import Config, WebSection, load

on_postgresql = pytest.mark.skipif(load().database.engine != "postgresql", reason="this run is on SQLite")

JOBS = "django_tasks_database_dbtaskresult"
SESSION = (
    "INSERT INTO signin_browsersession"
    " (session_key, session_data, expire_date, network, browser, is_shared_computer, is_own_device)"
    " VALUES ('0', '', now(), '', '', false, false)"
)
TOKEN = "INSERT INTO credentials_mailtoken (session_key, token_sha256, expires_at) VALUES ('', '0', now())"
REWRITTEN = "UPDATE journal_entry SET action = 'nothing'"
FORGOTTEN = "DELETE FROM journal_entry"
MIGRATED = "DELETE FROM django_migrations"
MADE = "CREATE TABLE mine (number int)"
HONOURED = "INSERT INTO projection.token VALUES ('0', 'nobody@ac-amiens.test', 0)"


def test_every_user_of_the_database_has_a_role_and_no_role_has_two_users() -> None:
    users = {duty.user for duty in DUTIES.values() if duty.uses_database}
    assert len(ROLES) == len(users)
    assert EVERYWHERE.keys() == {*ROLES}
    assert all(rights.keys() <= {*ROLES} for rights in ON.values())


def test_the_tables_of_exceptions_are_those_of_the_models() -> None:
    models = (
        BrowserSession, MailToken, Account, AppPassword, LifecycleEvent, Box, Member, MailingList, Entry,
        MessageMark, MessageStep, LogCursor, StepCount, StepCounter, DBTaskResult, Feed, OutboxMessage,
        EntrySeal, MonthSeal, KeyDigest, Machine,
    )  # fmt: skip
    named = {table.removeprefix("public.") for table in ON if table.startswith("public.")}
    assert named == {model._meta.db_table for model in models} | {"django_migrations"}


def test_sessions_are_opened_at_the_door_and_tokens_by_their_service() -> None:
    def inserting(table: str) -> set[str]:
        return {role for role, rights in ON[table].items() if "INSERT" in rights}

    assert inserting("public.signin_browsersession") == {"door"}
    assert inserting("public.credentials_mailtoken") == inserting("projection.token") == {"tokens"}
    assert not any(
        right in rights for rights in ON["public.journal_entry"].values() for right in ("UPDATE", "DELETE")
    )


@pytest.fixture
def database() -> Iterator[Config]:
    """An instance whose tables are made, and its roles."""
    with TemporaryDirectory(prefix="vm-roles-") as folder:
        home = Path(folder)
        give_database(home, migrated=True)
        config = load(home)
        secrets.make_missing(config.secrets_dir)
        postgresql.prepare(config)
        for _ in range(2):  # a second start changes nothing
            database_rights.prepare(config)
        yield config


@contextmanager
def as_role(config: Config, name: str) -> "Iterator[psycopg.Connection[tuple[object, ...]]]":
    server = config.database
    with psycopg.connect(
        host=server.host, port=server.port, dbname=server.name, autocommit=True,
        user=database_role(config, name), password=role_secret(config, name).read_text(),
    ) as connection:  # fmt: skip
        yield connection


@contextmanager
def as_owner(config: Config) -> "Iterator[psycopg.Connection[tuple[object, ...]]]":
    server = config.database
    with psycopg.connect(
        host=server.host, port=server.port, dbname=server.name, autocommit=True,
        user=server.user, password=database_password(config),
    ) as connection:  # fmt: skip
        yield connection


def drop_role(config: Config, role: str) -> None:
    with as_owner(config) as owner:
        owner.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
        owner.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def is_refused(connection: "psycopg.Connection[tuple[object, ...]]", statement: LiteralString) -> bool:
    try:
        connection.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        return True
    return False


@on_postgresql
def test_a_session_is_inserted_by_the_door_and_by_nobody_else(database: Config) -> None:
    def refused(role: str) -> bool:
        with as_role(database, role) as connection:
            return is_refused(connection, SESSION)

    assert {role for role in ROLES if not refused(role)} == {"door"}


@on_postgresql
def test_a_page_keeps_a_session_and_gives_it_to_nobody(database: Config) -> None:
    with as_role(database, "door") as connection:
        connection.execute(SESSION)
    with as_role(database, "web") as connection:
        connection.execute("UPDATE signin_browsersession SET expire_date = now()")
        for column in ("session_data = 'x'", "account_id = 1", "session_key = 'mine'", "started_at = now()"):
            statement = f"UPDATE signin_browsersession SET {column}"
            assert is_refused(connection, statement), column
        connection.execute("DELETE FROM signin_browsersession")


@on_postgresql
@pytest.mark.parametrize("statement", [TOKEN, HONOURED, REWRITTEN, FORGOTTEN, MIGRATED, MADE])
def test_a_page_writes_no_token_and_rewrites_no_journal(database: Config, statement: LiteralString) -> None:
    with as_role(database, "web") as connection:
        assert is_refused(connection, statement)


@on_postgresql
def test_the_token_service_reads_what_it_must_and_nothing_else(database: Config) -> None:
    with as_role(database, "tokens") as connection:
        for table in ("signin_browsersession", "credentials_account", "sharing_member", "projection.mailbox"):
            connection.execute(f"SELECT * FROM {table}")
        for table in ("directory_person", "directory_numenrow", "credentials_onetimedevice", "journal_entry"):
            assert is_refused(connection, f"SELECT * FROM {table}"), table


@on_postgresql
def test_what_counts_reads_no_column_that_names_anybody(database: Config) -> None:
    with as_role(database, "metrics") as connection:
        for table, column in (
            ("outbox_outboxmessage", "recipients"),
            ("django_tasks_database_dbtaskresult", "args_kwargs"),
            ("django_tasks_database_dbtaskresult", "traceback"),
            ("intake_feed", "file_name"),
            ("credentials_account", "id"),
            ("journal_entry", "id"),
            ("signin_browsersession", "session_key"),
        ):
            question = f"SELECT {column} FROM {table}"
            assert is_refused(connection, question), (table, column)
        assert is_refused(connection, "UPDATE outbox_outboxmessage SET state = 'x'")
        assert is_refused(connection, "DELETE FROM intake_feed")
        assert is_refused(connection, MADE)


@on_postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("source", [metrics.jobs, metrics.outbox, metrics.feeds, metrics.size])
def test_what_counts_may_ask_all_that_it_asks(
    database: Config, source: Callable[[], Iterator[object]]
) -> None:
    with CaptureQueriesContext(django_connection) as captured:
        assert tuple(source()) or source is metrics.feeds
    with as_role(database, "metrics") as connection:
        for query in captured.captured_queries:
            connection.execute(query["sql"])


@on_postgresql
def test_a_role_is_let_in_with_its_own_password_only(database: Config) -> None:
    password = role_secret(database, "web").read_text()
    server = database.database
    for user in (server.user, *(database_role(database, role) for role in ROLES if role != "web")):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(
                host=server.host, port=server.port, dbname=server.name, user=user, password=password
            )


@on_postgresql
def test_a_table_made_later_has_its_rights_at_the_next_start(database: Config) -> None:
    with as_owner(database) as owner:
        owner.execute("CREATE TABLE public.later (number int)")
    with as_role(database, "web") as connection:
        assert is_refused(connection, "SELECT * FROM public.later")
        database_rights.prepare(database)
        connection.execute("INSERT INTO public.later VALUES (1)")


@on_postgresql
def test_a_database_of_before_postgresql_15_lets_no_role_make_a_function(database: Config) -> None:
    with as_owner(database) as owner:
        owner.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
    database_rights.prepare(database)
    with as_role(database, "web") as connection:
        assert is_refused(connection, "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'")


@on_postgresql
def test_the_password_of_a_role_is_not_sent(database: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    execute = psycopg.Connection.execute

    def spied(connection: Any, statement: Any, *rest: Any, **more: Any) -> Any:
        sent.append(statement if isinstance(statement, str) else statement.as_string(connection))
        return execute(connection, statement, *rest, **more)

    name = f"newcomer{os.getpid()}"
    monkeypatch.setattr(psycopg.Connection, "execute", spied)
    prepare(database, TableRights({name: ""}, {}))
    with as_role(database, name) as connection:
        connection.execute("SELECT 1")
    password, role = role_secret(database, name).read_text(), database_role(database, name)
    made = [statement for statement in sent if "CREATE ROLE" in statement]
    assert [role in statement for statement in made] == [True]
    assert not any(password in statement for statement in sent)
    drop_role(database, role)


def test_every_role_of_ours_has_a_share_of_the_connections() -> None:
    assert limits(Config(home=Path("/nowhere"))).keys() == {*ROLES, "engines"}


def test_a_share_holds_what_the_processes_of_an_upgrade_open_and_follows_the_configuration() -> None:
    few = Config(home=Path("/nowhere"))
    many = replace(few, web=WebSection(workers=6, threads=8))
    threads = 2 * few.web.workers * few.web.threads  # of two pools
    assert 2 * threads < limits(few)["web"] < 75  # of the hundred that Debian's server takes
    assert limits(many)["web"] > 4 * 6 * 8
    assert limits(few)["door"] == limits(many)["door"]


@on_postgresql
def test_a_taken_role_leaves_the_server_to_the_others(database: Config) -> None:
    name = f"taken{os.getpid()}"
    role = database_role(database, name)
    try:
        prepare(database, TableRights({name: ""}, {}), {name: 3})
        with ExitStack() as opened:
            for _ in range(3):
                opened.enter_context(as_role(database, name))
            with pytest.raises(psycopg.OperationalError, match="too many connections for role"):
                opened.enter_context(as_role(database, name))
            with as_role(database, "web") as other:
                other.execute("SELECT 1")
        prepare(database, TableRights({name: ""}, {}), {name: 10_000})
        with as_owner(database) as owner:
            limited = owner.execute(
                "SELECT rolconnlimit = current_setting('max_connections')::int * 3 / 4"
                " FROM pg_roles WHERE rolname = %s",
                (role,),
            ).fetchone()
            assert limited == (True,)
    finally:
        drop_role(database, role)


@on_postgresql
def test_each_start_limits_the_roles(database: Config) -> None:
    with as_owner(database) as owner:
        rows = owner.execute(
            "SELECT rolname, rolconnlimit > 0 FROM pg_roles WHERE rolname = ANY(%s)",
            ([database_role(database, role) for role in (*ROLES, "engines")],),
        ).fetchall()
    assert len(rows) == len(ROLES) + 1
    assert [role for role, is_limited in rows if not is_limited] == []


@pytest.mark.django_db
def test_saving_a_session_again_writes_its_content_and_its_end_only(
    django_assert_num_queries: Callable[[int], AbstractContextManager[CaptureQueriesContext]],
) -> None:
    session = SessionStore()
    session.create()
    session["state"] = "typed"
    with django_assert_num_queries(3) as captured:  # within a savepoint
        session.save()
    (update,) = (query["sql"] for query in captured.captured_queries if query["sql"].startswith("UPDATE"))
    written = set(re.findall(r'"(\w+)" = ', update.partition(" WHERE ")[0]))
    assert written == {"session_data", "expire_date"}
    assert SessionStore(session.session_key)["state"] == "typed"


@on_postgresql
@pytest.mark.django_db
def test_who_reads_the_logs_may_announce_what_others_wait_for(database: Config) -> None:
    """What it may not write, it would try again and again, and never read on."""
    filed = f"stored mail into mailbox '{QUARANTINE}'"
    now = timezone.now()
    told = (
        Step(now, Engine.DOVECOT, StepKind.SCRIPTED, recipient="luc@ac-amiens.test"),
        Step(now, Engine.DOVECOT, StepKind.FILED, recipient="luc@ac-amiens.test", detail=filed),
        Step(now, Engine.POSTFIX, StepKind.UNEXAMINED, queue_id="q1"),
    )
    with CaptureQueriesContext(django_connection) as captured:
        assert collect_steps("log", lambda _: LogPiece(told, LogPosition("file", 3), True), now=now) == 3
    asked = [query["sql"] for query in captured.captured_queries if JOBS in query["sql"]]
    assert [statement.partition(" ")[0] for statement in asked].count("INSERT") == 3
    with as_role(database, "collector") as connection:
        for statement in asked:
            connection.execute(statement)


ANNOUNCED: LiteralString = """INSERT INTO django_tasks_database_dbtaskresult
    (id, status, enqueued_at, args_kwargs, priority, task_path, worker_ids, queue_name, backend_name,
    run_after, exception_class_path, traceback)
    VALUES (gen_random_uuid(), %s, now(), %s, 0, %s, '[]', 'default', 'default', now(), '', '')"""
TRACED, ELSEWHERE = "vaguemestre.post.trace.events", "vaguemestre.people.provisioning.events:MailboxClosed"
SCRIPTED = f"{TRACED}:ScriptsChanged"


def job(
    event: object = SCRIPTED, *, status: str = "READY", task: str = "wake", **words: object
) -> tuple[str, str, str]:
    """The values of ANNOUNCED."""
    arguments = {"args": ["*", event, {}, 1], "kwargs": {}, **words}
    return status, json.dumps(arguments), f"vaguemestre.foundation.jobs.tasks.{task}"


@on_postgresql
def test_who_reads_the_logs_announces_no_other_work(database: Config) -> None:
    refused = (
        job(f"{TRACED}:HandedOverAgain"),
        job(ELSEWHERE),
        job(None),
        job(status="FAILED"),
        job(task="other"),
        job(kwargs={"event_name": ELSEWHERE}),
        job(args={"1": SCRIPTED}),
        job(args=[]),
    )
    with as_role(database, "collector") as connection:
        for event in ("ScriptsChanged", "MailQuarantined", "MailUnexamined"):
            connection.execute(ANNOUNCED, job(f"{TRACED}:{event}"))
        for values in refused:
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="announces what they tell"):
                connection.execute(ANNOUNCED, values)
    with as_role(database, "web") as connection:
        for values in refused:
            connection.execute(ANNOUNCED, values)


STEP = "INSERT INTO trace_messagestep (number, at, engine, kind) VALUES ({}, now(), 'postfix', 'done')"


@on_postgresql
def test_instances_of_one_server_that_start_at_once_make_its_roles_together(
    database: Config, tmp_path: Path
) -> None:
    instances = [replace(database, home=tmp_path / str(number)) for number in range(6)]
    for instance in instances:
        shutil.copytree(database.home, instance.home)
    names = [f"try{number}" for number in range(6)]
    roles = [sql.Identifier(database_role(database, name)) for name in names]
    try:
        at_once(6, lambda number: prepare(instances[number], TableRights(dict.fromkeys(names, ""), {})))
        for name in names:
            with as_role(instances[0], name) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)
        at_once(6, lambda number: postgresql.prepare(instances[number]))
    finally:
        with as_owner(database) as connection:
            for role in roles:
                connection.execute(sql.SQL("DROP OWNED BY {}").format(role))
                connection.execute(sql.SQL("DROP ROLE {}").format(role))


@on_postgresql
def test_steps_are_written_by_who_reads_the_logs_and_he_writes_nothing_else(database: Config) -> None:
    writers = set()
    for number, role in enumerate(ROLES):
        with as_role(database, role) as connection:
            if not is_refused(connection, STEP.format(number)):
                writers.add(role)
            for statement in ("UPDATE trace_messagestep SET kind = 'x'", "DELETE FROM trace_messagestep"):
                assert is_refused(connection, statement), role
    assert writers == {"collector"}
    with as_role(database, "collector") as connection:
        for table in ("journal_entry", "outbox_submission", "credentials_account", "projection.mailbox"):
            assert is_refused(connection, f"SELECT * FROM {table}"), table


@on_postgresql
def test_months_over_are_dropped_by_the_worker_and_at_least_one_is_kept(database: Config) -> None:
    roll = "SELECT trace_roll_partitions(3, 12)"
    for role in ROLES:
        with as_role(database, role) as connection:
            assert is_refused(connection, roll) == (role != "worker"), role
            at = "SELECT trace_roll_partitions_at('2099-01-01', 3, 12)"
            assert is_refused(connection, at), role
    with as_role(database, "worker") as connection, pytest.raises(psycopg.errors.RaiseException):
        connection.execute("SELECT trace_roll_partitions(3, 0)")


@on_postgresql
def test_nobody_chooses_the_id_of_a_line_of_the_journal(database: Config) -> None:
    """An id beyond those of the sequence would put every later line behind what is sealed."""
    chosen: LiteralString = """INSERT INTO journal_entry (id, at, action, "by", "to", details)
        VALUES (4611686018427387904, now(), 'tests', 'cli', 'x', '{}')"""
    ordinary: LiteralString = """INSERT INTO journal_entry (at, action, "by", "to", details)
        VALUES (now(), 'tests', 'cli', 'x', '{}')"""
    sequence: LiteralString = (
        "SELECT setval(pg_get_serial_sequence('journal_entry', 'id'), 4611686018427387904)"
    )
    for role, rights in ON["public.journal_entry"].items():
        assert "INSERT" in rights
        with as_role(database, role) as connection:
            assert is_refused(connection, chosen), role
            assert is_refused(connection, sequence), role
            assert not is_refused(connection, ordinary), role


@on_postgresql
def test_the_journal_is_sealed_and_erased_by_the_worker_alone(database: Config) -> None:
    seal, erase = (
        "INSERT INTO journal_entryseal VALUES (1, '0', now(), 1)",
        "SELECT journal_erase(1, 2, '2099-01-01')",
    )
    for role in ROLES:
        with as_role(database, role) as connection:
            for table in ("journal_entry", "journal_entryseal", "journal_monthseal"):
                assert is_refused(connection, f"DELETE FROM {table}"), (role, table)
            assert is_refused(connection, seal) == (role != "worker"), role
            if role != "worker":
                assert is_refused(connection, erase), role
                continue
            with pytest.raises(psycopg.errors.RaiseException):  # its month is not over
                connection.execute(erase)

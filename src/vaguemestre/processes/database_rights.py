"""What each of our system users may do in PostgreSQL, table by table (ADR 0032), and how many connections it
may hold. SQLite knows no roles.

Rights on every table are the rule; tables whose rows open something are the exceptions. A room's new table is
covered by the rule.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from django.utils.module_loading import import_string

from vaguemestre.processes.duties import DUTIES
from vaguemestre.processes.supervisor.plan import DOOR_THREADS, workers
from vaguemestre.site.config import Config

_ALL = "SELECT, INSERT, UPDATE, DELETE"
_READ, _END = "SELECT", "SELECT, DELETE"
_TOKENS, _NUMENS = DUTIES["token-agent"].role, DUTIES["numen-agent"].role
_WORKER = DUTIES["worker"].role
_COLLECTOR, _METRICS = DUTIES["collector"].role, DUTIES["metrics"].role

ROLES = tuple(sorted({duty.role for duty in DUTIES.values() if duty.uses_database}))

_SELDOM = {_TOKENS: "", _COLLECTOR: "", _METRICS: "", _NUMENS: _READ}
EVERYWHERE: Mapping[str, str] = MappingProxyType({role: _SELDOM.get(role, _ALL) for role in ROLES})

_USUAL = {role: rights for role, rights in EVERYWHERE.items() if rights}
_READERS = {role: _READ for role in ROLES if role not in _SELDOM}

# A role that is not named has no right on that table.
ON: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        # Opened and written at the door alone, which believes the content. A page moves its end; whose it is
        # never changes.
        "public.signin_browsersession": {
            "door": _ALL,
            "web": "SELECT, DELETE, UPDATE (expire_date)",
            "worker": _END,
            "push": _READ,
            _TOKENS: _READ,
            _NUMENS: _READ,
        },
        # Written by those who sign, ended by all who end sessions.
        "public.credentials_mailtoken": {_TOKENS: _ALL, "web": _END, "door": _END, "worker": _END},
        # Written when Dovecot is prepared, and by moves, which are the owner's.
        **{f"projection.{table}": {**_READERS} for table in ("pod", "moving")},
        **{
            table: {_TOKENS: _ALL, "web": _END, "door": _END, "worker": _END}
            for table in ("projection.token", "projection.program_token")
        },
        # What the token service looks up.
        **{
            table: {**_USUAL, _TOKENS: _READ}
            for table in (
                "projection.mailbox",
                "public.credentials_account",
                "public.credentials_apppassword",
                "public.lifecycle_lifecycleevent",
                "public.lists_mailinglist",
                "public.sharing_box",
                "public.sharing_member",
            )
        },
        # Who reads the logs announces what others wait for, unless the same is announced already; a trigger
        # refuses it every other work.
        "public.django_tasks_database_dbtaskresult": {
            **_USUAL,
            _COLLECTOR: "INSERT, SELECT (status, queue_name, run_after, args_kwargs, priority, enqueued_at)",
            _METRICS: "SELECT (id, status, queue_name, enqueued_at, run_after)",
        },
        # What is counted: columns that say when and in which state, never whose.
        **{
            table: {**_USUAL, _METRICS: f"SELECT ({columns})"}
            for table, columns in (
                ("public.intake_feed", "id, finished_at"),
                ("public.outbox_outboxmessage", "id, state, due_at"),
            )
        },
        # Written by who reads the logs, and by nobody else; months over are dropped by FUNCTIONS.
        "public.trace_messagestep": {**_READERS, _COLLECTOR: "INSERT"},
        "public.trace_messagemark": {**_READERS, _COLLECTOR: "INSERT"},
        "public.trace_logcursor": {**_READERS, _COLLECTOR: "SELECT, INSERT, UPDATE"},
        "public.trace_stepcount": {_COLLECTOR: "SELECT, INSERT, UPDATE", _METRICS: _READ},
        "public.trace_stepcounter": {_COLLECTOR: "SELECT, INSERT, UPDATE"},
        # Written once, and never again; sealed by one process, which has months whose time is over erased.
        # Nobody chooses an id: sealing follows the order of the sequence.
        "public.journal_entry": dict.fromkeys(
            (role for role in ROLES if role not in (_TOKENS, _COLLECTOR, _METRICS)),
            'SELECT, INSERT (at, action, "by", "to", details, previous, seal)',
        ),
        **{
            table: {**_READERS, _WORKER: "SELECT, INSERT"}
            for table in ("public.journal_entryseal", "public.journal_monthseal")
        },
        "public.cluster_machine": {**_USUAL, _COLLECTOR: _ALL},  # it gives the sign of a machine of a pod
        "public.cluster_keydigest": {},  # the owner's: compared before anything runs
        "public.django_migrations": dict.fromkeys(ROLES, _READ),
    }
)
FUNCTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "public.trace_roll_partitions(integer, integer)": (_WORKER,),
        "public.journal_erase(bigint, bigint, date)": (_WORKER,),
    }
)

_BESIDE = 3  # of each process: its main thread, one that keeps a lease or hears notices, and one to spare
_AT_ONCE = 2  # an upgrade starts a process before it ends the one of the release before
# Threads that ask, of processes of which there is one.
_THREADS: Mapping[str, int] = MappingProxyType(
    {
        "door": DOOR_THREADS,
        "carddav": 4,
        "token-agent": 16,
        "numen-agent": 8,
        "gate": 4,
        "push": 8,  # sessions looked up in threads; notices heard and sent
        "collector": 1,
        "metrics": 1,
    }
)
# Of Postfix and Dovecot (engines/projection): four maps in each of eight proxymaps, eight workers of Dovecot,
# and some for a reload.
_ENGINES = 60


def limits(config: Config) -> Mapping[str, int]:
    """The most connections of each role, by the end of its name. Each serving machine has all processes."""
    machines = max(1, sum(node.serves for node in config.topology.nodes))
    needed: Counter[str] = Counter()
    for duty, threads in _processes(config):
        needed[DUTIES[duty].role] += threads + _BESIDE
    ours = {role: connections * _AT_ONCE * machines for role, connections in needed.items()}
    return {**ours, "engines": _ENGINES * machines}


def _processes(config: Config) -> Iterator[tuple[str, int]]:
    """Each process that asks the database: its duty, and how many of its threads do."""
    for pool in ("web", "reading"):
        for _ in range(config.web.workers):
            yield pool, config.web.threads
    yield from _THREADS.items()
    for _ in workers(config, ""):
        yield "worker", 1


def prepare(config: Config) -> None:
    """Make the roles and give them these rights, and their shares of connections.

    Raises EngineDown, EngineRefused.
    """
    if config.database.engine == "postgresql":  # its driver is loaded where it is used
        rights = import_string("vaguemestre.engines.database.database_roles.TableRights")(
            EVERYWHERE, ON, FUNCTIONS
        )
        make = import_string("vaguemestre.engines.database.database_roles.prepare")
        make(config, rights, limits(config))

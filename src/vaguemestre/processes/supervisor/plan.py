"""The processes of an instance, their order of start, and how to tell that each is ready. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from signal import Signals

from vaguemestre.engines.rspamd.environment import ENVIRONMENT
from vaguemestre.foundation.jobs.rules import worker_name
from vaguemestre.foundation.kernel.pools import POOL_VARIABLE
from vaguemestre.processes import main_beat
from vaguemestre.site.config import Config

DOOR_THREADS = 8
WORKER_INTERVAL = "0.2"  # seconds between two looks at an empty queue
_AGENTS = "vaguemestre.processes.agents"
_FILTER_PATIENCE = 300.0  # seconds; its first start compiles regular expressions: 20 s of CPU


class Ask(StrEnum):
    """How to check a service: its greeting, a page, the date of its heartbeat file, a connection."""

    GREETING = "greeting"
    PAGE = "page"
    SECURE_PAGE = "secure-page"  # over TLS, without verification of the certificate
    HEARTBEAT = "heartbeat"
    SOCKET = "socket"


@dataclass(frozen=True)
class Question:
    ask: Ask
    port: int = 0
    # GREETING: the first bytes ("" if the client speaks first); PAGE: the path; HEARTBEAT: the file
    expect: str = ""
    socket: Path | None = None  # instead of a port


@dataclass(frozen=True)
class Child:
    """A process to keep running. `log_file`: its own log, if it does not write to standard output.

    `reopen_signal`: makes it reopen that log. `is_optional`: the instance is ready without it, and does not
    wait for its end. `is_spare`: the instance is ready without it, as another process does the same work, or
    the work can wait.
    """

    name: str
    argv: tuple[str, ...]
    ready: tuple[Question, ...]
    environment: tuple[tuple[str, str], ...] = ()
    log_file: Path | None = None
    reopen_signal: Signals = Signals.SIGHUP
    ends_last: bool = False  # of the mail engines, which accept what other processes hand over at their end
    is_optional: bool = False
    is_spare: bool = False
    socket: Path | None = None  # where it listens; the socket of a killed run is removed before a start
    patience: float = 60.0  # seconds until it must be ready


@dataclass(frozen=True)
class Engine:
    """The process of a mail engine, as its folder in `engines` describes it.

    `deliveries`: the socket where it is asked whether it answers, in the place of IMAP.
    """

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str]
    log_file: Path
    reopen_signal: Signals = Signals.SIGHUP
    deliveries: Path | None = None


def engines(config: Config, dovecot: Engine, postfix: Engine) -> tuple[Child, ...]:
    """The mail engines, in their order of start."""
    ports = config.ports
    # before pods, IMAP is never without TLS
    answers = _takes_deliveries(dovecot) or (Question(Ask.GREETING, ports.imap, "* OK"),)
    questions = {
        dovecot.name: (*answers, Question(Ask.GREETING, ports.managesieve, '"IMPLEMENTATION"')),
        postfix.name: (
            Question(Ask.GREETING, ports.mx, "220"),
            Question(Ask.GREETING, ports.submission, "220"),
        ),
    }
    return tuple(_engine(engine, questions[engine.name]) for engine in (dovecot, postfix))


def dovecot_behind_proxies(dovecot: Engine) -> Child:
    """The Dovecot of a pod, which is open on the address of the pod only."""
    return _engine(dovecot, _takes_deliveries(dovecot))


def _takes_deliveries(dovecot: Engine) -> tuple[Question, ...]:
    return (Question(Ask.GREETING, expect="220", socket=dovecot.deliveries),) if dovecot.deliveries else ()


def _engine(engine: Engine, questions: tuple[Question, ...]) -> Child:
    return Child(
        engine.name,
        tuple(engine.argv),
        questions,
        tuple(sorted(engine.environment.items())),
        engine.log_file,
        engine.reopen_signal,
        ends_last=True,
    )


def programs(config: Config, python: str, front: Sequence[str], sockets: Path) -> tuple[Child, ...]:
    """Our own server processes, in their order of start.

    `front`: the command of the front (nginx), which passes requests to the pools at `sockets`.
    """
    return (
        _beating(
            config,
            Child(
                "push",
                (python, "-m", "vaguemestre.processes.push"),
                (Question(Ask.PAGE, config.ports.push, "/sante"),),
            ),
        ),
        _web_pool(config, python, "web", sockets),
        # until it is ready, the pool `web` serves its requests
        _spare(_web_pool(config, python, "reading", sockets)),
        _pool(config, python, "door", "web", sockets, "/sante/ping", workers=1, threads=DOOR_THREADS),
        # their clients retry: the front answers 503 until they are ready
        _spare(_pool(config, python, "carddav", "carddav", sockets, "/sante", workers=1, threads=4)),
        _spare(_pool(config, python, "pictures", "pictures", sockets, "/sante", workers=1, threads=0)),
        _front(config, front),
        Child(
            "gate",
            (python, "-m", "vaguemestre.processes.postfix.submission_policy"),
            (Question(Ask.HEARTBEAT, expect=str(config.run_dir / "gate.heartbeat")),),
        ),
        Child(
            "collector",
            (python, "-m", "vaguemestre.processes.collector"),
            (Question(Ask.HEARTBEAT, expect=str(config.run_dir / "collector.heartbeat")),),
            is_spare=True,  # it resumes at its cursor
        ),
        Child(
            "metrics",
            (python, "-m", "vaguemestre.processes.metrics"),
            (Question(Ask.PAGE, config.ports.metrics, "/sante"),),
            is_spare=True,
        ),
    )


def workers(config: Config, python: str) -> tuple[Child, ...]:
    """Job workers: `[worker] count` for ordinary jobs, one each for the other queues."""
    return (
        *(_worker(config, python, "default", number) for number in range(1, config.worker.count + 1)),
        _worker(config, python, "long"),
        _worker(config, python, "imports"),
        _worker(config, python, "untrusted"),
    )


def _spare(child: Child) -> Child:
    return replace(child, is_spare=True)


def _web_pool(config: Config, python: str, name: str, sockets: Path) -> Child:
    web = config.web
    return _pool(
        config, python, name, "web", sockets, "/sante/ping", workers=web.workers, threads=web.threads
    )


def _beating(config: Config, child: Child) -> Child:
    """The child with a heartbeat of its main process, because its workers answer even if that one hangs."""
    file = str(config.run_dir / f"{child.name}.heartbeat")
    return replace(
        child,
        ready=(*child.ready, Question(Ask.HEARTBEAT, expect=file)),
        environment=(*child.environment, (main_beat.VARIABLE, file)),
    )


def _pool(
    config: Config,
    python: str,
    name: str,
    module: str,
    sockets: Path,
    path: str,
    *,
    workers: int,
    threads: int,
) -> Child:
    """A pool of processes behind the front; `threads` 0: an asynchronous application (ASGI)."""
    kind = ("--interface", "wsgi", "--blocking-threads", str(threads)) if threads else ("--interface", "asgi")
    pool = Child(
        name,
        (
            python, "-m", "vaguemestre.processes.pool", f"vaguemestre.processes.{module}:application",
            *kind, "--http", "1", "--no-ws",
            "--uds", str(sockets / name / "http"), "--uds-permissions", "660",
            "--workers", str(workers),
            "--respawn-failed-workers", "--respawn-interval", "0.1", "--workers-kill-timeout", "2",
            "--log-level", "warning",
        ),
        (Question(Ask.PAGE, expect=path, socket=sockets / name / "http"),),
        ((POOL_VARIABLE, name),),
        socket=sockets / name / "http",
    )  # fmt: skip
    return _beating(config, pool)


def _front(config: Config, argv: Sequence[str]) -> Child:
    page = Ask.SECURE_PAGE if config.has_usual_ports else Ask.PAGE
    return Child("front", tuple(argv), (Question(page, config.ports.web, "/sante/ping"),))


def _worker(config: Config, python: str, queue: str, number: int = 1) -> Child:
    name = worker_name(queue, number)
    heartbeat = str(config.run_dir / f"{name}.heartbeat")
    return Child(
        name,
        (
            python, "-m", "vaguemestre.processes.worker",
            "--queue", queue, "--number", str(number),
            "--heartbeat", heartbeat, "--interval", WORKER_INTERVAL,
        ),
        (Question(Ask.HEARTBEAT, expect=heartbeat),),
        is_spare=True,  # a job waits in the database
    )  # fmt: skip


def agents(config: Config, python: str, home: Path, sockets: Mapping[str, Path]) -> tuple[Child, ...]:
    """Agents that do for our processes what their users have no right to. `home`: as other users reach it.

    The mail agent gives the virus check, and the filter, what arrived while they were away.
    """
    filter_port = (str(config.ports.filter_controller),) if config.mail.content_filter else ()
    given = {"mail-agent": (config.files.clamd or "-", *filter_port)}
    return tuple(
        Child(
            name,
            (python, "-m", f"{_AGENTS}.{name.replace('-', '_')}", str(home), *given.get(name, ())),
            (Question(Ask.SOCKET, socket=socket),),
            socket=socket,
            is_spare=name == "numen-agent",  # its clients wait for it
        )
        for name, socket in sockets.items()
    )


def words_agent(python: str, home: Path, socket: Path) -> Child:
    """What reads attachments for the index, where Dovecot's unit may not. Without it they are left out."""
    argv = (python, "-m", "vaguemestre.processes.agents.words_agent", str(home))
    return Child("words-agent", argv, (Question(Ask.SOCKET, socket=socket),), socket=socket, is_optional=True)


def content_filter(config: Config, argv: Sequence[str]) -> Child:
    """The spam filter (rspamd). Mail still arrives without it."""
    ports = config.ports
    return Child(
        "rspamd",
        tuple(argv),
        (Question(Ask.PAGE, ports.filter_controller, "/ping"), Question(Ask.GREETING, ports.filter)),
        ENVIRONMENT,
        is_optional=True,
        patience=_FILTER_PATIENCE,
    )


def signer(argv: Sequence[str], socket: Path) -> Child:
    """The DKIM signer (a second rspamd). While it is away, submissions are refused for the moment."""
    ready = (Question(Ask.GREETING, socket=socket),)
    return Child("signer", tuple(argv), ready, ENVIRONMENT, socket=socket, patience=_FILTER_PATIENCE)


def names(config: Config, python: str) -> Child:
    """The name server of a demonstration, with the records of its fictional outside domains."""
    return Child(
        "names",
        (python, "-m", "vaguemestre.demo.names"),
        (Question(Ask.HEARTBEAT, expect=str(config.run_dir / "names.heartbeat")),),
        is_optional=True,
    )


def listening_ports(config: Config) -> tuple[int, ...]:
    """Every port an instance needs free, the announced ones first."""
    ports = config.ports
    reporting = (ports.reports,) if config.mail.outgoing.reports_to_others else ()
    rewriting = (ports.srs_forward, ports.srs_reverse) if config.mail.rewrites_senders else ()
    return (
        ports.web, ports.push, ports.intranet, ports.carddav, ports.rooms, ports.metrics,
        ports.imap, ports.imaps, ports.submission, ports.submissions,
        ports.mx, ports.managesieve, ports.injection,
        ports.filter, ports.filter_controller, *rewriting, *reporting,
    )  # fmt: skip

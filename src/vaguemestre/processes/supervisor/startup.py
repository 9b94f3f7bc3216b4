"""The sequence of `bin/up`: checks, engines prepared, children started, ready said, and the stop."""

import asyncio
import contextlib
import errno
import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vaguemestre.engines import certificates
from vaguemestre.engines.dovecot import configuration as dovecot
from vaguemestre.engines.instance import open_home, remove_alias
from vaguemestre.engines.nginx import configuration as nginx
from vaguemestre.engines.postfix import configuration as postfix
from vaguemestre.engines.projection import backend as projection
from vaguemestre.engines.rspamd import configuration as rspamd
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.processes.supervisor import place, plan, process_table
from vaguemestre.processes.supervisor.screen import Screen
from vaguemestre.processes.supervisor.tree import ChildFailed, Tree
from vaguemestre.site import migrated, secrets, static
from vaguemestre.site.config import PROJECT, Config, ConfigWrong

_LONGEST_LINE = 4_000_000  # bytes
_TALKATIVE = ("dovecot", "postfix")
_CLOCK = {"TZ": "UTC"}  # what engines log is read as UTC, whatever the machine shows and the season
_TICK = 2.0  # seconds between two looks at the instance as a whole


class NotRoot(Exception):
    """The engines need root (exit code 77)."""


class PreparationFailed(Exception):
    """A long step ended badly: its own last words, and its exit code."""

    def __init__(self, words: str, code: int) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True)
class Wishes:
    """Options of the command line."""

    demo: bool = True
    feed: Path | None = None


@dataclass
class Prepared:
    """Results of the preparation step: accounts for ready.json, the first administrator's link."""

    accounts: list[dict[str, object]] = field(default_factory=list)
    administrator: str = ""
    last_words: str = ""


def up(config: Config, wishes: Wishes, screen: Screen) -> None:
    """Run an instance until told to stop.

    Raises NotRoot, HomeUnusable, AlreadyRunning, ConfigWrong, ChildFailed, PreparationFailed.
    """
    if os.geteuid() != 0:
        raise NotRoot("il faut être root : Postfix et Dovecot l’exigent.")
    if wishes.demo and config.mail.outgoing.leaves:
        raise ConfigWrong(
            "la démonstration n’écrit à personne dehors : avec « [mail.outgoing] mode » = "
            f"{config.mail.outgoing.mode}, lancez bin/up --no-demo."
        )
    place.open_home(config)
    lock = place.take(config)
    try:
        place.ready_file(config).unlink(missing_ok=True)
        _end_leftovers(config, screen)
        _check_ports(config)
        place.write_whole(
            config.run_dir / "instance.json", {"port_base": config.port_base, "pid": os.getpid()}, mode=0o644
        )
        make_ground(config)
        process_table.adopt_orphans()
        with place.last_will(place.ready_file(config)) as tell:
            asyncio.run(_Start(config, wishes, screen, tell).run())
    finally:
        place.ready_file(config).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            place.children_file(config).unlink(missing_ok=True)
        os.close(lock)


def _end_leftovers(config: Config, screen: Screen) -> None:
    processes = place.leftovers(config)
    if processes:
        screen.step(f"Reste d’un arrêt brutal : {len(processes)} processus à terminer.")
        process_table.end(processes, patience=5)


def _check_ports(config: Config) -> None:
    for port in plan.listening_ports(config):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((config.mail.host, port))
            except OSError as error:
                holder = process_table.holder_of(port)
                by = f" par {holder.name} (processus {holder.pid})" if holder else ""
                raise place.AlreadyRunning(
                    f"le port {port} est déjà pris{by} ; choisissez-en d’autres avec --port-base."
                    if holder or error.errno == errno.EADDRINUSE
                    else f"le port {port} ne peut pas être ouvert : {os.strerror(error.errno or 0)}."
                ) from error


def make_ground(config: Config) -> None:
    """Create what engines and Django need before they start."""
    secrets.make_missing(config.secrets_dir)
    try:
        open_home(config)
    except EngineRefused as error:
        raise place.HomeUnusable(str(error)) from error
    certificates.make_missing(config, now=datetime.now(UTC))
    projection.prepare(config)
    _close_database(config)


def _close_database(config: Config) -> None:
    """The database is root's alone, though the front walks past it to the files it sends."""
    if config.database.engine == "sqlite":
        config.data_dir.mkdir(parents=True, exist_ok=True)
        for name in ("", "-wal", "-shm"):
            path = config.data_dir / f"vaguemestre.sqlite3{name}"
            if path.exists():
                path.chmod(0o600)
            elif not name:
                path.touch(mode=0o600)


class _Start:
    """One start, from prepared ground to the end."""

    def __init__(
        self, config: Config, wishes: Wishes, screen: Screen, tell: Callable[[Sequence[int]], None]
    ) -> None:
        self._config, self._wishes, self._screen, self._tell_heirs = config, wishes, screen, tell
        self._prepared: Prepared | None = None
        # What others wait for: tables made, engines answering, people there.
        self._tables, self._engines, self._people = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._environment = {
            **os.environ,
            "VAGUEMESTRE_HOME": str(config.home),
            "VAGUEMESTRE_PORT_BASE": str(config.port_base),
            "DJANGO_SETTINGS_MODULE": "vaguemestre.site.settings",
            "PYTHONPATH": str(PROJECT / "src"),
            "PYTHONUNBUFFERED": "1",
        }
        self._tree = Tree(
            logs=config.logs_dir, environment=self._environment, say=self._log, changed=self._settle
        )
        self._began = datetime.now(UTC)

    async def run(self) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, stop.set)
        stopping = asyncio.create_task(stop.wait())
        life = asyncio.create_task(self._live())
        try:
            await asyncio.wait((stopping, life), return_when=asyncio.FIRST_COMPLETED)
            if not life.done():
                self._screen.step("Arrêt…")
        finally:
            self._prepared = None
            self._settle()
            for task in (life, stopping):
                task.cancel()
            (lived, _) = await asyncio.gather(life, stopping, return_exceptions=True)
            await self._tree.stop()
            remove_alias(self._config)
        if isinstance(lived, BaseException) and not isinstance(lived, asyncio.CancelledError):
            raise lived
        self._screen.step("Arrêté.")

    async def _live(self) -> None:
        prepared = await self._start_all()
        await self._begin_spares()
        self._prepared = prepared
        self._settle()
        self._screen.summary(self._config, prepared.accounts, prepared.administrator)
        if self._wishes.feed:
            await self._apply_feed(self._wishes.feed)
        while True:
            await asyncio.sleep(_TICK)
            self._tree.bury()
            self._settle()

    async def _start_all(self) -> Prepared:
        if migrated.is_current(self._config):
            self._tables.set()
        static.gather(self._config.home)
        prepared = Prepared()
        async with _unwrapped(), asyncio.TaskGroup() as group:
            group.create_task(self._prepare(prepared))
            group.create_task(self._start_engines())
            group.create_task(self._start_programs())
            group.create_task(self._start_neighbours(prepared))
            group.create_task(self._start_filter(prepared))
        return prepared

    async def _start_engines(self) -> None:
        self._screen.step("Dovecot et Postfix : configuration vérifiée, puis démarrage.")
        try:
            await asyncio.gather(
                asyncio.to_thread(dovecot.prepare, self._config),
                asyncio.to_thread(postfix.prepare, self._config),
            )
        except EngineRefused as error:
            raise ConfigWrong(str(error)) from error
        config = self._config
        for child in plan.engines(
            config,
            plan.Engine("dovecot", dovecot.command(config), _CLOCK, dovecot.log_file(config)),
            plan.Engine(
                "postfix",
                postfix.command(config),
                {**_CLOCK, **postfix.environment(config)},
                postfix.log_file(config),
            ),
        ):
            await self._tree.start([child])
            self._screen.step(f"{child.name} répond.")
        self._engines.set()

    async def _start_programs(self) -> None:
        try:
            await asyncio.to_thread(nginx.prepare, self._config)
        except EngineRefused as error:
            raise ConfigWrong(str(error)) from error
        await self._tables.wait()
        config = self._config
        front, sockets = nginx.command(config), nginx.sockets(config)
        await self._tree.start(plan.programs(config, sys.executable, front, sockets))
        self._screen.step("Le site répond.")
        await self._engines.wait()  # a job that meets no engine would only have to be done again
        workers = plan.workers(self._config, sys.executable)
        await self._tree.start([child for child in workers if not child.is_spare])

    async def _begin_spares(self) -> None:
        """What an instance is ready without is begun last and not waited for: a start is short."""
        workers = plan.workers(self._config, sys.executable)
        begun = self._tree.begin([child for child in workers if child.is_spare])
        while not all(running.pid or running.last_end for running in begun):
            await asyncio.sleep(0.01)

    async def _start_neighbours(self, prepared: Prepared) -> None:
        """The demonstration's other applications, so that one sign-in is seen opening three."""
        await self._people.wait()
        folder = PROJECT / "demo"
        if not prepared.accounts or not (folder / "accolad").is_dir():
            return
        children = plan.neighbours(self._config, sys.executable, folder, static.SOURCE / "ui/static/ui")
        await self._tree.start(list(children))
        self._screen.step("Accolad et Salles répondent.")

    async def _start_filter(self, prepared: Prepared) -> None:
        """rspamd, where there is one; in a demonstration it asks our own name server and nobody else."""
        await self._people.wait()
        config = self._config
        if not rspamd.is_wanted(config):
            return
        is_demo = bool(prepared.accounts)
        rspamd.prepare(config, f"127.0.0.1:{config.ports.names}" if is_demo else "")
        children = [plan.content_filter(config, rspamd.command(config))]
        if is_demo:
            children.append(plan.names(config, sys.executable))
        try:
            await self._tree.start(children)
        except ChildFailed as failed:
            self._screen.step(f"Sans filtre, les courriels arrivent « non vérifiés » : {failed}")
        else:
            self._screen.step("Le filtre (rspamd) répond.")

    async def _prepare(self, prepared: Prepared) -> None:
        """Run the steps that need Django in one child and follow what it says."""
        process = await asyncio.create_subprocess_exec(
            "/usr/bin/setpriv", "--pdeathsig", "TERM", "--",
            sys.executable, "-m", "vaguemestre.cli.main", "prepare",
            *([] if self._wishes.demo else ["--no-demo"]),
            env=self._environment, cwd=self._config.home, start_new_session=True,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            limit=_LONGEST_LINE,
        )  # fmt: skip
        telling = asyncio.create_task(self._tell(process))
        try:
            while process.stdout and (line := await process.stdout.readline()):
                self._hear(line.decode(errors="replace").rstrip(), prepared)
            code = await process.wait()
        finally:
            telling.cancel()
            if process.returncode is None:
                process.terminate()
        if code:
            words = prepared.last_words.removeprefix("vaguemestre : ")
            raise PreparationFailed(
                words or f"la préparation s’est arrêtée (code {code}).", code if code > 1 else 70
            )

    async def _tell(self, process: asyncio.subprocess.Process) -> None:
        await self._engines.wait()
        if process.stdin:
            with contextlib.suppress(OSError):
                process.stdin.write(b"engines\n")
                await process.stdin.drain()

    def _hear(self, line: str, prepared: Prepared) -> None:
        try:
            message: Mapping[str, Any] = json.loads(line)
        except ValueError:
            prepared.last_words = line.strip() or prepared.last_words
            self._screen.log("prépare", line)
            return
        if "step" in message:
            self._screen.step(str(message["step"]))
        if message.get("done") == "tables":
            self._tables.set()
        if "accounts" in message:
            prepared.accounts = message["accounts"]
            self._people.set()
        prepared.administrator = message.get("administrator", prepared.administrator)

    def _log(self, name: str, line: str) -> None:
        """Print a log line; engines' per-message lines only once the instance is ready."""
        if self._prepared is None and (name == "rspamd" or (name in _TALKATIVE and ": Info: " in line)):
            return
        self._screen.log(name, line)

    async def _apply_feed(self, feed: Path) -> None:
        self._screen.step(f"Flux {feed.name} :")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "vaguemestre.cli.main", "feed", "apply", str(feed),
            env=self._environment, start_new_session=True, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, limit=_LONGEST_LINE,
        )  # fmt: skip
        while process.stdout and (line := await process.stdout.readline()):
            self._screen.log("flux", line.decode(errors="replace").rstrip())
        code = await process.wait()
        self._screen.step("Flux appliqué." if code == 0 else f"Le flux n’a pas été appliqué (code {code}).")

    def _settle(self) -> None:
        """Make ready.json and children.json say what is so; a full disk makes them late, not wrong."""
        config, file = self._config, place.ready_file(self._config)
        with contextlib.suppress(OSError):
            if self._prepared is None or not self._tree.is_ready:
                file.unlink(missing_ok=True)
            elif not file.exists():
                ca = certificates.paths(config).ca
                place.write_whole(file, place.ready_words(config, ca, self._prepared.accounts))
        self._tell_heirs([running.pid for running in self._tree.children.values() if running.pid])
        with contextlib.suppress(OSError):
            place.write_whole(place.children_file(config), self._children(), mode=0o644)

    def _children(self) -> dict[str, object]:
        return {
            "boot": process_table.boot(),
            "supervisor": {"pid": os.getpid(), "since": self._began.timestamp()},
            "children": [
                {
                    "name": running.name, "pid": running.pid, "born": running.born, "state": running.state,
                    "since": running.since, "restarts": running.restarts, "last_end": running.last_end,
                }
                for running in self._tree.children.values()
            ],
        }  # fmt: skip


@contextlib.asynccontextmanager
async def _unwrapped() -> Any:
    """First error of an exception group."""
    try:
        yield
    except* (ChildFailed, ConfigWrong, EngineDown, PreparationFailed, OSError) as errors:
        raise errors.exceptions[0] from None

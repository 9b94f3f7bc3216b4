"""The sequence of `bin/up`: checks, preparation, start of children, ready.json, stop."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vaguemestre.engines.dovecot import configuration as dovecot
from vaguemestre.engines.home_alias import arrivals_socket, engine_home, remove_alias
from vaguemestre.engines.nginx import configuration as nginx
from vaguemestre.engines.postfix import configuration as postfix
from vaguemestre.engines.tls import certificates
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.processes.supervisor import companions, plan, process_table, rights, run_folder
from vaguemestre.processes.supervisor.nursery.nursery_client import Nursery
from vaguemestre.processes.supervisor.nursery.nursery_start import begin, take_early
from vaguemestre.processes.supervisor.open_files import allow_many_files
from vaguemestre.processes.supervisor.preparation import first_feed, ground, outgoing_mail
from vaguemestre.processes.supervisor.preparation.additions import Additions
from vaguemestre.processes.supervisor.preparation.prepared_child import (
    Preparation,
    PreparationFailed,
)
from vaguemestre.processes.supervisor.screen import Screen
from vaguemestre.processes.supervisor.tree import ChildFailed, Tree
from vaguemestre.site import static
from vaguemestre.site.config import Config, ConfigWrong

_VERBOSE_ENGINES = ("dovecot", "postfix")
_UTC_LOGS = {"TZ": "UTC"}  # logs of engines are parsed as UTC
_INSTALLER_PATIENCE = 7.0  # seconds, a little more than bin/install-extras gives dpkg
_TICK = 2.0  # seconds between two looks at the instance as a whole


class NotRoot(Exception):
    """The engines need root (exit code 77)."""


@dataclass(frozen=True)
class Wishes:
    """Options of the command line."""

    demo: bool = True
    install: bool = True  # missing packages, while the site already serves
    feed: Path | None = None


def up(config: Config, wishes: Wishes, screen: Screen) -> None:
    """Run an instance until told to stop.

    Raises NotRoot, HomeUnusable, AlreadyRunning, ConfigWrong, ChildFailed, PreparationFailed.
    """
    if os.geteuid() != 0:
        raise NotRoot("il faut être root : Postfix et Dovecot l’exigent.")
    outgoing_mail.check_wishes(config, is_demonstration=wishes.demo)
    os.umask(0o022)  # for files that engines and other users read; each child has its own umask
    allow_many_files()
    run_folder.open_home(config)
    lock = run_folder.take(config)
    try:
        run_folder.ready_file(config).unlink(missing_ok=True)
        ground.end_leftovers(config, screen)
        ground.check_ports(config)
        run_folder.write_whole(
            config.run_dir / "instance.json", {"port_base": config.port_base, "pid": os.getpid()}, mode=0o644
        )
        ground.make_ground(config)
        process_table.adopt_orphans()
        with run_folder.last_will(run_folder.ready_file(config)) as tell:
            asyncio.run(_Start(config, wishes, screen, tell).run())
    finally:
        run_folder.ready_file(config).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            run_folder.children_file(config).unlink(missing_ok=True)
        os.close(lock)


class _Start:
    """One run of an instance, from prepared ground to the stop."""

    def __init__(
        self, config: Config, wishes: Wishes, screen: Screen, tell: Callable[[Sequence[int]], None]
    ) -> None:
        self._config, self._wishes, self._screen, self._tell_heirs = config, wishes, screen, tell
        self._is_prepared = False
        self._engines = asyncio.Event()  # set once they answer
        self._site = asyncio.Event()  # set once its pages answer
        self._served = asyncio.Event()  # set once ready.json may say so
        self._announced: run_folder.ReadyRecord | None = None  # content of ready.json
        self._environment = rights.environment(config)
        self._tree = Tree(
            logs=config.logs_dir,
            launch=rights.launcher(config, self._environment),
            say=self._log,
            changed=self._settle,
        )
        self._preparation = Preparation(config, self._environment, screen)
        self._additions = Additions(config, self._environment, self._tree, screen)
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
            self._is_prepared = False
            self._settle()
            interruption = asyncio.create_task(self._additions.interrupt_installation(_INSTALLER_PATIENCE))
            for task in (life, stopping):
                task.cancel()
            (lived, _) = await asyncio.gather(life, stopping, return_exceptions=True)
            await self._tree.stop(interruption)
            remove_alias(self._config)
        if isinstance(lived, BaseException) and not isinstance(lived, asyncio.CancelledError):
            raise lived
        self._screen.step("Arrêté.")

    async def _live(self) -> None:
        launch = rights.nursery(self._config, self._environment)
        self._tree.nursery = Nursery(take_early() or begin(launch.argv, launch.environment))
        preparing = asyncio.create_task(self._prepare())
        following: asyncio.Task[None] | None = None
        try:
            await self._start_needed(preparing)
            await self._begin_spares()
            self._tree.nursery.close()
            self._is_prepared = True
            self._served.set()
            self._settle()
            preparation = self._preparation
            self._screen.summary(self._config, preparation.accounts, preparation.administrator)
            following = asyncio.create_task(self._follow_up(preparing))
            while True:
                await asyncio.sleep(_TICK)
                self._tree.orphans.reap()
                self._settle()
        finally:
            self._tree.nursery.close()
            for task in filter(None, (preparing, following)):
                task.cancel()
            await asyncio.gather(*filter(None, (preparing, following)), return_exceptions=True)

    async def _prepare(self) -> None:
        """Prepare the instance; if it was prepared before, do so once it serves."""
        with_demonstration = self._wishes.demo
        if self._preparation.recall(with_demonstration=with_demonstration):
            await self._served.wait()
        await self._preparation.run(self._engines, with_demonstration=with_demonstration)

    async def _start_needed(self, preparing: "asyncio.Task[None]") -> None:
        """Start what ready.json promises; return when all of it answers."""
        static.gather(self._config.home)
        async with _unwrapped(), asyncio.TaskGroup() as group:
            group.create_task(self._until_usable(preparing))
            group.create_task(outgoing_mail.start(self._config, self._tree, self._screen))
            group.create_task(self._start_engines())
            group.create_task(self._start_programs())
            group.create_task(self._start_workers())

    async def _until_usable(self, preparing: "asyncio.Task[None]") -> None:
        usable = asyncio.create_task(self._preparation.usable.wait())
        await asyncio.wait((usable, preparing), return_when=asyncio.FIRST_COMPLETED)
        usable.cancel()
        if preparing.done():
            preparing.result()

    async def _follow_up(self, preparing: "asyncio.Task[None]") -> None:
        """Start what the first page does not need; no failure here ends the instance."""
        is_demonstration = bool(self._preparation.accounts)
        if self._wishes.feed:
            await first_feed.apply_feed(self._wishes.feed, self._environment, self._screen)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._additions.start_children(is_demonstration=is_demonstration))
            try:
                await preparing
            except (PreparationFailed, OSError) as failed:
                self._screen.step(f"La préparation reprendra au prochain démarrage : {failed}")
            if self._wishes.install:
                await self._additions.install_packages(is_demonstration=is_demonstration)

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
        self._tree.begin([agent for agent in self._agents() if not agent.is_spare])
        for child in plan.engines(
            config,
            plan.Engine(
                "dovecot",
                dovecot.command(config),
                _UTC_LOGS,
                dovecot.log_file(config),
                dovecot.REOPEN_SIGNAL,
            ),
            plan.Engine(
                "postfix",
                postfix.command(config),
                {**_UTC_LOGS, **postfix.environment(config)},
                postfix.log_file(config),
                postfix.REOPEN_SIGNAL,
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
        await asyncio.to_thread(ground.compile_sources)
        await self._preparation.tables.wait()
        await self._tree.start([child for child in self._programs() if not child.is_spare])
        self._site.set()
        self._screen.step("Le site répond.")

    async def _start_workers(self) -> None:
        """Start the workers once the site answers, without waiting for them."""
        await self._preparation.until_jobs_may_run()
        await self._engines.wait()  # a job without engine would only be retried
        await self._site.wait()
        self._tree.begin(plan.workers(self._config, sys.executable))

    async def _begin_spares(self) -> None:
        """Start the spare children last, and wait only until each has a process, so that a start is short."""
        children = (*self._agents(), *self._programs())
        begun = self._tree.begin([child for child in children if child.is_spare])
        while not all(running.pid or running.last_end for running in begun):
            await asyncio.sleep(0.01)

    def _programs(self) -> tuple[plan.Child, ...]:
        front, sockets = nginx.command(self._config), nginx.sockets(self._config)
        return (
            *plan.programs(self._config, sys.executable, front, sockets),
            companions.arrivals(self._config, sys.executable, arrivals_socket(self._config)),
        )

    def _agents(self) -> tuple[plan.Child, ...]:
        home = engine_home(self._config)
        return plan.agents(self._config, sys.executable, home, rights.agent_sockets(self._config))

    def _log(self, name: str, line: str) -> None:
        """Print a log line; engines' per-message lines only once the instance is ready."""
        if not self._is_prepared and (name == "rspamd" or (name in _VERBOSE_ENGINES and ": Info: " in line)):
            return
        self._screen.log(name, line)

    def _settle(self) -> None:
        """Update ready.json and children.json; a full disk delays them."""
        config, file = self._config, run_folder.ready_file(self._config)
        with contextlib.suppress(OSError):
            words = run_folder.ready_words(config, certificates.paths(config).ca, self._preparation.accounts)
            if not self._is_prepared or not self._tree.is_ready:
                file.unlink(missing_ok=True)
            elif not file.exists() or words != self._announced:
                run_folder.write_whole(file, words)
                self._announced = words
        self._tell_heirs([running.pid for running in self._tree.children.values() if running.pid])
        with contextlib.suppress(OSError):
            run_folder.write_whole(
                run_folder.children_file(config), self._tree.record(self._began), mode=0o644
            )


@contextlib.asynccontextmanager
async def _unwrapped() -> Any:
    """Raise the first error of an exception group instead of the group."""
    try:
        yield
    except* (ChildFailed, ConfigWrong, EngineDown, PreparationFailed, OSError) as errors:
        raise errors.exceptions[0] from None

"""Additions after the instance is ready: filter, applications of a demonstration, packages to install."""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping

from vaguemestre.engines.home_alias import filter_memory_socket
from vaguemestre.engines.postfix import configuration as postfix
from vaguemestre.engines.rspamd import configuration as rspamd
from vaguemestre.engines.valkey import configuration as valkey
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.processes.supervisor import companions, plan
from vaguemestre.processes.supervisor.neighbours import neighbours
from vaguemestre.processes.supervisor.screen import Screen
from vaguemestre.processes.supervisor.tree import ChildFailed, Tree
from vaguemestre.site import static
from vaguemestre.site.config import PROJECT, Config

_INSTALLER = PROJECT / "bin" / "install-extras"
_FILTER_PACKAGES = {"rspamd", "valkey-server"}
LOOK = "foundation/ui/static/ui"  # style sheets lent to the applications of a demonstration
_TEXT_PACKAGE = "poppler-utils"  # extracts the text of PDF files for the search


class Additions:
    """Starts the additions. A failure is shown on the screen and stops nothing."""

    def __init__(self, config: Config, environment: Mapping[str, str], tree: Tree, screen: Screen) -> None:
        self._config, self._environment, self._tree, self._screen = config, environment, tree, screen
        self._installer: Process | None = None

    async def start_children(self, *, is_demonstration: bool) -> None:
        """Start the demonstration's other applications, and the filter if it is installed."""
        await asyncio.gather(
            *([self._start_neighbours()] if is_demonstration else []),
            self._start_filter(is_demonstration=is_demonstration),
        )

    async def install_packages(self, *, is_demonstration: bool) -> None:
        """Install the missing packages of packages/debian-extras.txt; use each as soon as it is there."""
        self._installer = process = await asyncio.create_subprocess_exec(
            "/usr/bin/setpriv", "--pdeathsig", "TERM", "--", str(_INSTALLER),
            env=self._environment, start_new_session=True, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        installed: list[str] = []
        async with asyncio.TaskGroup() as group:
            while process.stdout and (line := await process.stdout.readline()):
                kind, _, rest = line.decode(errors="replace").strip().partition(" ")
                if kind != "installed":
                    self._screen.step(f"{kind} {rest}".strip())
                    continue
                installed += rest.split()
                if _FILTER_PACKAGES & set(rest.split()):
                    group.create_task(self._start_filter(is_demonstration=is_demonstration))
        if await process.wait() == 0 and _TEXT_PACKAGE in installed and self._config.mail.file_search:
            await self._renew_indexes()

    async def interrupt_installation(self, patience: float) -> None:
        """Ask the installer to end: it finishes the packages at hand, or leaves them for the next start."""
        process = self._installer
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), patience)

    async def _start_neighbours(self) -> None:
        """Start Accolad and Salles, to show that one sign-in opens three applications."""
        folder = PROJECT / "demo"
        if not (folder / "accolad").is_dir():
            return
        look = static.SOURCE / LOOK
        try:
            await self._tree.start(neighbours(self._config, sys.executable, folder, look))
        except ChildFailed as failed:
            self._screen.step(f"Sans Accolad ni Salles : {failed}")
        else:
            self._screen.step("Accolad et Salles répondent.")

    async def _start_filter(self, *, is_demonstration: bool) -> None:
        """Start rspamd, if installed; in a demonstration, it only asks our own name server."""
        config = self._config
        if not rspamd.is_wanted(config):
            return
        await self._start_filter_memory()
        if "rspamd" in self._tree.children:
            return  # only Valkey was installed since, which the filter finds by itself
        rspamd.prepare(config, f"127.0.0.1:{config.ports.names}" if is_demonstration else "")
        children = [plan.content_filter(config, rspamd.command(config))]
        if is_demonstration:
            children.append(plan.names(config, sys.executable))
        try:
            await self._tree.start(children)
            await asyncio.to_thread(postfix.use_filter, config)
        except (ChildFailed, EngineRefused, EngineDown) as failed:
            self._screen.step(f"Sans filtre, les courriels arrivent « non vérifiés » : {failed}")
        else:
            self._screen.step("Le filtre (rspamd) répond.")

    async def _start_filter_memory(self) -> None:
        """Start Valkey, if installed, before the filter, which works without it."""
        config = self._config
        if not valkey.is_wanted(config) or "valkey" in self._tree.children:
            return
        try:
            await asyncio.to_thread(valkey.prepare, config)
            await self._tree.start(
                [companions.filter_memory(valkey.command(config), filter_memory_socket(config))]
            )
        except (ChildFailed, EngineRefused) as failed:
            self._screen.step(f"Sans Valkey, le filtre juge sans ce qu’il a appris : {failed}")

    async def _renew_indexes(self) -> None:
        """Index again the messages received before PDF files could be read."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "vaguemestre.cli.main", "index", "--all", "--force",
            env={**os.environ, **self._environment}, start_new_session=True,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        if await process.wait() == 0:
            self._screen.step("La recherche lit aussi les PDF reçus avant.")

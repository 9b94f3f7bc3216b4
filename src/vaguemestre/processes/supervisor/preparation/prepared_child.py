"""Runs and follows `cli.instance.prepare`, the child that prepares an instance with Django."""

import asyncio
import contextlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vaguemestre.processes.backup.restoration_marks import RESTORED
from vaguemestre.processes.supervisor import run_folder
from vaguemestre.processes.supervisor.screen import Screen
from vaguemestre.site import secrets
from vaguemestre.site.config import Config
from vaguemestre.site.database import migrated

_MAX_LINE_BYTES = 4_000_000  # bytes
_END_PATIENCE = 2.0  # seconds


class PreparationFailed(Exception):
    """The preparation failed: its last line of output, and its exit code."""

    def __init__(self, words: str, code: int) -> None:
        super().__init__(words)
        self.code = code


class Preparation:
    """One preparation: its steps as events, its results (accounts for ready.json, an activation link).

    `tables`: the database is migrated. `people`: the accounts exist. `usable`: what ready.json promises is
    there, while the rest of the demonstration follows.
    """

    def __init__(self, config: Config, environment: Mapping[str, str], screen: Screen) -> None:
        self._config, self._environment, self._screen = config, environment, screen
        self.tables, self.people, self.usable = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.accounts: list[run_folder.SampleAccount] = []
        self.administrator = ""
        self._last_words = ""
        if migrated.is_current(config):
            self.tables.set()

    def recall(self, *, with_demonstration: bool) -> bool:
        """Take over the results of an earlier preparation. Returns whether the instance is usable with them.

        False if the database is of another version or was restored, or if the option, the database, the
        domain or the keys were different then.
        """
        restored = self._config.data_dir / RESTORED
        try:
            record = json.loads(_record(self._config).read_text(encoding="utf-8"))
            is_same = record["demonstration"] == with_demonstration and record["of"] == self._instance()
            accounts = record["accounts"] if is_same else None
        except (OSError, ValueError, KeyError, TypeError):
            accounts = None
        if accounts is None or restored.exists() or not self.tables.is_set():
            return False
        self.accounts = accounts
        self.people.set()
        self.usable.set()
        return True

    async def run(self, engines: asyncio.Event, *, with_demonstration: bool) -> None:
        """Run the preparation to its end. `engines`: set once they answer. Raises PreparationFailed."""
        process = await asyncio.create_subprocess_exec(
            "/usr/bin/setpriv", "--pdeathsig", "TERM", "--",
            sys.executable, "-m", "vaguemestre.cli.main", "prepare",
            *([] if with_demonstration else ["--no-demo"]),
            env=self._environment, cwd=self._config.home, start_new_session=True,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            limit=_MAX_LINE_BYTES,
        )  # fmt: skip
        telling = asyncio.create_task(_tell(process, engines))
        try:
            is_kept = False
            while process.stdout and (line := await process.stdout.readline()):
                self._hear(line.decode(errors="replace").rstrip())
                if self.usable.is_set() and not is_kept:
                    # a start that follows need not wait for what this one leaves undone
                    self._keep(with_demonstration=with_demonstration)
                    is_kept = True
            code = await process.wait()
        finally:
            telling.cancel()
            if process.returncode is None:
                process.terminate()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(process.wait(), _END_PATIENCE)
        if code:
            words = self._last_words.removeprefix("vaguemestre : ")
            raise PreparationFailed(
                words or f"la préparation s’est arrêtée (code {code}).", code if code > 1 else 70
            )
        self.usable.set()
        self._keep(with_demonstration=with_demonstration)

    def _keep(self, *, with_demonstration: bool) -> None:
        """Keep the results for the next start."""
        record = {
            "demonstration": with_demonstration,
            "of": self._instance(),
            "accounts": self.accounts,
        }
        with contextlib.suppress(OSError):  # a full disk: the next start prepares again
            run_folder.write_whole(_record(self._config), record)

    def _instance(self) -> list[str]:
        """What an earlier preparation must have in common with this one: database, domain, keys."""
        database = self._config.database
        where = (database.engine, database.host, str(database.port), database.name)
        try:
            keys = sorted(secrets.digests(self._config.secrets_dir).values())
        except OSError:
            keys = []
        return [*where, self._config.academy.domain, *keys]

    async def until_jobs_may_run(self) -> None:
        """Wait for the tables; in a restored database, until the old messages of its outbox are withdrawn."""
        await self.tables.wait()
        if (self._config.data_dir / RESTORED).exists():
            await self.people.wait()  # the preparation reports it after the outbox

    def _hear(self, line: str) -> None:
        try:
            message: Mapping[str, Any] = json.loads(line)
        except ValueError:
            self._last_words = line.strip() or self._last_words
            self._screen.log("prépare", line)
            return
        if "step" in message:
            self._screen.step(str(message["step"]))
        if message.get("done") == "tables":
            self.tables.set()
        if message.get("done") == "usable":
            self.usable.set()
        if "accounts" in message:
            self.accounts = message["accounts"]
            self.people.set()
        self.administrator = message.get("administrator", self.administrator)


def _record(config: Config) -> Path:
    """What the last preparation gave that made the instance usable; as secret as ready.json."""
    return config.run_dir / "prepared.json"


async def _tell(process: asyncio.subprocess.Process, engines: asyncio.Event) -> None:
    """Tell the child that the engines answer, once they do."""
    await engines.wait()
    if process.stdin:
        with contextlib.suppress(OSError):
            process.stdin.write(b"engines\n")
            await process.stdin.drain()

"""Keeps children running: starts them, asks whether they are ready, starts them again, ends them."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vaguemestre.processes.supervisor import process_table
from vaguemestre.processes.supervisor.child_process import spawn
from vaguemestre.processes.supervisor.logs import LogFile, follow
from vaguemestre.processes.supervisor.plan import Child, held_steady, pause_before
from vaguemestre.processes.supervisor.readiness import answers

READY_PATIENCE = 60.0  # seconds a child may take to become ready
END_PATIENCE = (3.5, 3.5)  # seconds for our own processes, then for the mail engines
_LOOK_EVERY = 0.05
_FALSE_STARTS = 3
_LAST_WORDS = 5

type Say = Callable[[str, str], None]


class ChildFailed(Exception):
    """A child did not become ready at the first start; the message is one sentence and its last words."""


@dataclass
class Kept:
    """What is known of one child."""

    child: Child
    state: str = "stopped"  # starting, ready, down, stopped
    pid: int = 0
    born: int = 0
    since: float = 0.0  # Unix time of the last change of state
    restarts: int = 0
    last_end: str = ""
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    failed: asyncio.Event = field(default_factory=asyncio.Event)
    last_words: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.child.name


class Tree:
    """The children of one instance. `say(name, line)` receives each line of their logs."""

    def __init__(
        self, *, logs: Path, environment: dict[str, str], say: Say, changed: Callable[[], None]
    ) -> None:
        self._logs = logs
        self._environment = environment
        self._say = say
        self._changed = changed
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._sessions: set[int] = set()
        # whoever hosts this tree may have children of its own: they are not ours to end
        self._others = tuple(child.pid for child in process_table.descendants(os.getpid()))
        self.kept: dict[str, Kept] = {}

    async def start(self, children: Sequence[Child]) -> None:
        """Start these children together; return when all are ready. Raises ChildFailed."""
        await asyncio.gather(*(self._ready_or_failed(kept) for kept in self.begin(children)))

    def begin(self, children: Sequence[Child]) -> list[Kept]:
        """Start these children and keep them running, without waiting for them."""
        fresh = [Kept(child) for child in children]
        for kept in fresh:
            self.kept[kept.name] = kept
            self._tasks.append(asyncio.create_task(self._keep(kept), name=kept.name))
            if kept.child.log_file:
                self._tasks.append(asyncio.create_task(self._follow(kept)))
        return fresh

    @property
    def is_ready(self) -> bool:
        return (
            bool(self.kept)
            and all(
                kept.state == "ready" or kept.child.is_optional or kept.child.is_spare
                for kept in self.kept.values()
            )
            and not self._stopping.is_set()
        )

    async def stop(self) -> None:
        """End everybody: our own processes first, the mail engines last, then whoever is left of theirs.

        Optional children are among the last: they lose nothing, and rspamd would take its time.
        """
        self._stopping.set()
        for last, patience in zip((False, True), END_PATIENCE, strict=True):
            ending = [
                kept
                for kept in self.kept.values()
                if kept.child.ends_last is last and not kept.child.is_optional
            ]
            await self._end_sessions([kept.pid for kept in ending if kept.pid], patience)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._end_sessions(sorted(self._sessions), 0.5)
        process_table.end(self._left_behind(), patience=0.5)
        process_table.reap(frozenset(self._sessions))

    def _left_behind(self) -> list[process_table.Seen]:
        theirs = {seen.pid for pid in self._others for seen in process_table.descendants(pid)} | {
            *self._others
        }
        return [seen for seen in process_table.descendants(os.getpid()) if seen.pid not in theirs]

    def bury(self) -> None:
        """Take note of adopted grandchildren that ended."""
        process_table.reap(frozenset(self._sessions))

    async def _ready_or_failed(self, kept: Kept) -> None:
        ready = asyncio.create_task(kept.ready.wait())
        failed = asyncio.create_task(kept.failed.wait())
        await asyncio.wait((ready, failed), return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        failed.cancel()
        if not kept.ready.is_set():
            words = "\n".join(f"    {line}" for line in kept.last_words)
            raise ChildFailed(f"{kept.name} ne démarre pas ({kept.last_end}).\n{words}".rstrip())

    async def _keep(self, kept: Kept) -> None:
        failures = 0
        while not self._stopping.is_set():
            ready_for = await self._one_run(kept)
            if self._stopping.is_set():
                return
            kept.restarts += 1
            failures = 1 if held_steady(ready_for) else failures + 1
            if failures >= _FALSE_STARTS and not kept.ready.is_set():
                kept.failed.set()
            pause = pause_before(failures, was_ready=ready_for > 0)
            self._say(kept.name, f"terminé ({kept.last_end}) ; nouveau départ dans {pause:g} s")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def _one_run(self, kept: Kept) -> float:
        """From start to end of one process. Returns how many seconds it was ready."""
        try:
            if kept.child.socket:
                kept.child.socket.unlink(missing_ok=True)
            environment = {**self._environment, **dict(kept.child.environment)}
            process = await spawn(kept.child.argv, environment, self._logs.parent)
        except OSError as error:
            kept.last_end = os.strerror(error.errno or 0)
            self._move(kept, "down")
            return 0.0
        self._sessions.add(process.pid)
        born = process_table.seen(process.pid)
        kept.pid, kept.born = process.pid, born.born if born else 0
        self._move(kept, "starting")
        listening = asyncio.create_task(self._listen(kept, process.output))
        ended = process.ended
        ready_at = await self._until_ready(kept, ended)
        silent = ready_at is None and not ended.done()
        if silent:
            await self._end_sessions([process.pid], 1.0)
        code = await ended
        ready_for = time.monotonic() - ready_at if ready_at else 0.0
        kept.last_end = f"pas de réponse en {READY_PATIENCE:g} s" if silent else _cause(code)
        kept.pid = 0
        self._move(kept, "stopped" if self._stopping.is_set() else "down")
        await self._end_sessions([process.pid], 1.0)
        self._listen_no_more(listening)
        return ready_for

    async def _until_ready(self, kept: Kept, ended: "asyncio.Future[int]") -> float | None:
        began, deadline = time.time(), time.monotonic() + READY_PATIENCE
        while not ended.done() and time.monotonic() < deadline and not self._stopping.is_set():
            given = [await answers(question, since=began) for question in kept.child.ready]
            if all(given) and not ended.done():
                kept.ready.set()
                self._move(kept, "ready")
                return time.monotonic()
            await asyncio.wait((ended,), timeout=_LOOK_EVERY)
        if self._stopping.is_set():
            await ended
        return None

    async def _listen(self, kept: Kept, stream: asyncio.StreamReader) -> None:
        file = LogFile(self._logs / f"{kept.name}.log") if kept.child.log_file is None else None
        rest = b""
        while piece := await stream.read(65536):
            *lines, rest = (rest + piece)[-1_000_000:].split(b"\n")
            for line in lines:
                self._hear(kept, line.decode(errors="replace"), file)
        if rest:
            self._hear(kept, rest.decode(errors="replace"), file)

    def _listen_no_more(self, listening: "asyncio.Task[None]") -> None:
        """Whatever the pipe still holds is read; a stranger that keeps it open is not waited for."""
        self._tasks = [task for task in self._tasks if not task.done()]
        self._tasks.append(listening)

    async def _follow(self, kept: Kept) -> None:
        if kept.child.log_file:
            async for line in follow(kept.child.log_file):
                self._hear(kept, line, None)

    def _hear(self, kept: Kept, line: str, file: LogFile | None) -> None:
        if not line.strip():
            return
        kept.last_words = [*kept.last_words[1 - _LAST_WORDS :], line]
        if file:
            file.write(line)
        self._say(kept.name, line)

    def _move(self, kept: Kept, state: str) -> None:
        kept.state, kept.since = state, time.time()
        self._changed()

    async def _end_sessions(self, leaders: Sequence[int], patience: float) -> None:
        """TERM to the leaders (to all of a session without one), then KILL; returns when all are gone."""
        deadline = time.monotonic() + patience
        told: set[int] = set()
        while alive := process_table.in_sessions(set(leaders)):
            late = time.monotonic() > deadline
            for process in alive:
                orphan = not any(p.pid == process.session for p in alive)
                if late:
                    process_table.send(process, signal.SIGKILL)
                elif process.pid not in told and (orphan or process.pid == process.session):
                    told.add(process.pid)
                    process_table.send(process, signal.SIGTERM)
            await asyncio.sleep(_LOOK_EVERY)


def _cause(code: int) -> str:
    if code >= 0:
        return f"code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"

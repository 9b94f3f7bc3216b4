"""Keeps children running: starts them, checks that they are ready, restarts them, ends them."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from vaguemestre.foundation.kernel.text.os_errors import os_error_fr
from vaguemestre.processes.supervisor import process_table
from vaguemestre.processes.supervisor.child_process import ChildState, Spawned, spawn
from vaguemestre.processes.supervisor.logs import RELOAD, LogFile, SilentLog, follow
from vaguemestre.processes.supervisor.nursery.nursery_client import Nursery
from vaguemestre.processes.supervisor.plan import Child
from vaguemestre.processes.supervisor.readiness import answers
from vaguemestre.processes.supervisor.restarts import held_steady, patience_after, pause_before
from vaguemestre.processes.supervisor.rights import Launch, Launcher

END_PATIENCE = (3.5, 3.5)  # seconds for our own processes, then for the mail engines
_LOOK_EVERY = 0.05  # seconds
_CLOCK_STEP = 0.01  # seconds: the kernel dates a file by its last tick, before what its clock says
_GREETED_EVERY = 60.0  # seconds: each greeting of an engine leaves lines in its log
_FALSE_STARTS = 3  # in a row, before a child that never was ready has failed
_LAST_WORDS = 5  # lines of output kept for an error message

type Say = Callable[[str, str], None]
type Ended = asyncio.Future[int]


class ChildFailed(Exception):
    """A child was never ready; the message is a French sentence and the child's last lines."""


@dataclass
class Supervised:
    """State of one supervised child."""

    child: Child
    state: ChildState = ChildState.STOPPED
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

    def __init__(self, *, logs: Path, launch: Launcher, say: Say, changed: Callable[[], None]) -> None:
        self.nursery: Nursery | None = None  # forks our own processes, during the start
        self._logs = logs
        self._launch = launch
        self._say = say
        self._changed = changed
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._sessions: set[int] = set()
        self.orphans = process_table.EndedOrphans(self._sessions)
        # children that this process had before are not ours to end
        self._others = tuple(child.pid for child in process_table.descendants(os.getpid()))
        self.children: dict[str, Supervised] = {}

    async def start(self, children: Sequence[Child]) -> None:
        """Start these children together; return when all are ready. Raises ChildFailed."""
        await asyncio.gather(*(self._ready_or_failed(running) for running in self.begin(children)))

    def begin(self, children: Sequence[Child]) -> list[Supervised]:
        """Start these children and keep them running, without waiting for them."""
        fresh = [Supervised(child) for child in children]
        for running in fresh:
            self.children[running.name] = running
            self._tasks.append(asyncio.create_task(self._keep(running), name=running.name))
            if path := running.child.log_file:
                self._tasks += map(asyncio.create_task, (self._follow(running), _keep_written(running, path)))
        return fresh

    @property
    def is_ready(self) -> bool:
        return (
            bool(self.children)
            and all(
                running.state is ChildState.READY or running.child.is_optional or running.child.is_spare
                for running in self.children.values()
            )
            and not self._stopping.is_set()
        )

    def record(self, began: datetime) -> dict[str, object]:
        """Content of children.json. `began`: start of the supervisor."""
        return {
            "boot": process_table.boot(),
            "supervisor": {"pid": os.getpid(), "since": began.timestamp()},
            "children": [
                {
                    "name": running.name, "pid": running.pid, "born": running.born, "state": running.state,
                    "since": running.since, "restarts": running.restarts, "last_end": running.last_end,
                }
                for running in self.children.values()
            ],
        }  # fmt: skip

    async def stop(self, meanwhile: Awaitable[None] | None = None) -> None:
        """End all children: our own processes, then the mail engines, then everything left in their sessions.

        Optional children end with the latter: they lose nothing, and rspamd would take long. `meanwhile`:
        awaited before stray descendants are killed, so that what it interrupts can end by itself.
        """
        self._stopping.set()
        for last, patience in zip((False, True), END_PATIENCE, strict=True):
            ending = [
                running
                for running in self.children.values()
                if running.child.ends_last is last and not running.child.is_optional
            ]
            await self._end_sessions([running.pid for running in ending if running.pid], patience)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._end_sessions(sorted(self._sessions), 0.5)
        if meanwhile:
            await meanwhile
        process_table.end(_descendants_beside(self._others), patience=0.5)
        self.orphans.reap_all()

    async def _ready_or_failed(self, running: Supervised) -> None:
        ready = asyncio.create_task(running.ready.wait())
        failed = asyncio.create_task(running.failed.wait())
        await asyncio.wait((ready, failed), return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        failed.cancel()
        if not running.ready.is_set():
            words = "\n".join(f"    {line}" for line in running.last_words)
            raise ChildFailed(f"{running.name} ne démarre pas ({running.last_end}).\n{words}".rstrip())

    async def _keep(self, running: Supervised) -> None:
        """Run a child again and again until the tree stops."""
        failures = 0
        while not self._stopping.is_set():
            ready_for = await self._one_run(running, patience_after(failures, running.child.patience))
            if self._stopping.is_set():
                return
            running.restarts += 1
            failures = 1 if held_steady(ready_for) else failures + 1
            if failures >= _FALSE_STARTS and not running.ready.is_set():
                running.failed.set()
            pause = pause_before(failures, was_ready=ready_for > 0)
            self._say(running.name, f"terminé ({running.last_end}) ; nouveau départ dans {pause:g} s")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def _one_run(self, running: Supervised, patience: float) -> float:
        """Run one process, ready within `patience` seconds, to its end. Returns how long it was ready."""
        began = time.time() - _CLOCK_STEP  # before it is born, as it may beat at once
        try:
            if running.child.socket:
                running.child.socket.unlink(missing_ok=True)
            process = await _begin(self._launch(running.child), self._logs.parent, self.nursery)
        except OSError as error:
            running.last_end = os_error_fr(error)
            self._move(running, ChildState.DOWN)
            return 0.0
        self._sessions.add(process.pid)
        born = process_table.find_process(process.pid)
        running.pid, running.born = process.pid, born.born if born else 0
        self._move(running, ChildState.STARTING)
        listening = asyncio.create_task(self._listen(running, process.output))
        ended = process.ended
        ready_at = await self._until_ready(running, ended, began, time.monotonic() + patience)
        silent = not ready_at and not ended.done()
        if silent:
            await self._end_sessions([process.pid], 1.0)
        code = await ended
        ready_for = time.monotonic() - ready_at if ready_at else 0.0
        running.last_end = f"pas de réponse en {patience:g} s" if silent else _cause(code)
        running.pid = 0
        self._move(running, ChildState.STOPPED if self._stopping.is_set() else ChildState.DOWN)
        await self._end_sessions([process.pid], 1.0)
        self._let_output_drain(listening)
        return ready_for

    async def _until_ready(self, running: Supervised, ended: Ended, began: float, end: float) -> float:
        while not ended.done() and time.monotonic() < end and not self._stopping.is_set():
            answers_now = [await answers(question, since=began) for question in running.child.ready]
            if all(answers_now) and not ended.done():
                running.ready.set()
                self._move(running, ChildState.READY)
                return time.monotonic()
            await asyncio.wait((ended,), timeout=_LOOK_EVERY)
        if self._stopping.is_set():
            await ended
        return 0.0

    async def _listen(self, running: Supervised, stream: asyncio.StreamReader) -> None:
        file = LogFile(self._logs / f"{running.name}.log") if running.child.log_file is None else None
        rest = b""
        while piece := await stream.read(65536):
            *lines, rest = (rest + piece)[-1_000_000:].split(b"\n")
            for line in lines:
                self._hear(running, line.decode(errors="replace"), file)
        if rest:
            self._hear(running, rest.decode(errors="replace"), file)

    def _let_output_drain(self, listening: "asyncio.Task[None]") -> None:
        """Let the reader of the output end by itself: an orphan may keep the pipe open."""
        self._tasks = [task for task in self._tasks if not task.done()]
        self._tasks.append(listening)

    async def _follow(self, running: Supervised) -> None:
        def reopen() -> None:
            if running.pid:  # one that starts opens the new file by itself
                os.kill(running.pid, running.child.reopen_signal)

        if running.child.log_file:
            async for line in follow(running.child.log_file, reopen):
                self._hear(running, line, None)

    def _hear(self, running: Supervised, line: str, file: LogFile | None) -> None:
        if not line.strip():
            return
        running.last_words = [*running.last_words[1 - _LAST_WORDS :], line]
        if file:
            file.write(line)
        self._say(running.name, line)

    def _move(self, running: Supervised, state: ChildState) -> None:
        running.state, running.since = state, time.time()
        self._changed()

    async def _end_sessions(self, leaders: Sequence[int], patience: float) -> None:
        """TERM the leaders (all processes of a session without one), KILL all after `patience` seconds."""
        deadline = time.monotonic() + patience
        signalled: set[int] = set()
        while alive := process_table.in_sessions(set(leaders)):
            late = time.monotonic() > deadline
            for process in alive:
                orphan = not any(p.pid == process.session for p in alive)
                if late:
                    process_table.send(process, signal.SIGKILL)
                elif process.pid not in signalled and (orphan or process.pid == process.session):
                    signalled.add(process.pid)
                    process_table.send(process, signal.SIGTERM)
            await asyncio.sleep(_LOOK_EVERY)


async def _keep_written(running: Supervised, path: Path) -> None:
    """Greet an engine each minute; reload it once that leaves no line in its log any more."""
    log = SilentLog(path, time.time())
    while True:
        await asyncio.sleep(_GREETED_EVERY)
        answered = [await answers(question, since=0) for question in running.child.ready]
        with contextlib.suppress(OSError):
            if (
                running.pid
                and running.state is ChildState.READY
                and all(answered)
                and log.wants_reload(time.time())
            ):
                os.kill(running.pid, RELOAD)


async def _begin(launch: Launch, folder: Path, nursery: Nursery | None) -> Spawned:
    """Start a process, by the nursery if it can. Raises OSError."""
    forked = None
    if nursery and launch.fork_request:
        forked = await nursery.fork(launch.fork_request, launch.environment, folder, umask=launch.umask)
    return forked or await spawn(launch.argv, launch.environment, folder, umask=launch.umask)


def _descendants_beside(others: Sequence[int]) -> list[process_table.Seen]:
    theirs = {process.pid for process in process_table.descendants(*others)} | {*others}
    return [process for process in process_table.descendants(os.getpid()) if process.pid not in theirs]


def _cause(code: int) -> str:
    if code >= 0:
        return f"code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"

"""Start one process, and learn when it ends even if grandchildren live on.

asyncio's own `Process.wait()` also waits for the end of the output, which orphans of a killed process keep
open.
"""

import asyncio
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

from vaguemestre.processes.supervisor.nursery.nursery_start import SETPRIV


class ChildState(StrEnum):
    """How a supervised process is, as children.json says it."""

    STARTING = "starting"
    READY = "ready"
    DOWN = "down"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Spawned:
    """A process that leads its own session. `ended`: its exit code (negative: a signal)."""

    pid: int
    output: asyncio.StreamReader
    ended: "asyncio.Future[int]"


async def spawn(
    argv: Sequence[str], environment: Mapping[str, str], folder: Path, *, umask: int = -1
) -> Spawned:
    """Start a process in its own session, with TERM as its parent-death signal.

    So Ctrl-C reaches the supervisor only, and all processes of the session can be found. Raises OSError.
    """
    process = subprocess.Popen(
        [*_with_death_signal(argv)],
        env=dict(environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        umask=umask,
    )
    return Spawned(process.pid, await listen_to(process.stdout), _when_ended(process.pid, process.wait))


async def listen_to(pipe: IO[bytes] | None) -> asyncio.StreamReader:
    """A reader of the output that a process writes into that pipe."""
    output = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(output), pipe)
    return output


def pid_ended(pid: int) -> "asyncio.Future[int]":
    """The exit code (negative: a signal) of a child that another process started for us."""
    return _when_ended(pid, lambda: os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def _with_death_signal(argv: Sequence[str]) -> Sequence[str]:
    """The command with a parent-death signal, set after its change of user, which would reset it."""
    program, *rest = argv
    arguments = rest if program == SETPRIV else ["--", *argv]
    return [SETPRIV, "--pdeathsig", "TERM", *arguments]


def _when_ended(pid: int, code_of: Callable[[], int]) -> "asyncio.Future[int]":
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[int] = loop.create_future()
    descriptor = os.pidfd_open(pid)

    def note() -> None:
        loop.remove_reader(descriptor)
        os.close(descriptor)
        code = code_of()
        if not ended.done():
            ended.set_result(code)

    loop.add_reader(descriptor, note)
    return ended

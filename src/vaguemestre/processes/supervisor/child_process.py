"""Starts one process and tells when it ends, its grandchildren notwithstanding.

asyncio's own `Process.wait()` also waits for the end of the output, which orphans of a killed process hold.
"""

import asyncio
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_SETPRIV = "/usr/bin/setpriv"


@dataclass(frozen=True)
class Spawned:
    """A process in a session of its own. `ended` gives its exit code (negative: a signal)."""

    pid: int
    output: asyncio.StreamReader
    ended: "asyncio.Future[int]"


async def spawn(
    argv: Sequence[str], environment: Mapping[str, str], folder: Path, *, umask: int = -1
) -> Spawned:
    """Start it: Ctrl-C reaches only us, all it starts can be found again, and if we die it is told to end.

    Raises OSError when it cannot start.
    """
    process = subprocess.Popen(
        [*_with_last_wish(argv)],
        env=dict(environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        umask=umask,
    )
    loop = asyncio.get_running_loop()
    output = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(output), process.stdout)
    return Spawned(process.pid, output, _end_of(process, loop))


def _with_last_wish(argv: Sequence[str]) -> Sequence[str]:
    """Ask the kernel for TERM when we die, after the change of user, which would undo it."""
    program, *rest = argv
    own = rest if program == _SETPRIV else ["--", *argv]
    return [_SETPRIV, "--pdeathsig", "TERM", *own]


def _end_of(process: "subprocess.Popen[bytes]", loop: asyncio.AbstractEventLoop) -> "asyncio.Future[int]":
    ended: asyncio.Future[int] = loop.create_future()
    descriptor = os.pidfd_open(process.pid)

    def note() -> None:
        loop.remove_reader(descriptor)
        os.close(descriptor)
        code = process.wait()
        if not ended.done():
            ended.set_result(code)

    loop.add_reader(descriptor, note)
    return ended

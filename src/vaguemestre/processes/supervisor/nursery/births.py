"""Asks the nursery for processes: what has loaded libraries once, and becomes each of ours by fork.

An instance starts a dozen processes that load the same; it is most of what a start costs. Whatever goes wrong
with the nursery, a process is started as any other (`child_process.spawn`).
"""

import asyncio
import contextlib
import json
import os
import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vaguemestre.processes.supervisor.child_process import SETPRIV, Spawned, listen_to, pid_ended

_PATIENCE = 60.0  # seconds for it to load, or to answer
_LONGEST_ANSWER = 64


@dataclass(frozen=True)
class Birth:
    """A process of ours to be: `python -m MODULE ARGUMENTS`, as that user, with no right of root's.

    `groups`: numbers, its primary group first.
    """

    module: str
    arguments: tuple[str, ...]
    user: int
    groups: tuple[int, ...]


class Nursery:
    """Begins at once to load; `bear` waits until it has. Closed, it bears nobody any more."""

    def __init__(self, argv: Sequence[str], environment: Mapping[str, str]) -> None:
        self._ours, theirs = socket.socketpair()
        self._ours.settimeout(0)
        self._turn = asyncio.Lock()
        self._is_loaded = False
        with theirs:
            self._process = subprocess.Popen(
                [SETPRIV, "--pdeathsig", "TERM", "--", *argv],
                env=dict(environment),
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    async def bear(
        self, birth: Birth, environment: Mapping[str, str], folder: Path, *, umask: int
    ) -> Spawned | None:
        """That process, begun; None if it is to be started in the usual way."""
        request = {
            "module": birth.module,
            "arguments": birth.arguments,
            "user": birth.user,
            "groups": birth.groups,
            "environment": dict(environment),
            "folder": str(folder),
            "umask": umask,
        }
        async with self._turn:
            if self._ours.fileno() < 0:
                return None
            reading, writing = os.pipe()
            pid = await self._number_of(json.dumps(request).encode() + b"\n", writing)
            os.close(writing)
            if not pid:
                self.close()
                os.close(reading)
                return None
        return Spawned(pid, await listen_to(os.fdopen(reading, "rb", 0)), pid_ended(pid))

    async def _number_of(self, request: bytes, output: int) -> int:
        """Number of the process it became; 0 if it did not."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError, ValueError, TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                if not self._is_loaded:
                    self._is_loaded = bool(await loop.sock_recv(self._ours, _LONGEST_ANSWER))
                if self._is_loaded:
                    sent = socket.send_fds(self._ours, [request], [output])
                    await loop.sock_sendall(self._ours, request[sent:])
                    return int(await loop.sock_recv(self._ours, _LONGEST_ANSWER))
        return 0

    def close(self) -> None:
        """Let it end: nobody else is to be born. Twice does no harm."""
        self._ours.close()
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait()

"""Client of the nursery, a process that has loaded the shared libraries and forks into each of our processes.

An instance starts a dozen processes that load the same libraries, which is most of the cost of a start. If
anything goes wrong with the nursery, processes are started in the usual way (`child_process.spawn`).
"""

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vaguemestre.processes.supervisor.child_process import Spawned, listen_to, pid_ended
from vaguemestre.processes.supervisor.nursery.nursery_start import Begun

_PATIENCE = 60.0  # seconds for the nursery to load, or to answer
_MAX_ANSWER_BYTES = 64  # bytes


@dataclass(frozen=True)
class ForkRequest:
    """A process to fork: `python -m MODULE ARGUMENTS`, as that user, without any right of root.

    `user`, `groups`: numeric ids, the primary group first.
    """

    module: str
    arguments: tuple[str, ...]
    user: int
    groups: tuple[int, ...]


class Nursery:
    """A nursery that loads: `fork` waits until it has, and forks nothing after `close`."""

    def __init__(self, begun: Begun) -> None:
        self._process, self._ours = begun
        self._ours.settimeout(0)
        self._turn = asyncio.Lock()
        self._is_loaded = False

    async def fork(
        self, fork_request: ForkRequest, environment: Mapping[str, str], folder: Path, *, umask: int
    ) -> Spawned | None:
        """Fork a process; None if the nursery cannot, and the process must be started in the usual way."""
        request = {
            "module": fork_request.module,
            "arguments": fork_request.arguments,
            "user": fork_request.user,
            "groups": fork_request.groups,
            "environment": dict(environment),
            "folder": str(folder),
            "umask": umask,
        }
        async with self._turn:
            if self._ours.fileno() < 0:
                return None
            reading, writing = os.pipe()
            pid = await self._pid_for(json.dumps(request).encode() + b"\n", writing)
            os.close(writing)
            if not pid:
                self.close()
                os.close(reading)
                return None
        return Spawned(pid, await listen_to(os.fdopen(reading, "rb", 0)), pid_ended(pid))

    async def _pid_for(self, request: bytes, output: int) -> int:
        """Send a request with the descriptor of the output. Returns the pid; 0 after any failure."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError, ValueError, TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                if not self._is_loaded:
                    self._is_loaded = bool(await loop.sock_recv(self._ours, _MAX_ANSWER_BYTES))
                if self._is_loaded:
                    sent = socket.send_fds(self._ours, [request], [output])
                    await loop.sock_sendall(self._ours, request[sent:])
                    return int(await loop.sock_recv(self._ours, _MAX_ANSWER_BYTES))
        return 0

    def close(self) -> None:
        """End the nursery. Idempotent."""
        self._ours.close()
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait()

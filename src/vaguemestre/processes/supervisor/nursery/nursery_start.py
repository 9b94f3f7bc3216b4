"""Start of the nursery, with little loaded: it may begin before the supervisor has loaded itself."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from vaguemestre.processes.supervisor.open_files import allow_many_files

SETPRIV = "/usr/bin/setpriv"
PROJECT = Path(__file__).resolve().parents[5]
_MODULE = "vaguemestre.processes.supervisor.nursery.nursery_process"
_ROOM_FOR_A_NAME = 600  # bytes of padding in its arguments, where a forked process writes its own command


class Begun(NamedTuple):
    """A nursery that loads, and our end of its socket pair."""

    process: subprocess.Popen[bytes]
    ours: socket.socket


_early: list[Begun] = []


def is_reachable(folder: Path) -> bool:
    """Whether other users may pass through that folder and all above it."""
    return all(place.stat().st_mode & 0o001 for place in (folder, *folder.parents))


def command(python: str) -> tuple[str, ...]:
    """The command of the nursery, by that interpreter."""
    return (python, "-m", _MODULE, " " * _ROOM_FOR_A_NAME)


def begin(argv: Sequence[str], environment: Mapping[str, str]) -> Begun:
    """Start the nursery, which loads at once and ends with this process. Raises OSError."""
    own_socket, child_socket = socket.socketpair()
    with child_socket:
        process = subprocess.Popen(
            [SETPRIV, "--pdeathsig", "TERM", "--", *argv],
            env=dict(environment),
            cwd="/",  # a process that works in a home is a leftover of it
            stdin=child_socket.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    return Begun(process, own_socket)


def begin_early() -> None:
    """Start the nursery before the supervisor has loaded, if we are root and other users reach our code."""
    if os.geteuid() or not is_reachable(PROJECT):
        return
    allow_many_files()  # which the forked processes inherit
    environment = {
        **os.environ, "PYTHONPATH": str(PROJECT / "src"), "PYTHONUNBUFFERED": "1", "PYTHONSAFEPATH": "1",
    }  # fmt: skip
    _early.append(begin(command(sys.executable), environment))


def take_early() -> Begun | None:
    """The nursery that was started early, once."""
    return _early.pop() if _early else None

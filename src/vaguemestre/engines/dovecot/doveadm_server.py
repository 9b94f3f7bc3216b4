"""Dovecot's doveadm protocol on its Unix socket, whose mode (0600) is the sign-in."""

import socket
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from vaguemestre.engines.home_alias import sockets
from vaguemestre.engines.instance import Place
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

# what the doveadm server takes; see dovecot.conf.j2
COMMANDS = ("kick", "quota get", "fetch", "move", "expunge", "mailbox create")
POD_COMMANDS = ("backup", "sync", "dsync-server", "mailbox status")  # and the server of a pod
_HELLO = b"VERSION\tdoveadm-server\t1\t0\n"  # minor 0: answers without channels
_TIMEOUT_SECONDS = 30.0
_MAX_ANSWER_BYTES = 1_000_000
_ESCAPES = {"0": "\0", "1": "\x01", "t": "\t", "r": "\r", "n": "\n"}


class Answer(NamedTuple):
    """`status`: `+`, or `-` and the reason. `cells`: of all rows, one after the other."""

    status: str
    cells: Sequence[str]


def doveadm_socket(instance: Place) -> Path:
    return sockets(instance) / "doveadm-server"


class DoveadmServer:
    """Runs one command per connection."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def run(self, user: str, *command: str) -> Answer:
        """The answer to a command for that mailbox. Raises EngineDown, EngineRefused."""
        line = "\t".join(("", user, *map(_checked, command))).encode() + b"\n"
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
                peer.settimeout(_TIMEOUT_SECONDS)
                peer.connect(str(self._path))
                peer.sendall(_HELLO + line)
                with peer.makefile("rb") as stream:
                    if stream.readline(64).strip() != b"+":
                        raise EngineDown("doveadm: not let in")
                    rows = stream.readline(_MAX_ANSWER_BYTES).decode(errors="replace")
                    status = stream.readline(256).decode(errors="replace").strip()
        except OSError as error:
            raise EngineDown(f"doveadm {command[0]}: {error}") from error
        if not status:
            raise EngineDown(f"doveadm {command[0]}: no answer")
        cells = rows.rstrip("\n").split("\t")[:-1]  # each cell ends with a tab
        return Answer(status, [_unescaped(cell) for cell in cells])


def _checked(word: str) -> str:
    """A word of the protocol; none of ours holds a control character."""
    if any(ord(char) < 32 for char in word):
        raise EngineRefused("doveadm: control character")
    return word


def _unescaped(cell: str) -> str:
    """A cell as it was before `str_tabescape` (dovecot/core `src/lib/strescape.c`)."""
    first, *rest = cell.split("\x01")
    return first + "".join(_ESCAPES.get(part[:1], "") + part[1:] for part in rest)

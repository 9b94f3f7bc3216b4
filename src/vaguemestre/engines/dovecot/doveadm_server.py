"""Dovecot's doveadm protocol on its Unix socket, whose mode (0600) is the sign-in."""

import base64
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, NamedTuple, cast

from vaguemestre.engines.home_alias import sockets
from vaguemestre.engines.instance import Place
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

# what the doveadm server takes; see dovecot.conf.j2
COMMANDS = ("kick", "quota get", "fetch", "flags add", "move", "expunge", "mailbox create")
POD_COMMANDS = ("backup", "sync", "dsync-server", "mailbox status")  # and the server of a pod
_HELLO = b"VERSION\tdoveadm-server\t1\t0\n"  # minor 0: answers without channels
_TIMEOUT_SECONDS = 30.0
_COPY_SECONDS = 3600.0  # a mailbox of 50 GB, on a busy network
_MAX_ANSWER_BYTES = 1_000_000
_TEMPORARY = frozenset(("-TEMPFAIL", "-75"))
_PIECE_BYTES = 256 * 1024
_IN_MEMORY_BYTES = 4 * 1024 * 1024
_ESCAPE = re.compile(rb"\x01([01trn])")
_ESCAPES = {"0": "\0", "1": "\x01", "t": "\t", "r": "\r", "n": "\n"}


class Answer(NamedTuple):
    """`status`: `+`, or `-` and the reason. `cells`: of all rows, one after the other."""

    status: str
    cells: Sequence[str]

    def cells_of(self, command: str) -> Sequence[str]:
        """The cells, if that command was done. Raises EngineDown (it may be later), EngineRefused."""
        if self.status in _TEMPORARY:
            raise EngineDown(f"doveadm {command} {self.status}")
        if self.status != "+":
            raise EngineRefused(f"doveadm {command} {self.status}")
        return self.cells


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
            with self._connected() as peer, peer.makefile("rb") as stream:
                self._enter(peer, stream)
                peer.sendall(line)
                answer = stream.readline(_MAX_ANSWER_BYTES)
                status = stream.readline(256).decode(errors="replace").strip()
        except OSError as error:
            raise EngineDown(f"doveadm {command[0]}: {error}") from error
        if len(answer) >= _MAX_ANSWER_BYTES and not answer.endswith(b"\n"):
            raise EngineRefused(f"doveadm {command[0]}: la réponse est trop longue")
        if not status:
            raise EngineDown(f"doveadm {command[0]}: pas de réponse")
        cells = answer.decode(errors="replace").rstrip("\n").split("\t")[:-1]  # each cell ends with a tab
        return Answer(status, [_unescaped(cell) for cell in cells])

    def cells(self, user: str, command: str, *words: str) -> Sequence[str]:
        """Cells of the answer to a command that was done. Raises EngineDown, EngineRefused.

        `--`: a Message-ID or a folder that begins with a hyphen is no option.
        """
        return self.run(user, command, "--", *words).cells_of(command)

    def fetched(self, user: str, fields: Sequence[str], *query: str) -> list[Sequence[str]]:
        """The requested fields of each message found. Raises EngineDown, EngineRefused."""
        cells, width = self.cells(user, "fetch", " ".join(fields), *query), len(fields)
        return [cells[start : start + width] for start in range(0, len(cells) - width + 1, width)]

    def content(self, user: str, *query: str) -> BinaryIO:
        """The whole text of the one message found, at its beginning. Raises EngineDown, EngineRefused."""
        words = map(_checked, ("fetch", "--", "text", *query))
        spool = SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115 - the caller closes it
        try:
            with self._connected() as peer, peer.makefile("rb") as stream:
                self._enter(peer, stream)
                peer.sendall("\t".join(("", user, *words)).encode() + b"\n")
                _unescape_into(spool, stream)
                status = stream.readline(256).decode(errors="replace").strip()
        except OSError as error:
            raise EngineDown(f"doveadm fetch: {error}") from error
        Answer(status or "-TEMPFAIL", ()).cells_of("fetch")
        spool.seek(0)
        return cast("BinaryIO", spool)

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
            peer.settimeout(_TIMEOUT_SECONDS)
            peer.connect(str(self._path))
            yield peer

    def _enter(self, peer: socket.socket, stream: BinaryIO) -> None:
        peer.sendall(_HELLO)
        if stream.readline(64).strip() != b"+":
            raise EngineDown("doveadm: mot de passe refusé")


class PodDoveadm(DoveadmServer):
    """The same on a pod, from another machine: by TLS, with the installation's password."""

    def __init__(self, address: tuple[str, int], tls: ssl.SSLContext, password: str) -> None:
        self._address, self._tls = address, tls
        self._password = base64.b64encode(f"\0doveadm\0{password}".encode())

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        with (
            socket.create_connection(self._address, _TIMEOUT_SECONDS) as plain,
            self._tls.wrap_socket(plain, server_hostname=self._address[0]) as peer,
        ):
            peer.settimeout(_COPY_SECONDS)
            yield peer

    def _enter(self, peer: socket.socket, stream: BinaryIO) -> None:
        peer.sendall(_HELLO)
        if stream.readline(64).strip() != b"-":  # what is sent before this answer is lost
            raise EngineDown("doveadm: aucun mot de passe n’est demandé")
        peer.sendall(b"PLAIN\t" + self._password + b"\n")
        if stream.readline(64).strip() != b"+":
            raise EngineDown("doveadm: mot de passe refusé")


def _checked(word: str) -> str:
    """A word of the protocol; none of ours holds a control character."""
    if any(ord(char) < 32 for char in word):
        raise EngineRefused("doveadm: un caractère de contrôle")
    return word


def _unescape_into(spool: IO[bytes], stream: BinaryIO) -> None:
    """Copy the only cell of an answer, which may be large, without its escapes."""
    is_cut, ends = False, False
    while not ends and (piece := stream.readline(_PIECE_BYTES)):
        ends = piece.endswith(b"\n")
        if is_cut:
            piece = b"\x01" + piece
        is_cut = piece.endswith(b"\x01")
        piece = piece[:-1] if is_cut else piece.removesuffix(b"\t\n") if ends else piece
        spool.write(_ESCAPE.sub(lambda match: _ESCAPES[match[1].decode()].encode(), piece))


def _unescaped(cell: str) -> str:
    """A cell as it was before `str_tabescape` (dovecot/core `src/lib/strescape.c`)."""
    first, *rest = cell.split("\x01")
    return first + "".join(_ESCAPES.get(part[:1], "") + part[1:] for part in rest)

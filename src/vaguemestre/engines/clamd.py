"""The virus check, asked of clamd (clamd(8), command INSTREAM), where one is configured."""

import socket
from contextlib import closing, suppress
from typing import BinaryIO

from vaguemestre.foundation.kernel.errors import EngineDown

_PIECE = 256 * 1024
_PATIENCE = 120.0  # seconds without a word
_PING_SECONDS = 5.0


class Clamd:
    """`place`: path of its socket, or `host:port`; empty for none."""

    def __init__(self, place: str) -> None:
        self._place = place

    @property
    def is_wanted(self) -> bool:
        return bool(self._place)

    def __call__(self, content: BinaryIO) -> str:
        """Name of what was found, or nothing. Raises EngineDown."""
        if not self._place:
            return ""
        try:
            with closing(self._connected()) as wire:
                with suppress(BrokenPipeError, ConnectionResetError):  # it stopped listening, and says why
                    _hand(wire, content)
                said = _said(wire)
        except OSError as error:
            raise EngineDown(f"clamd: {error}") from error
        if said == "stream: OK":
            return ""
        if said.endswith(" FOUND"):
            return said.removeprefix("stream: ").removesuffix(" FOUND")
        raise EngineDown(f"clamd: {said[:200]}")

    def ping(self) -> None:
        """Raises EngineDown unless clamd answers PONG within a few seconds."""
        try:
            with closing(self._connected(_PING_SECONDS)) as wire:
                wire.sendall(b"zPING\0")
                said = _said(wire)
        except OSError as error:
            raise EngineDown(f"clamd: {error}") from error
        if said != "PONG":
            raise EngineDown(f"clamd: {said[:200]}")

    def _connected(self, patience: float = _PATIENCE) -> socket.socket:
        host, _, port = self._place.rpartition(":")
        if "/" in self._place or not port.isdigit():
            wire = socket.socket(socket.AF_UNIX)
            wire.settimeout(patience)
            try:
                wire.connect(self._place)
            except OSError:
                wire.close()
                raise
            return wire
        return socket.create_connection((host, int(port)), timeout=patience)


def _hand(wire: socket.socket, content: BinaryIO) -> None:
    wire.sendall(b"zINSTREAM\0")
    while piece := content.read(_PIECE):
        wire.sendall(len(piece).to_bytes(4, "big") + piece)
    wire.sendall((0).to_bytes(4, "big"))


def _said(wire: socket.socket) -> str:
    heard = b""
    while not heard.endswith(b"\0") and (more := wire.recv(4096)):
        heard += more
    return heard.rstrip(b"\0\n").decode("utf-8", "replace")

"""Virus scan by clamd (clamd(8), command INSTREAM), if one is configured."""

import socket
from contextlib import closing, suppress
from typing import BinaryIO

from vaguemestre.foundation.kernel.errors import EngineDown

_CHUNK_BYTES = 256 * 1024
_SCAN_SECONDS = 120.0  # without an octet of answer
_PING_SECONDS = 5.0
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def is_elsewhere(address: str) -> bool:
    """Whether a path or `host:port` is on another machine; empty: no."""
    host = address.rpartition(":")[0].strip("[]")
    return bool(address) and "/" not in address and host not in _LOOPBACK


class Clamd:
    """`address`: path of its socket, or `host:port`; empty for none."""

    def __init__(self, address: str) -> None:
        self._address = address

    @property
    def is_wanted(self) -> bool:
        return bool(self._address)

    def __call__(self, content: BinaryIO) -> str:
        """Name of the virus, or an empty string. Raises EngineDown."""
        if not self._address:
            return ""
        try:
            with closing(self._connect()) as wire:
                with suppress(BrokenPipeError, ConnectionResetError):  # its answer says why
                    _send_content(wire, content)
                answer = _read_answer(wire)
        except OSError as error:
            raise EngineDown(
                f"clamd ne répond pas, voir [antivirus] dans la configuration : {error}"
            ) from error
        if answer == "stream: OK":
            return ""
        if answer.endswith(" FOUND"):
            return answer.removeprefix("stream: ").removesuffix(" FOUND")
        raise EngineDown(f"clamd: {answer[:200]}")

    def ping(self, patience: float = _PING_SECONDS) -> None:
        """Raises EngineDown unless clamd answers PONG within that many seconds."""
        try:
            with closing(self._connect(patience)) as wire:
                wire.sendall(b"zPING\0")
                answer = _read_answer(wire)
        except OSError as error:
            raise EngineDown(
                f"clamd ne répond pas, voir [antivirus] dans la configuration : {error}"
            ) from error
        if answer != "PONG":
            raise EngineDown(f"clamd: {answer[:200]}")

    def _connect(self, timeout: float = _SCAN_SECONDS) -> socket.socket:
        host, _, port = self._address.rpartition(":")
        if "/" in self._address or not port.isdigit():
            wire = socket.socket(socket.AF_UNIX)
            wire.settimeout(timeout)
            try:
                wire.connect(self._address)
            except OSError:
                wire.close()
                raise
            return wire
        return socket.create_connection((host, int(port)), timeout=timeout)


def _send_content(wire: socket.socket, content: BinaryIO) -> None:
    wire.sendall(b"zINSTREAM\0")
    while chunk := content.read(_CHUNK_BYTES):
        wire.sendall(len(chunk).to_bytes(4, "big") + chunk)
    wire.sendall((0).to_bytes(4, "big"))


def _read_answer(wire: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and (chunk := wire.recv(4096)):
        answer += chunk
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")

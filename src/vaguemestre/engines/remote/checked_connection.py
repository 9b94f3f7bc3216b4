"""Connections to hosts that a message names, their addresses checked first (docs/security.md rule J)."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from vaguemestre.engines.remote.deadline import Deadline
from vaguemestre.engines.remote.host_addresses import HostAddresses
from vaguemestre.engines.remote.public_addresses import is_public

PORTS = {"http": 80, "https": 443}


class ConnectionForbidden(Exception):
    """We do not connect there: `address-malformed`, `private-address` or `unreachable`."""


@dataclass(frozen=True)
class Target:
    scheme: str
    host: str
    path: str


class CheckedConnector:
    """Connects. `resolve` returns the numeric addresses of a host, `is_allowed` checks one of them.

    `resolve` keeps to the seconds it is given, in the caller's thread: no lookup outlives its request, so
    that names whose servers do not answer hold nobody but who asked for them.
    """

    def __init__(
        self,
        *,
        resolve: Callable[[str, float], list[str]] | None = None,
        is_allowed: Callable[[str], bool] = is_public,
        ports: Mapping[str, int] = PORTS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._resolve = resolve or HostAddresses()
        self._is_allowed = is_allowed
        self._ports = ports
        self._tls = tls or ssl.create_default_context()

    def port(self, target: Target) -> int:
        return self._ports[target.scheme]

    @contextmanager
    def connected(self, target: Target, end: float) -> Iterator[socket.socket]:
        """A connection, TLS done where due, which is cut at `end` (`time.monotonic()`).

        Raises ConnectionForbidden, OSError, TimeoutError.
        """
        address = next(iter(self._resolve(target.host, seconds_left(end))), None)
        if address is None:
            raise ConnectionForbidden("unreachable")
        if not self._is_allowed(address):
            raise ConnectionForbidden("private-address")
        with socket.create_connection((address, self.port(target)), timeout=seconds_left(end)) as plain:
            if not self._is_allowed(plain.getpeername()[0]):
                raise ConnectionForbidden("private-address")
            with closing(Deadline(plain)) as deadline:
                deadline.set(seconds_left(end))
                if target.scheme == "http":
                    yield plain
                    return
                with self._tls.wrap_socket(plain, server_hostname=target.host) as stream:
                    yield stream


def parse_target(address: str) -> Target:
    """Raises ConnectionForbidden for anything but http(s) on its own port."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise ConnectionForbidden("address-malformed") from error
    if parts.scheme not in PORTS or not parts.hostname or port not in {None, PORTS[parts.scheme]}:
        raise ConnectionForbidden("address-malformed")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, parts.hostname.rstrip("."), _ascii(path))


def seconds_left(end: float) -> float:
    """Seconds left before a moment of `time.monotonic()`. Raises TimeoutError."""
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _ascii(path: str) -> str:
    """The path as the request line needs it: no space, no control, ASCII only."""
    return "".join(
        char if "!" <= char <= "~" else "".join(f"%{octet:02X}" for octet in char.encode("utf-8", "replace"))
        for char in path
    )

"""Connections to addresses that administrators wrote: the machine itself is allowed, nothing is checked."""

import http.client
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import SplitResult

from vaguemestre.engines.remote.checked_connection import PORTS, seconds_left
from vaguemestre.engines.remote.deadline import Deadline
from vaguemestre.engines.remote.machine_lookup import machine_lookup


@contextmanager
def connected_to(
    address: SplitResult, seconds: float, tls: ssl.SSLContext
) -> Iterator[http.client.HTTPConnection]:
    """A connection to the host of that address, which is cut after `seconds`, whatever it answers meanwhile.

    Raises OSError, also at the end of a block that lasted longer: what it read is not whole.
    """
    end = time.monotonic() + seconds
    host, port = address.hostname or "", address.port or PORTS.get(address.scheme, 0)
    with _reached(host, port, end) as plain, closing(Deadline(plain)) as deadline:
        deadline.set(seconds_left(end))
        if address.scheme != "https":
            yield _speaking(http.client.HTTPConnection(host, port), plain)
        else:
            with tls.wrap_socket(plain, server_hostname=host) as stream:
                yield _speaking(http.client.HTTPSConnection(host, port, context=tls), stream)
        seconds_left(end)


def _speaking(connection: http.client.HTTPConnection, stream: socket.socket) -> http.client.HTTPConnection:
    connection.sock = stream
    return connection


def _reached(host: str, port: int, end: float) -> socket.socket:
    """A connection to one of the host's addresses; all of them share the time. Raises OSError."""
    trouble = OSError("no address")
    for address in machine_lookup(host, port, seconds_left(end)):
        stream = socket.socket(address.family, address.kind, address.protocol)
        try:
            stream.settimeout(seconds_left(end))
            stream.connect(address.place)
        except OSError as error:
            stream.close()
            trouble = error
        else:
            return stream
    raise trouble

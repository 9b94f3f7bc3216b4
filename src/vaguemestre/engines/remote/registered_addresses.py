"""Connections to addresses that administrators wrote: the machine itself is allowed, nothing is checked."""

import http.client
import ssl
from urllib.parse import SplitResult


def connection_to(address: SplitResult, seconds: float, tls: ssl.SSLContext) -> http.client.HTTPConnection:
    """A connection to the host of that address, not opened yet; its steps may take `seconds` each."""
    host = address.hostname or ""
    if address.scheme == "https":
        return http.client.HTTPSConnection(host, address.port, timeout=seconds, context=tls)
    return http.client.HTTPConnection(host, address.port, timeout=seconds)

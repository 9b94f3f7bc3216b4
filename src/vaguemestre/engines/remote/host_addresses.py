"""Addresses of a host that a message names, within a time: `getaddrinfo` has none, and cannot be left."""

import time
from ipaddress import ip_address

import dns.exception
import dns.name
import dns.resolver

_KINDS = ("A", "AAAA")  # the second is asked only without the first


class HostAddresses:
    """`server`: (address, port) instead of the machine's resolver."""

    def __init__(self, server: tuple[str, int] | None = None) -> None:
        self._server = server

    def __call__(self, host: str, seconds: float) -> list[str]:
        """The numeric addresses of a host, none if it has none. Raises TimeoutError after `seconds`."""
        if _is_numeric(host):
            return [host]
        end = time.monotonic() + seconds
        try:
            name, resolver = dns.name.from_text(host), self._resolver()
            for kind in _KINDS:
                if addresses := _addresses(resolver, name, kind, end - time.monotonic()):
                    return addresses
        except dns.exception.Timeout as error:
            raise TimeoutError from error
        except (dns.exception.DNSException, OSError, UnicodeError, ValueError):
            return []
        return []

    def _resolver(self) -> dns.resolver.Resolver:
        resolver = dns.resolver.Resolver(configure=self._server is None)
        if self._server:
            resolver.nameservers, resolver.port = [self._server[0]], self._server[1]
        return resolver


def _addresses(resolver: dns.resolver.Resolver, name: dns.name.Name, kind: str, seconds: float) -> list[str]:
    try:
        answer = resolver.resolve(name, kind, search=False, lifetime=max(seconds, 0.01))
    except dns.resolver.NoAnswer:
        return []
    return [record.to_text() for record in answer]


def _is_numeric(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True

"""Application addresses: validated when registered, then compared exactly (RFC 9700 §2.1)."""

import re
from collections.abc import Iterable
from urllib.parse import unquote, unquote_plus, urlsplit

from vaguemestre.access.sso.registry.values import Registration
from vaguemestre.foundation.kernel.errors import Refusal

_VISIBLE = re.compile(r"[!-\[\]-~]{1,1000}", re.ASCII)  # visible ASCII without backslash
_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]", re.ASCII)
_TICKETS = {"ticket", "samlart", "pgtiou", "pgtid"}
_LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}


def check_address(address: str) -> str:
    """The address, if an application may be registered with it. Raises Refusal `sso.address-not-allowed`.

    Absolute, https (http on the loopback), no fragment, no user name, no wildcard, a plain host.
    """
    refused = Refusal("sso.address-not-allowed", address=address[:200])
    if not _VISIBLE.fullmatch(address) or "#" in address or "*" in address:
        raise refused
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError as error:
        raise refused from error
    host = parts.netloc.rpartition(":")[0] if parts.port else parts.netloc
    secure = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    if not secure or not _HOST.fullmatch(host):
        raise refused
    return address


def is_registered(address: str, registered: Iterable[str]) -> bool:
    """Whether the address is registered: exact comparison, no prefix, case folding or decoding."""
    return any(address == other for other in registered)


def check_prefix(address: str) -> str:
    """The prefix, if it is valid: no query, and a slash at its end.

    Raises Refusal `sso.base-not-allowed`.
    """
    parts = urlsplit(address)
    if parts.query or not parts.path.endswith("/"):
        raise Refusal("sso.base-not-allowed", address=address[:200])
    return address


def is_beneath(address: str, prefixes: Iterable[str]) -> bool:
    """Whether the address is one of the prefixes or beneath one, whichever URL parser reads it.

    Compared exactly up to the prefix's final slash, so that host and port cannot differ. Paths that some
    browser, proxy or servlet container could resolve upwards are refused: dot segments, also encoded once or
    twice or with parameters (`..;x`), encoded slashes and backslashes.
    """
    if not _VISIBLE.fullmatch(address) or "#" in address:
        return False
    path = urlsplit(address).path
    decoded = unquote(unquote(path))
    if "\\" in decoded or decoded.count("/") != path.count("/") or not decoded.isprintable():
        return False
    if any(segment.partition(";")[0] in (".", "..") for segment in decoded.split("/")):
        return False
    return any(address.startswith(prefix) for prefix in prefixes)


def longest_prefix(service: str, prefixes: Iterable[str]) -> str:
    """The longest of the prefixes that a CAS service may be beneath; "" if there is none.

    A service that carries a ticket already is beneath none: an application that reads the first of two would
    open the session of whoever made the link.
    """
    if _TICKETS & _parameters(service):
        return ""
    return max((prefix for prefix in prefixes if is_beneath(service, (prefix,))), key=len, default="")


def is_service_of(registration: Registration, service: str) -> bool:
    """Whether that CAS service is this application's: an exact address, or beneath a prefix."""
    exact = is_registered(service, registration.addresses)
    return exact or bool(longest_prefix(service, registration.prefixes))


def _parameters(address: str) -> set[str]:
    """Names of the query's parameters, however a framework may cut and read them."""
    pairs = re.split("[&;]", address.partition("?")[2])
    return {unquote_plus(pair.partition("=")[0]).strip().lower() for pair in pairs}

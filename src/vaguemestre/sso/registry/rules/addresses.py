"""Addresses of applications: checked when written down, then compared letter for letter (RFC 9700 §2.1)."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from vaguemestre.kernel.errors import Refusal

_VISIBLE = re.compile(r"[!-\[\]-~]{1,1000}", re.ASCII)  # visible ASCII without backslash
_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]", re.ASCII)
_LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}


def check_address(address: str) -> str:
    """The address, if an application may be written down with it. Raises Refusal `sso.address-not-allowed`.

    Absolute, https (http on the machine itself), no fragment, no user name, no wildcard, a plain host.
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


def stands_in(address: str, registered: Iterable[str]) -> bool:
    """Letter for letter: no prefix, no case folding, no decoding."""
    return any(address == known for known in registered)


def check_base(address: str) -> str:
    """An address of which everything beneath is one application: no query, and a slash at its end.

    Raises Refusal `sso.base-not-allowed`.
    """
    parts = urlsplit(address)
    if parts.query or not parts.path.endswith("/"):
        raise Refusal("sso.base-not-allowed", address=address[:200])
    return address


def stands_beneath(address: str, bases: Iterable[str]) -> bool:
    """Whether `address` is one of the bases or beneath, with nothing in it that a browser reads otherwise."""
    if not _VISIBLE.fullmatch(address) or "#" in address:
        return False
    path = urlsplit(address).path.lower()
    if "/../" in f"{path}/" or "/./" in f"{path}/" or "%2e" in path or "%2f" in path or "%5c" in path:
        return False
    return any(address.startswith(base) for base in bases)

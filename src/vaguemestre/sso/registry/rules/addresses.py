"""Addresses of applications: checked when written down, then compared letter for letter (RFC 9700 §2.1)."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from vaguemestre.kernel.errors import Refusal

_VISIBLE = re.compile(r"[!-\[\]-~]{1,1000}", re.ASCII)  # visible ASCII without backslash
_LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}


def check_address(address: str) -> str:
    """The address, if an application may be written down with it. Raises Refusal `sso.address-not-allowed`.

    Absolute, https (http on the machine itself), no fragment, no user name, no wildcard.
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
    if not secure or not parts.hostname or "@" in parts.netloc:
        raise refused
    return address


def stands_in(address: str, registered: Iterable[str]) -> bool:
    """Letter for letter: no prefix, no case folding, no decoding."""
    return any(address == known for known in registered)

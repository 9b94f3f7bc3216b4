"""Addresses of applications: checked when registered, then compared letter for letter (RFC 9700 §2.1)."""

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from vaguemestre.access.sso.registry.values import Registration
from vaguemestre.foundation.kernel.errors import Refusal

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
    """Whether the address is one of the bases or a page beneath one, for every reader of URLs alike.

    Compared letter for letter up to the base's final slash, so that host and port cannot differ. A path that
    a browser, a proxy or a servlet container could resolve upwards is refused: dot segments, also encoded
    once or twice or followed by parameters (`..;x`), encoded slashes and backslashes.
    """
    if not _VISIBLE.fullmatch(address) or "#" in address:
        return False
    path = urlsplit(address).path
    decoded = unquote(unquote(path))
    if "\\" in decoded or decoded.count("/") != path.count("/") or not decoded.isprintable():
        return False
    if any(segment.partition(";")[0] in (".", "..") for segment in decoded.split("/")):
        return False
    return any(address.startswith(base) for base in bases)


def longest_base(address: str, bases: Iterable[str]) -> str:
    """The most precise of the bases the address stands beneath; "" if there is none."""
    return max((base for base in bases if stands_beneath(address, (base,))), key=len, default="")


def serves(registration: Registration, service: str) -> bool:
    """Whether that CAS service is this application's: an exact address, or a page beneath a prefix."""
    return stands_in(service, registration.addresses) or stands_beneath(service, registration.prefixes)

"""The host of a web address, as browsers read it (URL Standard, « host parsing »).

`urllib` reads RFC 3986: it has another host for `http://a\\@b/`, and leaves full-width letters as they are.
"""

import re
from urllib.parse import unquote

import idna

# An address with an unambiguous host: nearly all
_USUAL = re.compile(
    r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)*+\.?)(?::[0-9]{1,5})?(?=[/?#]|\Z)", re.IGNORECASE | re.ASCII
)
_AUTHORITY = re.compile(r"https?:[/\\]{2}([^/\\?#]+)", re.IGNORECASE)
_HOST = re.compile(r"(?:[^@]*@)*(\[[0-9a-f:.]+\]|[^@:\[\]]+)(?::[0-9]*)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r"[^!-~]|[#%/:<>?@\[\\\]^|]")


def host_of(address: str) -> str:
    """ASCII host, lower case, of an http or https address; empty if it is malformed."""
    if usual := _USUAL.match(address):
        return usual[1].rstrip(".").lower()
    authority = _AUTHORITY.match(address)
    parts = _HOST.fullmatch(authority[1]) if authority else None
    if parts is None:
        return ""
    host = parts[1]
    return host[1:-1].lower() if host.startswith("[") else _in_ascii(unquote(host))


def _in_ascii(host: str) -> str:
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except idna.IDNAError:
            return ""
    return "" if _FORBIDDEN.search(host) else host.rstrip(".").lower()


def with_slashes(address: str) -> str:
    """The address with a slash for each backslash before its query, as browsers read them.

    An address of a header is encoded: the browser would find another host in `https://a%5C@b/`.
    """
    end = next((at for at, sign in enumerate(address) if sign in "?#"), len(address))
    return address[:end].replace("\\", "/") + address[end:]

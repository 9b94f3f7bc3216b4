"""Names under which the security desk may list a link, as `engines/rspamd/listed_links.lua` has them."""

import hashlib
from collections.abc import Iterator
from urllib.parse import urlsplit


def host_of(address: str) -> str:
    """Host of a web address, lower case; empty if it is malformed."""
    try:
        return (urlsplit(address).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def link_digest(address: str) -> str:
    """Digest by which a click knows its link."""
    return hashlib.sha256(address.encode()).hexdigest()


def listed_names(address: str) -> Iterator[str]:
    """The page without its fragment and last slash, then the host and the domains above it."""
    host = host_of(address)
    if not host:
        return
    yield address.partition("#")[0].removesuffix("/")
    while host:
        yield host
        host = host.partition(".")[2]

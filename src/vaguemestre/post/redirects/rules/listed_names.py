"""Names under which the security desk may list a link, as `engines/rspamd/listed_links.lua` has them."""

import hashlib
from collections.abc import Iterator

from vaguemestre.foundation.kernel.web_hosts import host_of


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

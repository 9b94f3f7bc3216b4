"""Names under which the security desk may list a link, as `engines/rspamd/listed_links.lua` has them.

A page has many writings that browsers take for one (URL Standard): both sides are compared without them.
"""

import hashlib
import re
from collections.abc import Iterator
from urllib.parse import unquote

from vaguemestre.foundation.kernel.web_hosts import host_of

_PARTS = re.compile(
    r"https?:[/\\]{2}(?P<authority>[^/\\?#]*)(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?", re.IGNORECASE
)
_PORT = re.compile(r":0*([0-9]{1,5})\Z")
_USUAL_PORTS = {"80", "443"}
_LEFT_OUT = re.compile(r"[\t\r\n]")  # by browsers, wherever they stand


def link_digest(address: str) -> str:
    """Digest by which a click knows its link."""
    return hashlib.sha256(address.encode()).hexdigest()


def listed_names(address: str) -> Iterator[str]:
    """The page with what it is asked, the page, then the host and the domains above it."""
    yield from own_names(address)
    host = host_of(_cleaned(address)).partition(".")[2]
    while host:
        yield host
        host = host.partition(".")[2]


def own_names(address: str) -> Iterator[str]:
    """The page with what it is asked, the page, then the host."""
    address = _cleaned(address)
    host = host_of(address)
    if not host:
        return
    page, query = _page(address, host)
    if query:
        yield f"{page}?{query}"
    yield page
    yield host


def name_of_line(line: str) -> str:
    """The name that a line of the list gives: of a host, or of a page; empty for none."""
    text = line.partition("#")[0].strip()
    if not text:
        return ""
    address = text if "://" in text else f"https://{text}"
    host = host_of(address)
    if not host or "/" not in text:
        return host or text.lower()
    page, query = _page(address, host)
    return f"{page}?{query}" if query else page


def _cleaned(address: str) -> str:
    return _LEFT_OUT.sub("", address.strip("".join(map(chr, range(33)))))


def _page(address: str, host: str) -> tuple[str, str]:
    """The page, without its scheme, usual port, name of a user, last slash; and its query."""
    parts = _PARTS.match(address)
    if parts is None:
        return f"//{host}/", ""
    port = _PORT.search(parts["authority"])
    place = f":{port[1]}" if port and port[1] not in _USUAL_PORTS else ""
    return f"//{host}{place}{_path(parts['path'])}", unquote(parts["query"] or "")


def _path(written: str) -> str:
    """The path with its octets decoded, its dots followed, no slash twice nor at its end."""
    steps: list[str] = []
    for step in unquote(written).replace("\\", "/").split("/"):
        if step == "..":
            del steps[-1:]
        elif step not in ("", "."):
            steps.append(step)
    return "/" + "/".join(steps)

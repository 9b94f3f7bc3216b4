"""Which of our sites a Host header names: pages, lent files, settings for mail programs, or none. Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from vaguemestre.mailbox.autoconfig.rules.offers import machine_names, policy_name, site_of

LOOPBACK = frozenset({"localhost", "127.0.0.1"})
_HOST = re.compile(r"([a-z0-9._-]+?)\.?(?::([0-9]{1,5}))?", re.ASCII)
_WEB_PORTS = frozenset({80, 443})


class Site(StrEnum):
    """What answers under a host name."""

    PAGES = "pages"
    FILES = "files"
    PROGRAMS = "programs"  # only the documents that mail programs and servers look for
    OTHER = "other"  # a name this table does not hold
    REFUSED = "refused"  # one of our names at another's port, or a malformed header


@dataclass(frozen=True, slots=True)
class Hosts:
    """The names of an instance, each with the ports it is served at."""

    pages: dict[str, frozenset[int]]
    files: dict[str, frozenset[int]]
    programs: dict[str, frozenset[int]]
    default_port: int

    def site_named(self, host: str) -> Site:
        """The site of a Host header (RFC 9110 §7.2), whatever its case, final dot or default port."""
        match = _HOST.fullmatch(host.lower())
        if match is None:
            return Site.REFUSED
        name, port = match[1], int(match[2] or self.default_port)
        for site, names in (
            (Site.PAGES, self.pages),
            (Site.FILES, self.files),
            (Site.PROGRAMS, self.programs),
        ):
            if name in names:
                return site if port in names[name] else Site.REFUSED
        return Site.OTHER

    @property
    def names(self) -> list[str]:
        """Every name, for Django's own check."""
        return sorted({*self.pages, *self.files, *self.programs})


def hosts_of(
    *,
    public_url: str,
    files_url: str,
    domains: Collection[str],
    web_port: int,
    further_urls: Collection[str] = (),
) -> Hosts:
    """The table for an instance; `further_urls`: pages of académies with a host of their own.

    Loopback names serve pages only where the public name is one of them.
    """
    host, port = site_of(public_url)
    pages = {name: frozenset({web_port}) for name in LOOPBACK} if host in LOOPBACK else {}
    for url in (public_url, *further_urls):
        name, its_port = site_of(url)
        pages[name] = pages.get(name, frozenset()) | {its_port}
    files_host, files_port = site_of(files_url)
    return Hosts(
        pages=pages,
        files={files_host: frozenset({files_port})},
        programs={
            name: _WEB_PORTS | {port, web_port}
            for domain in domains
            for name in (*machine_names(domain), policy_name(domain))
            if name not in pages
        },
        default_port=443 if public_url.startswith("https:") else 80,
    )

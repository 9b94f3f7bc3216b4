"""`[web]`: addresses of the pages, processes that serve them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from vaguemestre.site.config import checks
from vaguemestre.site.config.checks import Rule, Section


@dataclass(frozen=True)
class WebSection(Section):
    host: Annotated[str, checks.HOST] = "127.0.0.1"
    public_url: Annotated[str, checks.ORIGIN] = ""  # empty: http://localhost:<port>
    # The origin of files: another host than that of `public_url`; empty: `fichiers.` before it.
    files_url: Annotated[str, checks.ORIGIN] = ""
    workers: Annotated[int, checks.between(1, 64)] = 2
    threads: Annotated[int, checks.between(1, 64)] = 4
    behind_tls: bool = False
    # Who may say the client's address, with behind_tls: the reverse proxies in front of ours.
    proxies: Annotated[tuple[str, ...], checks.NETWORKS] = ("127.0.0.1", "::1")

    def broken_rules(self) -> Iterator[Rule]:
        """https without a proxy in front, or a proxy in front without https."""
        is_https = self.public_url.startswith("https://")
        if is_https and not self.behind_tls:
            yield Rule(
                ("web.public_url", "web.behind_tls"),
                "[web] « public_url » en https demande « behind_tls » = true",
            )
        if self.behind_tls and not is_https:
            yield Rule(
                ("web.behind_tls", "web.public_url"),
                "[web] « behind_tls » demande une « public_url » en https",
            )

"""`[files]`: large files sent as links instead of attachments."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from vaguemestre.site.config import checks
from vaguemestre.site.config.checks import Rule, Section


@dataclass(frozen=True)
class FilesSection(Section):
    """Files too large for a message. `clamd`: where the virus check listens, a path or `host:port`."""

    most_mb: Annotated[int, checks.between(1, 100_000)] = 2000  # one file
    most_in_all_mb: Annotated[int, checks.between(1, 10_000_000)] = 10_000  # of one account
    days: Annotated[int, checks.between(1, 3650)] = 30  # how long one is lent unless said otherwise
    most_days: Annotated[int, checks.between(1, 3650)] = 90
    clamd: Annotated[str, checks.SOCKET] = ""

    def broken_rules(self) -> Iterator[Rule]:
        """A default above its limit."""
        if self.days > self.most_days:
            yield Rule(("files.days", "files.most_days"), "[files] « days » ne dépasse pas « most_days »")
        if self.most_mb > self.most_in_all_mb:
            yield Rule(
                ("files.most_mb", "files.most_in_all_mb"),
                "[files] « most_mb » ne dépasse pas « most_in_all_mb »",
            )

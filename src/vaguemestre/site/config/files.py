"""`[files]`: large files sent as links instead of attachments, and where files are kept."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from vaguemestre.site.config import checks
from vaguemestre.site.config.checks import Check, Rule, Section

S3_KEYS = "s3_keys"  # in the secrets: the name of the key, then its secret
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_REGION = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)


@dataclass(frozen=True)
class FilesSection(Section):
    """Files too large for a message. `clamd`: where the virus check listens, a path or `host:port`.

    `s3_…`: all files that machines share are kept there (boto3's words); else in the home.
    """

    most_mb: Annotated[int, checks.between(1, 100_000)] = 2000  # one file
    most_in_all_mb: Annotated[int, checks.between(1, 10_000_000)] = 10_000  # of one account
    days: Annotated[int, checks.between(1, 3650)] = 30  # how long one is lent unless said otherwise
    most_days: Annotated[int, checks.between(1, 3650)] = 90
    clamd: Annotated[str, checks.SOCKET] = ""
    s3_url: Annotated[str, checks.ORIGIN] = ""
    s3_bucket: Annotated[
        str,
        checks.or_empty(Check(lambda text: _BUCKET.fullmatch(text) is not None, "est le nom d’un seau S3")),
    ] = ""
    s3_region: Annotated[
        str, Check(lambda text: _REGION.fullmatch(text) is not None, "est le nom d’une région S3")
    ] = "us-east-1"

    @property
    def are_on_s3(self) -> bool:
        return bool(self.s3_bucket)

    def broken_rules(self) -> Iterator[Rule]:
        """A default above its limit; half a place."""
        if bool(self.s3_url) != bool(self.s3_bucket):
            yield Rule(
                ("files.s3_url", "files.s3_bucket"), "[files] « s3_url » et « s3_bucket » vont ensemble"
            )
        if self.days > self.most_days:
            yield Rule(("files.days", "files.most_days"), "[files] « days » ne dépasse pas « most_days »")
        if self.most_mb > self.most_in_all_mb:
            yield Rule(
                ("files.most_mb", "files.most_in_all_mb"),
                "[files] « most_mb » ne dépasse pas « most_in_all_mb »",
            )

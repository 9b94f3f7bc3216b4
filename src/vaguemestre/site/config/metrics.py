"""`[metrics]`: what a monitoring system reads of the instance."""

from dataclasses import dataclass
from typing import Annotated

from vaguemestre.site.config import checks
from vaguemestre.site.config.checks import Section


@dataclass(frozen=True)
class MetricsSection(Section):
    """Where `/metrics` answers besides the loopback, and how long an answer is given again."""

    addresses: Annotated[tuple[str, ...], checks.IP_ADDRESSES] = ()
    cache_seconds: Annotated[int, checks.between(1, 300)] = 10
    self_mail: bool = True  # a message goes round each minute, and its time is measured

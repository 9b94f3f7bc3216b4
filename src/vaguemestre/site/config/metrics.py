"""`[metrics]`: what a monitoring system reads of the instance."""

from dataclasses import dataclass
from typing import Annotated

from vaguemestre.site.config import checks
from vaguemestre.site.config.checks import Section


@dataclass(frozen=True)
class MetricsSection(Section):
    """Addresses of `/metrics` besides the loopback, and the life of a cached answer."""

    addresses: Annotated[tuple[str, ...], checks.IP_ADDRESSES] = ()
    cache_seconds: Annotated[int, checks.between(1, 300)] = 10
    self_mail: bool = True  # a message goes round each minute, and its time is measured

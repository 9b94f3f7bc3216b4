"""`[portability]`: mail brought in from elsewhere."""

from dataclasses import dataclass
from typing import Annotated

from vaguemestre.site.config import checks
from vaguemestre.site.config.checks import Section


@dataclass(frozen=True)
class PortabilitySection(Section):
    """Mail brought in. `private_servers`: `host:port` of mail servers whose address may be a private one."""

    upload_mb: Annotated[int, checks.between(1, 100_000)] = 2000
    private_servers: Annotated[tuple[str, ...], checks.HOSTS_AND_PORTS] = ()

"""`[worker]`: processes that run the jobs."""

from dataclasses import dataclass
from typing import Annotated

from vaguemestre.site.config import checks
from vaguemestre.site.config.checks import Section


@dataclass(frozen=True)
class WorkerSection(Section):
    """Processes that run the jobs. `count`: those of ordinary work, beside the one of long work."""

    count: Annotated[int, checks.between(1, 16)] = 2

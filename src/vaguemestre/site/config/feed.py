"""`[feed]`: when a human resources file is held instead of applied."""

from dataclasses import dataclass
from typing import Annotated

from vaguemestre.site.config import checks
from vaguemestre.site.config.checks import Section


@dataclass(frozen=True)
class FeedSection(Section):
    closure_limit_percent: Annotated[float, checks.between(0, 100)] = 2.0
    refusal_limit_percent: Annotated[float, checks.between(0, 100)] = 5.0
    grace_days: Annotated[int, checks.DAYS] = 60

"""`[bulk]`: acts on many people at once."""

from dataclasses import dataclass
from typing import Annotated

from vaguemestre.site.config import checks
from vaguemestre.site.config.checks import Section


@dataclass(frozen=True)
class BulkSection(Section):
    most_people: Annotated[int, checks.between(1, 100_000)] = 5000  # in one act
    second_person_above: Annotated[int, checks.between(0, 100_000)] = 100  # people changed alone in an hour

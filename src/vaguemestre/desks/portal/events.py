"""Facts about the portal, past tense."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class AnnouncementMailed:
    """An announcement is wanted by mail: whom it would reach is to be listed."""

    long_work: ClassVar[bool] = True

    announcement_id: int

"""The day free room runs out, if it goes on shrinking as it did."""

from collections.abc import Mapping
from datetime import datetime, timedelta

MIN_POINTS = 7
_HORIZON = timedelta(days=3650)


def full_at(free: Mapping[datetime, float]) -> datetime | None:
    """When the straight line through these shares of free room (0 to 1) reaches nought.

    None with fewer than MIN_POINTS, if room does not shrink, or not within ten years.
    """
    if len(free) < MIN_POINTS:
        return None
    last = max(free)
    points = [((at - last).total_seconds(), share) for at, share in free.items()]
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0
    if slope >= 0:
        return None
    seconds = (mean_y / -slope) + mean_x
    if seconds > _HORIZON.total_seconds():
        return None
    return last + timedelta(seconds=max(0.0, seconds))

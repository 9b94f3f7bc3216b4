"""Months of steps: which are kept."""

from datetime import UTC, datetime


def first_month_kept(now: datetime, months: int) -> datetime:
    """The beginning (UTC) of the oldest month kept: `months` whole months before the present one."""
    local = now.astimezone(UTC)
    index = local.year * 12 + local.month - 1 - months
    return datetime(index // 12, index % 12 + 1, 1, tzinfo=UTC)

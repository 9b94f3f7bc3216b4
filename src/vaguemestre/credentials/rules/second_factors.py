"""Who must hold a second factor, and from when (SECURITY §5.1)."""

from datetime import datetime, timedelta

DUE_ROLES = frozenset({"helpdesk", "hr_officer", "administrator"})
GRACE = timedelta(days=14)


def enrol_before(role: str, *, since: datetime | None, holds_one: bool) -> datetime | None:
    """Until when the account works without one; None when nothing is due. `since`: active in that role."""
    if role not in DUE_ROLES or holds_one or since is None:
        return None
    return since + GRACE

"""Who must hold a second factor, and from when (docs/security.md §5.1)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from vaguemestre.foundation.kernel.times import PARIS

DUE_ROLES = frozenset({"helpdesk", "hr_officer", "administrator"})
GRACE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Policy:
    """Which roles must hold one, and how long they have to set it up."""

    roles: frozenset[str] = DUE_ROLES
    grace: timedelta = GRACE
    since: datetime | None = None  # when this was decided: nobody is late before


def policy_of(roles: Collection[str], day: str, days: int) -> Policy:
    """From the settings: other roles than those that must, the day of that decision (ISO), the delay."""
    since = datetime.combine(date.fromisoformat(day), time.min, PARIS) if day else None
    return Policy(DUE_ROLES | frozenset(roles), timedelta(days=days), since)


def enrol_before(
    role: str, *, since: datetime | None, holds_one: bool, policy: Policy | None = None
) -> datetime | None:
    """Until when the account works without one; None when nothing is due. `since`: active in that role."""
    policy = policy or Policy()
    if role not in policy.roles or holds_one or since is None:
        return None
    decided = policy.since if role not in DUE_ROLES else None
    return max(since, decided or since) + policy.grace

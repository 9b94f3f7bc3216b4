"""Who must hold a second factor, and from when (docs/security.md §5.1)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.people.credentials.values import AccountRole

DUE_ROLES = frozenset(
    {AccountRole.HELPDESK, AccountRole.HR_OFFICER, AccountRole.ADMINISTRATOR, AccountRole.AUDITOR}
)
# Whoever watches the others: no other office acts on these accounts, administrators take the role back first.
GUARDED_ROLES = frozenset({AccountRole.ADMINISTRATOR, AccountRole.AUDITOR})
GRACE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Policy:
    """The roles that must hold a second factor, and how long they have to set it up."""

    roles: frozenset[str] = DUE_ROLES
    grace: timedelta = GRACE
    since: datetime | None = None  # the delay of the added roles does not start before


def policy_of(roles: Collection[str], day: str, days: int) -> Policy:
    """The policy of settings: roles added to DUE_ROLES, day of that decision (ISO or ""), days of delay."""
    since = datetime.combine(date.fromisoformat(day), time.min, PARIS) if day else None
    return Policy(DUE_ROLES | frozenset(roles), timedelta(days=days), since)


def demand_until(
    demanded_at: datetime | None, *, holds_one: bool, policy: Policy | None = None
) -> datetime | None:
    """The time until which an account asked for a second factor works without; None if nothing is due."""
    return None if holds_one or demanded_at is None else demanded_at + (policy or Policy()).grace


def enrol_before(
    role: AccountRole, *, since: datetime | None, holds_one: bool, policy: Policy | None = None
) -> datetime | None:
    """The time until which an account works without second factor; None if none is due.

    `since`: start of the role.
    """
    policy = policy or Policy()
    if role not in policy.roles or holds_one or since is None:
        return None
    decided = policy.since if role not in DUE_ROLES else None
    return max(since, decided or since) + policy.grace

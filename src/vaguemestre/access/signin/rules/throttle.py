"""How long one waits after failures. No lock that a stranger could put on somebody: delays, and they fade."""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Budget:
    """`free` failures cost nothing; then 2 s, doubled each time up to `longest`; forgotten after `memory`.

    From `exhausted_at` failures on (0: never), `pause` between tries.
    """

    free: int
    longest: timedelta
    memory: timedelta
    exhausted_at: int = 0
    pause: timedelta = timedelta(hours=1)


# docs/security.md §5.1: delay from the fifth failure, about 25 guesses a day against one account.
ACCOUNT = Budget(free=4, longest=timedelta(minutes=15), memory=timedelta(hours=24), exhausted_at=20)
# One name from one network, on pages: a work in place of a delay, and the day's 25 guesses (CNIL 2022-100).
NEAR = Budget(free=4, longest=timedelta(0), memory=timedelta(hours=24), exhausted_at=25)
# One name from everywhere, on pages (NIST SP 800-63B-4: a hundred consecutive failures at most).
ANYWHERE = Budget(free=4, longest=timedelta(0), memory=timedelta(hours=24), exhausted_at=100)
# Browsers without scripts, above a brake: their network's.
WAITED = Budget(free=20, longest=timedelta(seconds=30), memory=timedelta(hours=1))
# A school is one address for hundreds of people.
NETWORK = Budget(free=30, longest=timedelta(seconds=30), memory=timedelta(hours=1))
# Password spraying: one secret tried on many accounts, or many accounts tried from one network. Counted once
# an account; a school has a hundred people behind one address, and on Monday morning many of them mistype.
SAME_SECRET = Budget(free=10, longest=timedelta(minutes=5), memory=timedelta(hours=1))
MANY_ACCOUNTS = Budget(free=40, longest=timedelta(minutes=1), memory=timedelta(hours=1))
# A program keeps asking with a password its owner revoked: that stays between it and its network.
PROGRAM = Budget(free=20, longest=timedelta(minutes=5), memory=timedelta(hours=1))
# The owner's own browser has a budget apart: strangers who fail elsewhere do not spend it.
BROWSER = NEAR


def failures_now(failures: int, last_at: datetime, budget: Budget, now: datetime) -> int:
    """Failures that still count."""
    return 0 if now - last_at > budget.memory else failures


def wait_left(failures: int, last_at: datetime, budget: Budget, now: datetime) -> timedelta:
    """How long until the next try is looked at; zero when it may be now."""
    counted = failures_now(failures, last_at, budget, now)
    if counted <= budget.free:
        return timedelta(0)
    delay = min(timedelta(seconds=2 ** min(counted - budget.free, 20)), budget.longest)
    if budget.exhausted_at and counted >= budget.exhausted_at:
        delay = budget.pause
    return max(last_at + delay - now, timedelta(0))


def subjects(account_id: int, typed: str, network: str) -> dict[str, Budget]:
    """Whose budgets the try of a mail program draws on.

    An unknown name is counted as an account is, by what was typed.
    """
    return {target_of(account_id, typed): ACCOUNT, f"network:{network}": NETWORK}


def near_of(target: str, network: str) -> str:
    """The subject of one name tried from one network."""
    return f"near:{target}:{network}"


@dataclass(frozen=True, slots=True)
class Tried:
    """A try by a mail program. `secret_sha256`: of the password given, in hexadecimal."""

    name: str
    network: str
    secret_sha256: str = field(repr=False)
    protocol: str


def target_of(account_id: int, typed: str) -> str:
    """Who is aimed at: an account, or a name that nobody has."""
    typed_sha256 = hashlib.sha256(typed.strip().lower().encode()).hexdigest()[:32]
    return f"account:{account_id}" if account_id else f"name:{typed_sha256}"


def sprayed(secret_sha256: str, network: str, key: bytes) -> dict[str, Budget]:
    """What a spray draws on. The secret is kept as a short keyed digest, and forgotten."""
    mark = hmac.digest(key, f"sprayed {secret_sha256}".encode(), "sha256").hex()[:12]
    return {f"secret:{mark}": SAME_SECRET, f"spread:{network}": MANY_ACCOUNTS}


def network_named(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """An IPv4 address, or the /64 of an IPv6 one (a home has that many)."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)

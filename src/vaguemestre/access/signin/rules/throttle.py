"""Throttle: delays after failures. They fade, and never become a lockout a stranger could cause."""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Budget:
    """A failure budget: `free` failures cost nothing, then 2 s, doubled up to `longest`; `memory`: its reset.

    From `exhausted_at` failures on (0: never), `pause` between attempts.
    """

    free: int
    longest: timedelta
    memory: timedelta
    exhausted_at: int = 0
    pause: timedelta = timedelta(hours=1)


# docs/security.md §5.1: delay from the fifth failure, about 25 guesses a day against one account.
ACCOUNT = Budget(free=4, longest=timedelta(minutes=15), memory=timedelta(hours=24), exhausted_at=20)
# One name from one network, on pages: proof of work instead of a delay, 25 guesses a day (CNIL 2022-100).
NEAR = Budget(free=4, longest=timedelta(0), memory=timedelta(hours=24), exhausted_at=25)
# One name from everywhere, on pages (NIST SP 800-63B-4: a hundred consecutive failures at most).
ANYWHERE = Budget(free=4, longest=timedelta(0), memory=timedelta(hours=24), exhausted_at=100)
# Browsers without scripts wait instead of working: counted by network.
WAITED = Budget(free=20, longest=timedelta(seconds=30), memory=timedelta(hours=1))
# A school is one address for hundreds of people.
NETWORK = Budget(free=30, longest=timedelta(seconds=30), memory=timedelta(hours=1))
# Password spraying: one secret tried on many accounts, or many accounts from one network. Each account counts
# once; a school has a hundred people behind one address, and many mistype on Monday morning.
SAME_SECRET = Budget(free=10, longest=timedelta(minutes=5), memory=timedelta(hours=1))
MANY_ACCOUNTS = Budget(free=40, longest=timedelta(minutes=1), memory=timedelta(hours=1))
# A mail client that keeps trying a revoked app password is throttled on its own network only.
PROGRAM = Budget(free=20, longest=timedelta(minutes=5), memory=timedelta(hours=1))
# The password of a lent file, from everywhere: more than one network can use up in a day, so that whoever has
# the link and not the password does not keep those who have both from the file.
LENT_FILE = Budget(free=100, longest=timedelta(minutes=15), memory=timedelta(hours=24), exhausted_at=120)
# The first try at it of each network counts here instead: some tens of them close the file to no other.
LENT_FILE_FIRST = Budget(
    free=480, longest=timedelta(minutes=15), memory=timedelta(hours=24), exhausted_at=500
)
# The owner's known browser has its own budget, which failures made elsewhere do not spend.
BROWSER = NEAR


def failures_now(failures: int, last_at: datetime, budget: Budget, now: datetime) -> int:
    """Failures that still count."""
    return 0 if now - last_at > budget.memory else failures


def wait_left(failures: int, last_at: datetime, budget: Budget, now: datetime) -> timedelta:
    """Delay before the next attempt is checked; zero when there is none."""
    counted = failures_now(failures, last_at, budget, now)
    if counted <= budget.free:
        return timedelta(0)
    delay = min(timedelta(seconds=2 ** min(counted - budget.free, 20)), budget.longest)
    if budget.exhausted_at and counted >= budget.exhausted_at:
        delay = budget.pause
    return max(last_at + delay - now, timedelta(0))


def program_budgets(account_id: int, typed: str, network: str) -> dict[str, Budget]:
    """The budgets charged for an attempt of a mail client.

    An unknown name is counted like an account, by what was typed.
    """
    return {target_subject(account_id, typed): ACCOUNT, f"network:{network}": NETWORK}


def near_subject(target: str, network: str) -> str:
    """The throttle subject of one name on one network."""
    return f"near:{target}:{network}"


@dataclass(frozen=True, slots=True)
class ProgramAttempt:
    """A sign-in attempt of a mail client. `secret_sha256`: of the password, in hexadecimal."""

    name: str
    network: str
    secret_sha256: str = field(repr=False)
    protocol: str


def target_subject(account_id: int, typed: str) -> str:
    """The throttle subject of an account, or of a name no account has."""
    typed_sha256 = hashlib.sha256(typed.strip().lower().encode()).hexdigest()[:32]
    return f"account:{account_id}" if account_id else f"name:{typed_sha256}"


def spray_budgets(secret_sha256: str, network: str, key: bytes) -> dict[str, Budget]:
    """The budgets against spraying. The secret is stored only as a short keyed digest."""
    mark = hmac.digest(key, f"sprayed {secret_sha256}".encode(), "sha256").hex()[:12]
    return {f"secret:{mark}": SAME_SECRET, f"spread:{customer_network(network)}": MANY_ACCOUNTS}


def network_of_address(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """An IPv4 address, or the /64 of an IPv6 one (one home has that many)."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def customer_network(network: str) -> str:
    """The /48 of an IPv6 network, as much as one customer may have (RFC 6177); others as they are."""
    try:
        return str(ipaddress.IPv6Network(network).supernet(new_prefix=48))
    except ValueError:
        return network

"""The toll of a try before it is looked at: work above the brakes, a refusal only past a ceiling.

Waiting belongs to whoever fails: the brakes of a network, of a secret or of everybody never close the door to
a name that was not tried there yet. They ask its browser for a proof of work; one without scripts waits.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from vaguemestre.access.signin.rules.throttle import Budget, failures_now

HIGHEST_LEVEL = 7
CROWD_LEVEL = 5  # the most that others' failures may ask of a browser: some seconds
PATIENCE = timedelta(minutes=5)  # a challenge is good that long
PUZZLES = 8  # several small ones: the time they take varies less than one large one's
_BASE_BITS = 11  # level 1: 8 x 4096 digests on average, about half a second of a browser's processor
_LONGEST_ANSWER = 400


@dataclass(frozen=True, slots=True)
class Count:
    """Failures against one subject, as kept: they fade by the memory of its budget."""

    failures: int
    last_at: datetime
    budget: Budget

    def at(self, now: datetime) -> int:
        return failures_now(self.failures, self.last_at, self.budget, now)


@dataclass(frozen=True, slots=True)
class Toll:
    """`level` of the work asked (0: none); `wait`: how long nothing is looked at, whatever work is done."""

    level: int = 0
    wait: timedelta = timedelta(0)


def toll(own: Count, crowd: Collection[Count], *, total: Count | None, pressure: int, now: datetime) -> Toll:
    """The toll of a try.

    `own`: failures of that name from that network (or of its owner's browser); `crowd`: what it shares with
    others; `total`: of that name from anywhere, closed past its budget to networks that failed on it;
    `pressure`: the level the whole instance asks for. A name's first try from a network never waits.
    """
    mine = own.at(now)
    if mine and (wait := max(_pause_left(own, now), _pause_left(total, now) if total else timedelta(0))):
        return Toll(wait=wait)
    shared = max((crowd_level(one.at(now), one.budget.free) for one in crowd), default=0)
    level: int = max(mine - own.budget.free, 0)
    return Toll(min(max(level, min(max(shared, pressure), CROWD_LEVEL)), HIGHEST_LEVEL))


def crowd_level(failures: int, free: int) -> int:
    """0 up to `free` failures, then 1, one more each time they double."""
    doublings: int = (failures // (free + 1)).bit_length()
    return doublings


def waited_seconds(level: int) -> int:
    """How long a browser without scripts waits in place of a work of that level."""
    return 2 << level


def bits_of(level: int) -> int:
    """Leading zero bits each puzzle of that level asks for: one more doubles the work."""
    return _BASE_BITS + level


def is_solved(challenge: str, level: int, answer: str) -> bool:
    """Whether the answer (`PUZZLES` numbers joined by commas) solves every puzzle of the challenge.

    Number n solves puzzle i if SHA-256(`challenge:i:n`) begins with enough zero bits.
    """
    numbers = answer[:_LONGEST_ANSWER].split(",")
    return len(numbers) == PUZZLES and all(
        number.isascii() and number.isdigit() and zero_bits(f"{challenge}:{index}:{number}") >= bits_of(level)
        for index, number in enumerate(numbers)
    )


def zero_bits(text: str) -> int:
    """Leading zero bits of the text's SHA-256."""
    return 256 - int.from_bytes(hashlib.sha256(text.encode()).digest()).bit_length()


@dataclass(frozen=True, slots=True)
class Price:
    """The subjects a try is charged to. `own` is among `budgets`; `watched` is charged elsewhere."""

    own: str
    budgets: Mapping[str, Budget]
    watched: Mapping[str, Budget] = field(default_factory=dict)
    total: str = ""
    network: str = ""
    pressure: int = 0


@dataclass(frozen=True, slots=True)
class Unpaid:
    """Not looked at: work of `level` is due at that `count` of `subject`, or nothing helps for `wait` s."""

    level: int
    count: int
    subject: str
    wait: int = 0


@dataclass(frozen=True, slots=True)
class VainTries:
    """Tries of a process that opened nothing lately: above a budget, every strange browser works."""

    moments: Sequence[datetime] = ()

    WINDOW = timedelta(seconds=10)
    FREE = 20

    def with_one_more(self, now: datetime) -> "VainTries":
        return VainTries((*self._recent(now)[-1000:], now))

    def level(self, now: datetime) -> int:
        return crowd_level(len(self._recent(now)), self.FREE)

    def _recent(self, now: datetime) -> Sequence[datetime]:
        return tuple(one for one in self.moments if now - one < self.WINDOW)


def _pause_left(count: Count, now: datetime) -> timedelta:
    budget = count.budget
    if not budget.exhausted_at or count.at(now) < budget.exhausted_at:
        return timedelta(0)
    return max(count.last_at + budget.pause - now, timedelta(0))

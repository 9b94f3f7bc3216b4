"""What an attempt must do before it is checked: proof of work, and a refusal only past a ceiling.

Only the origin of failures waits: counters of a network, a secret or the whole instance never refuse a name
not tried there yet. They require proof of work from its browser; one without scripts waits.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from vaguemestre.access.signin.rules.throttle import Budget, failures_now

HIGHEST_LEVEL = 7
CROWD_LEVEL = 5  # the most that failures of others may require: some seconds of work
CHALLENGE_LIFETIME = timedelta(minutes=5)  # how long a challenge is valid
PUZZLE_COUNT = 8  # several small puzzles: their total time varies less than one large one's
_BASE_BITS = 11  # level 1: 8 x 4096 digests on average, about half a second of a browser's processor
_MAX_ANSWER_CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class Count:
    """Stored failures against one subject; they fade by the memory of its budget."""

    failures: int
    last_at: datetime
    budget: Budget

    def at(self, now: datetime) -> int:
        """Failures that still count."""
        return failures_now(self.failures, self.last_at, self.budget, now)


@dataclass(frozen=True, slots=True)
class RequiredWork:
    """`level` of the work required (0: none); `wait`: how long no attempt is checked, whatever the work."""

    level: int = 0
    wait: timedelta = timedelta(0)


def required_work(
    own: Count, crowd: Collection[Count], *, total: Count | None, pressure: int, now: datetime
) -> RequiredWork:
    """What an attempt must do before it is checked.

    `own`: failures of that name on that network (or in its owner's browser); `crowd`: counters shared with
    others; `total`: failures of that name anywhere, which past its budget block the networks that failed on
    it; `pressure`: the level the whole instance requires. A name's first attempt from a network never waits.
    """
    failures = own.at(now)
    if failures and (wait := max(_pause_left(own, now), _pause_left(total, now) if total else timedelta(0))):
        return RequiredWork(wait=wait)
    shared = max((crowd_level(count.at(now), count.budget.free) for count in crowd), default=0)
    level: int = max(failures - own.budget.free, 0)
    return RequiredWork(min(max(level, min(max(shared, pressure), CROWD_LEVEL)), HIGHEST_LEVEL))


def crowd_level(failures: int, free: int) -> int:
    """0 up to `free` failures, then 1, plus one each time they double."""
    doublings: int = (failures // (free + 1)).bit_length()
    return doublings


def waited_seconds(level: int) -> int:
    """How long a browser without scripts waits instead of a work of that level."""
    return 2 << level


def bits_of(level: int) -> int:
    """Leading zero bits each puzzle of that level requires; one more doubles the work."""
    return _BASE_BITS + level


def is_solved(challenge: str, level: int, answer: str) -> bool:
    """Whether the answer (`PUZZLE_COUNT` numbers joined by commas) solves every puzzle of the challenge.

    Number n solves puzzle i if SHA-256(`challenge:i:n`) begins with enough zero bits.
    """
    numbers = answer[:_MAX_ANSWER_CHARACTERS].split(",")
    return len(numbers) == PUZZLE_COUNT and all(
        number.isascii() and number.isdigit() and zero_bits(f"{challenge}:{index}:{number}") >= bits_of(level)
        for index, number in enumerate(numbers)
    )


def zero_bits(text: str) -> int:
    """Leading zero bits of the text's SHA-256."""
    return 256 - int.from_bytes(hashlib.sha256(text.encode()).digest()).bit_length()


@dataclass(frozen=True, slots=True)
class Price:
    """The subjects an attempt is charged to. `own` is one of `budgets`; `watched` is charged elsewhere."""

    own: str
    budgets: Mapping[str, Budget]
    watched: Mapping[str, Budget] = field(default_factory=dict)
    total: str = ""
    network: str = ""
    pressure: int = 0


@dataclass(frozen=True, slots=True)
class WorkDue:
    """Not checked yet: work of `level` is due at that `count` of `subject`, or a wait of `wait` seconds."""

    level: int
    count: int
    subject: str
    wait: int = 0


@dataclass(frozen=True, slots=True)
class RecentFailures:
    """Recent failed attempts of a process. Above a budget, every unknown browser must work."""

    moments: Sequence[datetime] = ()

    WINDOW = timedelta(seconds=10)
    FREE = 20

    def plus_one(self, now: datetime) -> "RecentFailures":
        return RecentFailures((*self._recent(now)[-1000:], now))

    def level(self, now: datetime) -> int:
        return crowd_level(len(self._recent(now)), self.FREE)

    def _recent(self, now: datetime) -> Sequence[datetime]:
        return tuple(moment for moment in self.moments if now - moment < self.WINDOW)


def _pause_left(count: Count, now: datetime) -> timedelta:
    budget = count.budget
    if not budget.exhausted_at or count.at(now) < budget.exhausted_at:
        return timedelta(0)
    return max(count.last_at + budget.pause - now, timedelta(0))

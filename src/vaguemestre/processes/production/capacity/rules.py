"""Machines for so many people with such habits: pure arithmetic, never fewer machines for more people."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from vaguemestre.processes.production.capacity.habits import Habits
from vaguemestre.processes.production.capacity.measures import (
    ACTS,
    BESIDE_LETTER,
    HOLDINGS,
    MARK,
    STEP,
    STEPS_EACH,
    Kind,
)

_DAY = 86_400
_DATABASES = 3  # a majority of etcd remains when one dies


class Size(NamedTuple):
    """Something to serve: `people` in all, in that many installations apart."""

    name: str
    people: int
    installations: int = 1


class Need(NamedTuple):
    """Machines of one kind, over all installations; `cores` and `memory` are what the peak takes in all.

    `each_cores` and `each_gb`: what one machine has. `spare`: how many of `machines` may die at the peak.
    """

    kind: Kind
    cores: float
    memory_gb: float
    machines: int
    spare: int
    each_cores: float
    each_gb: float
    decided_by: str


class Disk(NamedTuple):
    """TB on disk over all installations: one copy of everything."""

    mail: float
    steps: float


class Peak(NamedTuple):
    """How often something is done, a second, at the busiest moment."""

    means: str
    each_second: float


def peaks(people: int, habits: Habits) -> Iterator[Peak]:
    """The peak of each act, in the order of ACTS."""
    for act in ACTS:
        yield Peak(act.means, people * _rate(act.rate, habits))


def machines_for(size: Size, habits: Habits) -> tuple[Need, ...]:
    """What each kind needs. People are spread evenly over installations, the last part rounded up."""
    people = math.ceil(size.people / size.installations)
    return tuple(_times(_need(kind, people, habits), size.installations) for kind in Kind)


def total(needs: Sequence[Need]) -> int:
    return sum(need.machines for need in needs)


def disk_for(people: int, habits: Habits) -> Disk:
    """Mail with what lies beside it, and steps and marks of messages for as long as they are kept."""
    letters = habits.mailbox_gb * 1e6 / habits.letter_kb
    mail = people * (habits.mailbox_gb * 1e9 + letters * BESIDE_LETTER.figure)
    each = STEPS_EACH.figure * STEP.figure + habits.marks_each * MARK.figure
    steps = people * habits.deliveries_a_day * habits.kept_days * each
    return Disk(mail / 1e12, steps / 1e12)


def _need(kind: Kind, people: int, habits: Habits) -> Need:
    cores = people * sum(_rate(act.rate, habits) * act.cost.get(kind, 0) for act in ACTS) / 1000
    memory = people * sum(getattr(habits, one.share) * one.memory.get(kind, 0) for one in HOLDINGS) / 1024
    if kind is Kind.DATABASE:
        return _databases(cores, habits)
    wanted = {
        "processeur": cores / (habits.cores * habits.busy),
        "mémoire": memory / (habits.memory_gb * habits.full),
        "boîtes par groupe": people / habits.mailboxes_each if kind is Kind.POD else 0.0,
    }
    decided_by = max(wanted, key=lambda reason: wanted[reason])
    serving = max(1, math.ceil(wanted[decided_by]))
    spare = max(1, math.ceil(serving * habits.spare))
    if wanted[decided_by] <= 1:
        decided_by = "qu’une autre reste"
    return Need(
        kind, cores, memory, serving + spare, spare, habits.cores, habits.memory_gb, decided_by
    )  # fmt: skip


def _databases(cores: float, habits: Habits) -> Need:
    """Three, and one of them writes: more work asks for larger machines, not for more of them."""
    doublings = max(0, math.ceil(math.log2(max(cores, 1e-9) / (habits.cores * habits.busy))))
    larger = float(2**doublings)
    decided_by = "une majorité d’etcd reste"
    each_cores, each_gb = habits.cores * larger, habits.memory_gb * larger
    return Need(Kind.DATABASE, cores, 0.0, _DATABASES, 1, each_cores, each_gb, decided_by)


def _rate(name: str, habits: Habits) -> float:
    """Acts of one person per second, at the busiest moment."""
    if name == "sign_ins_at_once":  # a Monday morning has nothing of an even day
        return habits.sign_ins_at_once / (60 * habits.sign_ins_minutes)
    if name == "programs":  # each minute of each of them
        return habits.programs / 60
    each_day: float = getattr(habits, name)
    return each_day * habits.peak / _DAY


def _times(need: Need, installations: int) -> Need:
    return need._replace(
        cores=need.cores * installations, memory_gb=need.memory_gb * installations,
        machines=need.machines * installations, spare=need.spare * installations,
    )  # fmt: skip

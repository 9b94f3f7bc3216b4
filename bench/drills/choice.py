"""Which fault comes next: the same seed, the same faults. Pure."""

import random
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

RUN_FAULTS = 20


class Kind(StrEnum):
    POWER = "power"  # every process gone at once, and the cable
    CABLE = "cable"  # nothing comes and nothing goes
    DEAF = "deaf"  # nothing comes
    MUTE = "mute"  # nothing goes
    FROZEN = "frozen"  # SIGSTOP of all processes of a unit
    FULL = "full"  # no byte left on a disk
    SWITCH = "switch"  # another database on purpose
    RESTART = "restart"  # an orderly stop, then a start, as an upgrade of Debian does
    UPGRADE = "upgrade"  # another version of ours by bin/install


class Fault(NamedTuple):
    """`node`: a machine; « storage » for the disk of the pod. `unit`: what is frozen there."""

    kind: Kind
    node: str
    unit: str = ""
    seconds: float = 0.0  # until it is mended

    @property
    def words(self) -> str:
        return " ".join(filter(None, (self.kind, self.node, self.unit)))


# Each of them as often as it stands here, in each run of twenty.
WEIGHTS = {
    Kind.POWER: 5, Kind.CABLE: 2, Kind.DEAF: 2, Kind.MUTE: 2, Kind.FROZEN: 3, Kind.FULL: 2, Kind.SWITCH: 1,
    Kind.RESTART: 2, Kind.UPGRADE: 1,
}  # fmt: skip
_LONGEST_SECONDS = 35
_SHORTEST_SECONDS = 20


class Places(NamedTuple):
    """Where faults may strike."""

    nodes: Sequence[str]
    databases: Sequence[str]
    disks: Sequence[str]
    upgraded: Sequence[str]
    units: Mapping[str, Sequence[str]]  # of each node, what may freeze


def faults(seed: int, places: Places) -> Iterator[Fault]:
    """Twenty after twenty, without end."""
    chance = random.Random(seed)
    nodes = _in_turn(chance, places.nodes)
    while True:
        kinds = [kind for kind, weight in WEIGHTS.items() for _ in range(weight)]
        chance.shuffle(kinds)
        for kind in kinds:
            yield _fault(chance, kind, places, nodes)


def _fault(chance: random.Random, kind: Kind, places: Places, nodes: Iterator[str]) -> Fault:
    seconds = float(chance.randint(_SHORTEST_SECONDS, _LONGEST_SECONDS))
    match kind:
        case Kind.FULL:
            return Fault(kind, chance.choice(places.disks), seconds=seconds)
        case Kind.SWITCH:
            return Fault(kind, chance.choice(places.databases))
        case Kind.UPGRADE:
            return Fault(kind, chance.choice(places.upgraded))
        case Kind.FROZEN:
            node = next(nodes)
            return Fault(kind, node, chance.choice(places.units[node]), seconds)
        case _:
            return Fault(kind, next(nodes), seconds=seconds)


def _in_turn(chance: random.Random, nodes: Sequence[str]) -> Iterator[str]:
    """Every node before one comes again."""
    while True:
        yield from chance.sample(nodes, len(nodes))

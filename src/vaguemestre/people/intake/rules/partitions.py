"""A file and the people known, cut into parts that have nothing to do with each other.

What shares a NUMEN, a dossier or a likeness, nearer or farther, stays together: each part may be compared
alone, and all of them give what the whole would. Only numbers are kept of a line (some 50 bytes) and of a
person (some 40), so that a million of each fit in memory. Keys are hashes: two that are equal by accident
only keep together what could have been apart.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum


class Kind(IntEnum):
    """What two lines, or a line and a person, may share."""

    DOSSIER = 0
    NUMEN = 1
    LIKENESS = 2


type Keys = Iterable[tuple[Kind, int]]  # each with its hash, 64 bits
type Place = tuple[int, int, int]  # of a row: its number, where it begins, its length


@dataclass(frozen=True, slots=True)
class Part:
    """Lines, in the order of the file, and the people they may have to do with."""

    begins: int  # the number of its first line
    rows: tuple[Place, ...]
    people: tuple[int, ...]


@dataclass
class _Shared:
    keys: array[int] = field(default_factory=lambda: array("q"))
    nodes: array[int] = field(default_factory=lambda: array("I"))


class Parting:
    """First every line, then every person by increasing id, then `parts`."""

    def __init__(self) -> None:
        self._numbers, self._starts, self._lengths = array("I"), array("Q"), array("I")
        self._people = array("Q")
        self._shared = {kind: _Shared() for kind in Kind}
        self._roots = array("I")

    @property
    def lines(self) -> int:
        return len(self._numbers)

    def add_line(self, place: Place, keys: Keys) -> None:
        self._keep(len(self._numbers), keys)
        for column, value in zip((self._numbers, self._starts, self._lengths), place, strict=True):
            column.append(value)

    def add_person(self, person_id: int, keys: Keys) -> None:
        self._people.append(person_id)
        self._keep(self.lines + len(self._people) - 1, keys)

    def add_keys(self, person_id: int, keys: Keys) -> None:
        """More keys of somebody added; nothing for anybody else."""
        place = bisect_left(self._people, person_id)
        if place < len(self._people) and self._people[place] == person_id:
            self._keep(self.lines + place, keys)

    def parts(self, size: int) -> Iterator[Part]:
        """All the lines, some `size` at a time, in the order in which what belongs together begins."""
        self._join_all()
        lines, roots = self.lines, self._roots
        order = array("I", sorted(range(lines), key=roots.__getitem__))
        found = (node for node in range(lines, len(roots)) if roots[node] < lines)
        people = array("I", sorted(found, key=roots.__getitem__))
        start = person = 0
        while start < lines:
            end = min(start + size, lines)
            while end < lines and roots[order[end]] == roots[order[end - 1]]:
                end += 1
            after, last = person, roots[order[end - 1]]
            while after < len(people) and roots[people[after]] <= last:
                after += 1
            yield Part(
                self._numbers[order[start]],
                tuple(
                    (self._numbers[n], self._starts[n], self._lengths[n]) for n in sorted(order[start:end])
                ),
                tuple(self._people[node - lines] for node in sorted(people[person:after])),
            )
            start, person = end, after

    def apart(self, person_ids: Iterable[int], size: int) -> Iterator[tuple[int, ...]]:
        """Those of these people with whom no line has anything to do."""
        self._join_all()
        some: list[int] = []
        for person_id in person_ids:
            place = bisect_left(self._people, person_id)
            known = place < len(self._people) and self._people[place] == person_id
            if known and self._roots[self.lines + place] >= self.lines:
                some.append(person_id)
            if len(some) == size:
                yield tuple(some)
                some = []
        if some:
            yield tuple(some)

    def _keep(self, node: int, keys: Keys) -> None:
        for kind, key in keys:
            shared = self._shared[kind]
            shared.keys.append(key)
            shared.nodes.append(node)

    def _join_all(self) -> None:
        """Once: each node's root is the first of those it belongs with."""
        if self._roots:
            return
        parents = array("I", range(self.lines + len(self._people)))
        for kind in Kind:
            shared = self._shared.pop(kind)
            for nodes in _runs(shared):
                for node in nodes[1:]:
                    _join(parents, nodes[0], node)
        for node in range(len(parents)):
            parents[node] = parents[parents[node]]
        self._roots = parents


def _runs(shared: _Shared) -> Iterator[list[int]]:
    """Nodes that share a key, in order, for each key that several have."""
    keys, nodes = shared.keys, shared.nodes
    run: list[int] = []
    before = None
    for place in sorted(range(len(keys)), key=keys.__getitem__):
        if keys[place] == before:
            run.append(nodes[place])
            continue
        if len(run) > 1:
            yield run
        run, before = [nodes[place]], keys[place]
    if len(run) > 1:
        yield run


def _join(parents: array[int], one: int, other: int) -> None:
    """The lesser root becomes the root of both."""
    first, second = _root(parents, one), _root(parents, other)
    parents[max(first, second)] = min(first, second)


def _root(parents: array[int], node: int) -> int:
    while parents[node] != node:
        parents[node] = node = parents[parents[node]]
    return node

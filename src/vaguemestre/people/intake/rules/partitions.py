"""Partition a file and the registered people into independent sets (connected components).

Lines and people who share a NUMEN, a dossier or a similarity key, directly or through others, stay in one
partition: each may be compared alone, and together they give what the whole would. A line takes some 50 bytes
and a person some 40, so that a million of each fit in memory. Keys are hashes: a collision only joins two
partitions that could have been apart.

For example, in this file and among these registered people:

    line 2    NUMEN A    dossier 1          person 7    NUMEN A    dossier 3
    line 3    NUMEN B    dossier 2          person 8    NUMEN D    dossier 4
    line 4    NUMEN C    dossier 3

lines 2 and 4 are compared together, with person 7, who shares the NUMEN of one and the dossier of the other;
line 3 is compared with nobody; person 8, whom no line may concern, is `absent`.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple


class SharedKey(IntEnum):
    """The kind of a key that two lines, or a line and a person, may share."""

    DOSSIER = 0
    NUMEN = 1
    SIMILARITY = 2


type NodeKeys = Iterable[tuple[SharedKey, int]]  # kind and 64-bit hash


class RowPosition(NamedTuple):
    """Position of a row in the file: its number, first byte and length in bytes."""

    number: int
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Partition:
    """Rows, in the order of the file, and the people they may concern."""

    begins: int  # the number of its first row
    rows: tuple[RowPosition, ...]
    people: tuple[int, ...]


@dataclass
class _KeyIndex:
    keys: array[int] = field(default_factory=lambda: array("q"))
    nodes: array[int] = field(default_factory=lambda: array("I"))


class Partitioner:
    """Union-find over lines and people: add every line, then every person by id, then read `partitions`."""

    def __init__(self) -> None:
        self._numbers, self._starts, self._lengths = array("I"), array("Q"), array("I")
        self._people = array("Q")
        self._shared = {kind: _KeyIndex() for kind in SharedKey}
        self._roots = array("I")

    @property
    def lines(self) -> int:
        return len(self._numbers)

    def add_line(self, position: RowPosition, keys: NodeKeys) -> None:
        self._add_keys(len(self._numbers), keys)
        for column, value in zip((self._numbers, self._starts, self._lengths), position, strict=True):
            column.append(value)

    def add_person(self, person_id: int, keys: NodeKeys) -> None:
        self._people.append(person_id)
        self._add_keys(self.lines + len(self._people) - 1, keys)

    def add_keys(self, person_id: int, keys: NodeKeys) -> None:
        """Add keys to a person added before; ignore anybody else."""
        place = bisect_left(self._people, person_id)
        if place < len(self._people) and self._people[place] == person_id:
            self._add_keys(self.lines + place, keys)

    def partitions(self, size: int) -> Iterator[Partition]:
        """Partitions of all lines, about `size` lines each, ordered by the first line of their components."""
        self._join_all()
        lines, roots = self.lines, self._roots
        order = array("I", sorted(range(lines), key=roots.__getitem__))
        linked = (node for node in range(lines, len(roots)) if roots[node] < lines)
        people = array("I", sorted(linked, key=roots.__getitem__))
        start = person = 0
        while start < lines:
            end = min(start + size, lines)
            while end < lines and roots[order[end]] == roots[order[end - 1]]:
                end += 1
            after, last = person, roots[order[end - 1]]
            while after < len(people) and roots[people[after]] <= last:
                after += 1
            yield Partition(
                self._numbers[order[start]],
                tuple(
                    RowPosition(self._numbers[n], self._starts[n], self._lengths[n])
                    for n in sorted(order[start:end])
                ),
                tuple(self._people[node - lines] for node in sorted(people[person:after])),
            )
            start, person = end, after

    def absent(self, person_ids: Iterable[int], size: int) -> Iterator[tuple[int, ...]]:
        """Batches of those of these people whom no line may concern."""
        self._join_all()
        batch: list[int] = []
        for person_id in person_ids:
            place = bisect_left(self._people, person_id)
            is_added = place < len(self._people) and self._people[place] == person_id
            if is_added and self._roots[self.lines + place] >= self.lines:
                batch.append(person_id)
            if len(batch) == size:
                yield tuple(batch)
                batch = []
        if batch:
            yield tuple(batch)

    def _add_keys(self, node: int, keys: NodeKeys) -> None:
        for kind, key in keys:
            shared = self._shared[kind]
            shared.keys.append(key)
            shared.nodes.append(node)

    def _join_all(self) -> None:
        """Compute, once, the root of each node: the first node of its component."""
        if self._roots:
            return
        parents = array("I", range(self.lines + len(self._people)))
        for kind in SharedKey:
            shared = self._shared.pop(kind)
            for nodes in _nodes_by_key(shared):
                for node in nodes[1:]:
                    _join(parents, nodes[0], node)
        for node in range(len(parents)):
            parents[node] = parents[parents[node]]
        self._roots = parents


def _nodes_by_key(shared: _KeyIndex) -> Iterator[list[int]]:
    """For each key that several nodes have, those nodes in order."""
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

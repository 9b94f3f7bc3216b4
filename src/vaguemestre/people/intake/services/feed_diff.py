"""Compare a feed with the directory: in memory if both are small, partition by partition if not."""

import gc
import heapq
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count, islice
from typing import Any, overload

from vaguemestre.people.credentials.queries import count_open_accounts
from vaguemestre.people.directory.queries import (
    count_people,
    count_people_elsewhere,
    dossiers_by_person,
    numen_digests_by_person,
    post_holders,
    uais_elsewhere,
)
from vaguemestre.people.directory.rules.numen_vault import digest
from vaguemestre.people.directory.rules.similarity import identity_of
from vaguemestre.people.directory.values import CivilStatus, NumenKeys
from vaguemestre.people.intake import queries
from vaguemestre.people.intake.feed_parsers import hr
from vaguemestre.people.intake.feed_parsers.csv_lines import Sheet
from vaguemestre.people.intake.ports import ClosingDays
from vaguemestre.people.intake.rules import LimitCounts, build_plan, limit_refusal, taken_from
from vaguemestre.people.intake.rules.partitions import Partition, Partitioner, RowPosition, SharedKey
from vaguemestre.people.intake.rules.possible_matches import similarity_keys
from vaguemestre.people.intake.values import (
    Arrival,
    Change,
    ImportTerms,
    ParsedFeed,
    Plan,
    PossibleMatch,
    Record,
    RefusedLine,
    Transfer,
)

# lines and people, 2.7 KB each: up to this sum all are compared in memory, which is faster
IN_MEMORY_LIMIT = 150_000
PARTITION_SIZE = 2_000  # lines, or people absent from the feed, compared at once beyond that limit
_KINDS: tuple[str, ...] = ("arrivals", "changes", "transfers", "possible_matches", "departures")
_AFTER_LAST_LINE = 1 << 62  # sorts after every line: people absent from the feed

type _Item = Arrival | Change | Transfer | PossibleMatch


def compare_with_directory(
    sheet: Sheet, academy_id: int, terms: ImportTerms, keys: NumenKeys, closing_days: ClosingDays
) -> tuple[Plan, int]:
    """The plan of the feed, and how many lines were read."""
    if sheet.last + count_people() <= IN_MEMORY_LIMIT:
        with _without_collector():
            reading = hr.parse_sheet(sheet, terms.today)
            snapshot = queries.academy_snapshot(academy_id, closing_days)
            plan = build_plan(reading, snapshot, terms, cache(lambda numen: digest(numen, keys)))
        return plan, len(reading.records) + len(reading.refused)
    partitioned = _PartitionedFeed(sheet, academy_id, terms, keys, closing_days)
    return partitioned.plan(), partitioned.lines


@contextmanager
def _without_collector() -> Iterator[None]:
    """Pause Python's garbage collector: it took a fifth of the time, and these values form no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _LazySequence[T](Sequence[T]):
    """A sequence of known length that makes its items again at each iteration."""

    def __init__(self, count: int, make: Callable[[], Iterator[T]]) -> None:
        self._count, self._make = count, make

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[T]:
        return self._make() if self._count else iter(())

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        if isinstance(place, slice):
            start, stop, step = place.indices(self._count)
            return tuple(islice(self, start, stop, step))
        return self[place : place + 1][0]


@dataclass
class _Totals:
    """Counts over all partitions. `holders`: for each kind of item, the partitions that have some."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_KINDS, 0))
    holders: dict[str, set[int]] = field(default_factory=lambda: {kind: set() for kind in _KINDS})
    refused: list[RefusedLine] = field(default_factory=list)
    uais: set[str] = field(default_factory=set)
    mentioned: set[int] = field(default_factory=set)
    unchanged: int = 0
    ended_already: int = 0
    accounts: int = 0
    unresolved_lines: int = 0
    unknown_statuses: Counter[str] = field(default_factory=Counter)
    taken: Counter[int] = field(default_factory=Counter)  # people by the académie they would leave


class _PartitionedFeed:
    """A feed and an académie too large for memory: only keys stay there; partitions are read in turn."""

    def __init__(
        self, sheet: Sheet, academy_id: int, terms: ImportTerms, keys: NumenKeys, closing_days: ClosingDays
    ) -> None:
        self._closing_days = closing_days
        self._sheet, self._academy_id, self._terms, self._keys = sheet, academy_id, terms, keys
        self._is_only_academy = not count_people_elsewhere(academy_id)
        self._uais_elsewhere = uais_elsewhere(academy_id)
        self._partitioner = Partitioner()
        for row in sheet.rows():
            parsed = hr.parse_row(sheet, row, terms.today)
            self._partitioner.add_line(RowPosition(row.number, row.start, row.length), self._keys_of(parsed))
        self.lines = self._partitioner.lines
        for person_id, dossier in dossiers_by_person(academy_id):
            self._partitioner.add_person(person_id, ((SharedKey.DOSSIER, hash(dossier)),))
        for person_id, civil, uai in post_holders(academy_id):
            self._partitioner.add_keys(person_id, _similarity_keys(civil, uai))
        for person_id, numen_digest in numen_digests_by_person(academy_id):
            self._partitioner.add_keys(person_id, ((SharedKey.NUMEN, hash(numen_digest)),))
        for dossier, person_id in queries.confirmed_matches(academy_id):
            self._partitioner.add_keys(person_id, ((SharedKey.DOSSIER, hash(dossier)),))

        self._people_of_source = array("Q")
        if terms.full_source:
            self._people_of_source.extend(queries.people_of_source(academy_id, terms.full_source))

    def plan(self) -> Plan:
        totals = self._totals()
        # A partial file belongs to no source, and shows few people: its limit is counted on everybody.
        accounts = totals.accounts if self._terms.full_source else count_open_accounts(self._academy_id)
        open_accounts = {academy_id: count_open_accounts(academy_id) for academy_id in totals.taken}
        counts = LimitCounts(
            totals.counts["departures"],
            accounts,
            len(totals.refused) - totals.unresolved_lines,
            self.lines,
            taken_from(totals.taken, open_accounts),
        )
        return Plan(
            arrivals=self._lazy("arrivals", totals),
            changes=self._lazy("changes", totals),
            transfers=self._lazy("transfers", totals),
            possible_matches=self._lazy("possible_matches", totals),
            departures=self._lazy("departures", totals),
            refused=tuple(sorted(totals.refused, key=lambda line: line.line)),
            unchanged=totals.unchanged,
            ended_already=totals.ended_already,
            accounts_of_source=accounts,
            refusal=limit_refusal(counts, self._terms),
            uais=frozenset(totals.uais),
            mentioned=frozenset(totals.mentioned),
            unknown_statuses=dict(totals.unknown_statuses),
            lines=self.lines,
            unresolved_lines=totals.unresolved_lines,
        )

    def _totals(self) -> _Totals:
        totals = _Totals()
        for number, (_, plan) in enumerate(self._partition_plans()):
            for kind in _KINDS:
                if items := getattr(plan, kind):
                    totals.counts[kind] += len(items)
                    totals.holders[kind].add(number)
            totals.refused += plan.refused
            totals.uais |= plan.uais
            totals.mentioned |= plan.mentioned
            totals.unchanged += plan.unchanged
            totals.ended_already += plan.ended_already
            totals.accounts += plan.accounts_of_source
            totals.unresolved_lines += plan.unresolved_lines
            totals.unknown_statuses.update(plan.unknown_statuses)
            totals.taken.update(transfer.left_academy_id for transfer in plan.transfers)
        return totals

    def _lazy(self, kind: str, totals: _Totals) -> _LazySequence[Any]:
        return _LazySequence(totals.counts[kind], lambda: self._in_order(kind, totals.holders[kind]))

    def _in_order(self, kind: str, holders: set[int]) -> Iterator[_Item]:
        """Items in the order of the file. One that begins after the next partition waits in a heap."""
        waiting, ranks = list[tuple[int, int, _Item]](), count()
        for begins, plan in self._partition_plans(holders):
            while waiting and waiting[0][0] < begins:
                yield heapq.heappop(waiting)[2]
            for item in getattr(plan, kind):
                first = item.lines[0].line if item.lines else _AFTER_LAST_LINE
                heapq.heappush(waiting, (first, next(ranks), item))
        while waiting:
            yield heapq.heappop(waiting)[2]

    def _partition_plans(self, numbers: set[int] | None = None) -> Iterator[tuple[int, Plan]]:
        """(first line, plan) of each partition; only those of these `numbers`, if given."""
        terms = self._terms.confirmed  # limits are counted on everybody
        for number, partition in enumerate(self._partitions()):
            if numbers is None or number in numbers:
                records, refused = hr.split_refused(
                    hr.parse_row(self._sheet, self._sheet.row(*position), terms.today)
                    for position in partition.rows
                )
                digests = {
                    record.numen: digest(record.numen, self._keys) for record in records if record.numen
                }
                snapshot = queries.snapshot_of_people(
                    self._academy_id,
                    partition.people,
                    () if self._is_only_academy else digests.values(),
                    self._closing_days,
                    self._uais_elsewhere,
                )
                parsed = ParsedFeed(records, refused, ())
                yield partition.begins, build_plan(parsed, snapshot, terms, digests.__getitem__)

    def _partitions(self) -> Iterator[Partition]:
        yield from self._partitioner.partitions(PARTITION_SIZE)
        if self._terms.full_source:
            absent = self._partitioner.absent(self._people_of_source, PARTITION_SIZE)
            yield from (Partition(_AFTER_LAST_LINE + 1, (), people) for people in absent)

    def _keys_of(self, parsed: Record | RefusedLine) -> list[tuple[SharedKey, int]]:
        keys = [(SharedKey.DOSSIER, hash(parsed.dossier))] if parsed.dossier else []
        if isinstance(parsed, Record):
            keys += _similarity_keys(parsed.civil, parsed.post.uai)
            if parsed.numen:
                keys.append((SharedKey.NUMEN, hash(digest(parsed.numen, self._keys))))
        return keys


def _similarity_keys(civil: CivilStatus, uai: str) -> list[tuple[SharedKey, int]]:
    return [
        (SharedKey.SIMILARITY, hash(key))
        for key in similarity_keys(identity_of(civil, (uai,) if uai else ()))
    ]

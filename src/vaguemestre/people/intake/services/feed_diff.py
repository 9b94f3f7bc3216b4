"""A feed compared with what we know: at once when both are small, part by part when they are not."""

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
    dossiers_for_intake,
    numen_digests_for_intake,
    served_for_intake,
)
from vaguemestre.people.directory.rules.likeness import identity_of
from vaguemestre.people.directory.rules.numen_vault import digest
from vaguemestre.people.directory.values import CivilStatus, NumenKeys
from vaguemestre.people.intake import queries
from vaguemestre.people.intake.feeds import hr
from vaguemestre.people.intake.feeds.lines import Sheet
from vaguemestre.people.intake.ports import ClosingDays
from vaguemestre.people.intake.rules import Held, plan, refusal
from vaguemestre.people.intake.rules.nearby import shared_by
from vaguemestre.people.intake.rules.partitions import Kind, Part, Parting
from vaguemestre.people.intake.values import (
    Arrival,
    Change,
    Doubtful,
    Plan,
    Reading,
    Record,
    RefusedLine,
    Terms,
    Transfer,
)

WHOLE = 150_000  # lines and people: with that many at most, all are held at once (2.7 KB each, and faster)
PART = 2_000  # lines, or people nobody speaks of, compared at once beyond
_KINDS: tuple[str, ...] = ("arrivals", "changes", "transfers", "doubts", "departures")
_LAST = 1 << 62  # after every line: those of whom no line speaks

type _Item = Arrival | Change | Transfer | Doubtful


def compared(
    sheet: Sheet, academy_id: int, terms: Terms, keys: NumenKeys, closing_days: ClosingDays
) -> tuple[Plan, int]:
    """What applying would do, and how many lines were read."""
    if sheet.last + count_people() <= WHOLE:
        with _without_collector():
            reading = hr.read_all(sheet, terms.today)
            known = queries.known(academy_id, closing_days)
            made = plan(reading, known, terms, cache(lambda numen: digest(numen, keys)))
        return made, len(reading.records) + len(reading.refused)
    large = _Large(sheet, academy_id, terms, keys, closing_days)
    return large.plan(), large.lines


@contextmanager
def _without_collector() -> Iterator[None]:
    """Millions of values are made and kept, in no cycle: looking for cycles took a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Later[T](Sequence[T]):
    """Items made again each time they are asked for; how many is known."""

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
class _Counted:
    """What the parts hold together. `holding`: for each kind of item, the parts that have some."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_KINDS, 0))
    holding: dict[str, set[int]] = field(default_factory=lambda: {kind: set() for kind in _KINDS})
    refused: list[RefusedLine] = field(default_factory=list)
    uais: set[str] = field(default_factory=set)
    mentioned: set[int] = field(default_factory=set)
    unchanged: int = 0
    ended_already: int = 0
    accounts: int = 0
    doubtful_lines: int = 0
    unknown_statuses: Counter[str] = field(default_factory=Counter)


class _Large:
    """A feed and an académie of which only keys are held; each part is read again when its turn comes."""

    def __init__(
        self, sheet: Sheet, academy_id: int, terms: Terms, keys: NumenKeys, closing_days: ClosingDays
    ) -> None:
        self._closing_days = closing_days
        self._sheet, self._academy_id, self._terms, self._keys = sheet, academy_id, terms, keys
        self._alone = not count_people_elsewhere(academy_id)
        self._parting = Parting()
        for row in sheet.rows():
            read = hr.read_row(sheet, row, terms.today)
            self._parting.add_line((row.number, row.start, row.length), self._keys_of(read))
        self.lines = self._parting.lines
        for person_id, dossier in dossiers_for_intake(academy_id):
            self._parting.add_person(person_id, ((Kind.DOSSIER, hash(dossier)),))
        for person_id, civil, uai in served_for_intake(academy_id):
            self._parting.add_keys(person_id, _alike(civil, uai))
        for person_id, held in numen_digests_for_intake(academy_id):
            self._parting.add_keys(person_id, ((Kind.NUMEN, hash(held)),))
        for dossier, person_id in queries.said_same(academy_id):
            self._parting.add_keys(person_id, ((Kind.DOSSIER, hash(dossier)),))

        self._of_source = array("Q")
        if terms.full_source:
            self._of_source.extend(queries.people_of_source(academy_id, terms.full_source))

    def plan(self) -> Plan:
        found = _Counted()
        for number, (_, made) in enumerate(self._planned()):
            for kind in _KINDS:
                if items := getattr(made, kind):
                    found.counts[kind] += len(items)
                    found.holding[kind].add(number)
            found.refused += made.refused
            found.uais |= made.uais
            found.mentioned |= made.mentioned
            found.unchanged += made.unchanged
            found.ended_already += made.ended_already
            found.accounts += made.accounts_of_source
            found.doubtful_lines += made.doubtful_lines
            found.unknown_statuses.update(made.unknown_statuses)
        # A partial file is no source's: its limit is counted on everybody, of whom it shows a few.
        accounts = found.accounts if self._terms.full_source else count_open_accounts(self._academy_id)
        return Plan(
            arrivals=self._later("arrivals", found),
            changes=self._later("changes", found),
            transfers=self._later("transfers", found),
            doubts=self._later("doubts", found),
            departures=self._later("departures", found),
            refused=tuple(sorted(found.refused, key=lambda line: line.line)),
            unchanged=found.unchanged,
            ended_already=found.ended_already,
            accounts_of_source=accounts,
            refusal=refusal(
                Held(
                    found.counts["departures"],
                    accounts,
                    len(found.refused) - found.doubtful_lines,
                    self.lines,
                ),
                self._terms,
            ),
            uais=frozenset(found.uais),
            mentioned=frozenset(found.mentioned),
            unknown_statuses=dict(found.unknown_statuses),
            lines=self.lines,
            doubtful_lines=found.doubtful_lines,
        )

    def _later(self, kind: str, found: _Counted) -> _Later[Any]:
        return _Later(found.counts[kind], lambda: self._in_order(kind, found.holding[kind]))

    def _in_order(self, kind: str, holding: set[int]) -> Iterator[_Item]:
        """As the whole file would have them: by first line. What begins after its part waits for its turn."""
        waiting, ranks = list[tuple[int, int, _Item]](), count()
        for begins, made in self._planned(holding):
            while waiting and waiting[0][0] < begins:
                yield heapq.heappop(waiting)[2]
            for item in getattr(made, kind):
                first = item.lines[0].line if item.lines else _LAST
                heapq.heappush(waiting, (first, next(ranks), item))
        while waiting:
            yield heapq.heappop(waiting)[2]

    def _planned(self, wanted: set[int] | None = None) -> Iterator[tuple[int, Plan]]:
        """Each part with the line it begins at, and what it alone would do; those of `wanted` only."""
        terms = self._terms.confirmed  # limits are counted on everybody
        for number, part in enumerate(self._parts()):
            if wanted is None or number in wanted:
                records, refused = hr.split(
                    hr.read_row(self._sheet, self._sheet.row(*place), terms.today) for place in part.rows
                )
                digests = {
                    record.numen: digest(record.numen, self._keys) for record in records if record.numen
                }
                known = queries.known_among(
                    self._academy_id,
                    part.people,
                    () if self._alone else digests.values(),
                    self._closing_days,
                )
                yield part.begins, plan(Reading(records, refused, ()), known, terms, digests.__getitem__)

    def _parts(self) -> Iterator[Part]:
        yield from self._parting.parts(PART)
        if self._terms.full_source:
            unspoken = self._parting.apart(self._of_source, PART)
            yield from (Part(_LAST + 1, (), people) for people in unspoken)

    def _keys_of(self, read: Record | RefusedLine) -> list[tuple[Kind, int]]:
        keys = [(Kind.DOSSIER, hash(read.dossier))] if read.dossier else []
        if isinstance(read, Record):
            keys += _alike(read.civil, read.post.uai)
            if read.numen:
                keys.append((Kind.NUMEN, hash(digest(read.numen, self._keys))))
        return keys


def _alike(civil: CivilStatus, uai: str) -> list[tuple[Kind, int]]:
    return [(Kind.LIKENESS, hash(key)) for key in shared_by(identity_of(civil, (uai,) if uai else ()))]

"""Rows of a plan as they are shown before anything is decided, and what tells one plan from another."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import batched, chain

from vaguemestre.people.directory.queries import masked_numens
from vaguemestre.people.directory.rules.numen_vault import digest
from vaguemestre.people.directory.values import NewPerson, Numen, NumenKeys
from vaguemestre.people.intake.values import (
    Arrival,
    Change,
    Difference,
    Field,
    Plan,
    PlanRow,
    RowKind,
    Transfer,
)

_AT_ONCE = 500


def plan_rows(plan: Plan, keys: NumenKeys) -> Iterator[PlanRow]:
    """Everybody of the plan: departures, changes, transfers, arrivals; former NUMENs masked."""
    return chain.from_iterable(rows_of(plan, kind, keys) for kind in RowKind)


def rows_of(plan: Plan, kind: RowKind, keys: NumenKeys) -> Iterator[PlanRow]:
    """Those of one list, made as they are asked for."""
    match kind:
        case RowKind.DEPARTURE:
            return _changes(kind, plan.departures, keys)
        case RowKind.CHANGE:
            return _changes(kind, (change for change in plan.changes if not change.leaves), keys)
        case RowKind.TRANSFER:
            return (_of_arrival(kind, one, one.person_id, keys) for one in plan.transfers)
        case RowKind.ARRIVAL:
            return (_of_arrival(kind, one, None, keys) for one in plan.arrivals)


def _changes(kind: RowKind, changes: Iterable[Change], keys: NumenKeys) -> Iterator[PlanRow]:
    for some in batched(changes, _AT_ONCE):
        told = dict(differences_told(some, keys))
        for change in some:
            yield _of_change(kind, change, told[change.change.person_id], keys)


def plan_digest(fingerprints: Iterable[str]) -> str:
    """The same for two plans that would do the same to the same people in the same state."""
    return _hash("".join(sorted(fingerprints)))


def differences_told(
    changes: Sequence[Change], keys: NumenKeys
) -> Iterator[tuple[int, tuple[Difference, ...]]]:
    """(person, differences), former NUMENs masked: one question for all of them."""
    unknown = [c.change.person_id for c in changes if any(d.before is None for d in c.differences)]
    masked = masked_numens(unknown, keys) if unknown else {}
    for change in changes:
        former = masked.get(change.change.person_id, "")
        yield (
            change.change.person_id,
            tuple(d._replace(before=former) if d.before is None else d for d in change.differences),
        )


def _of_change(
    kind: RowKind, change: Change, differences: tuple[Difference, ...], keys: NumenKeys
) -> PlanRow:
    written = (kind, change.change, change.what, change.account_act, change.source, differences)
    return PlanRow(
        kind=kind,
        person_id=change.change.person_id,
        dossier=change.dossier,
        name=change.shown,
        line=change.lines[0].line if change.lines else 0,
        uai=change.uai,
        function=change.function,
        differences=differences,
        leaves_on=change.leaves_on,
        account_act=change.account_act,
        situation=change.situation,
        fingerprint=_fingerprint(written, change.change.numen, keys),
    )


def _of_arrival(
    kind: RowKind, arrival: Arrival | Transfer, person_id: int | None, keys: NumenKeys
) -> PlanRow:
    person = arrival.person
    main = next((post for post in person.posts if post.is_primary), person.posts[0])
    return PlanRow(
        kind=kind,
        person_id=person_id,
        dossier=person.dossier,
        name=f"{person.civil.shown_first_name} {person.civil.shown_last_name}",
        line=arrival.lines[0].line,
        uai=main.uai,
        function=main.function,
        differences=_as_told(person),
        leaves_on=None,
        account_act="",
        fingerprint=_fingerprint((kind, person_id, person), person.numen, keys),
    )


def _as_told(person: NewPerson) -> tuple[Difference, ...]:
    """What is told of somebody new: nothing was known before."""
    numen = (Difference(Field.NUMEN, "", person.numen.masked),) if person.numen else ()
    return (
        *numen,
        Difference(Field.BIRTH_DATE, "", person.civil.birth_date.isoformat()),
        Difference(Field.CATEGORY, "", str(person.category)),
    )


def _fingerprint(written: tuple[object, ...], numen: Numen | None, keys: NumenKeys) -> str:
    """A NUMEN is never part of a `repr`: its keyed hash stands for it."""
    return _hash(f"{written!r}{digest(numen, keys) if numen else ''}")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]

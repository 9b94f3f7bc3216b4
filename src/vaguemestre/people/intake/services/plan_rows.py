"""Rows of a plan as shown before the decision, and their fingerprints, which identify the plan."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import batched, chain

from vaguemestre.people.directory.queries import masked_numens
from vaguemestre.people.directory.rules.numen_vault import digest
from vaguemestre.people.directory.values import NewPerson, Numen, NumenKeys, PlaceChange
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

_BATCH_PEOPLE = 500


def plan_rows(plan: Plan, keys: NumenKeys) -> Iterator[PlanRow]:
    """All rows of the plan: departures, changes, transfers, arrivals; former NUMENs masked."""
    return chain.from_iterable(plan_rows_of_kind(plan, kind, keys) for kind in RowKind)


def plan_rows_of_kind(plan: Plan, kind: RowKind, keys: NumenKeys) -> Iterator[PlanRow]:
    """The rows of one kind, made lazily."""
    match kind:
        case RowKind.DEPARTURE:
            return _change_rows(kind, plan.departures, keys)
        case RowKind.CHANGE:
            return _change_rows(kind, (change for change in plan.changes if not change.leaves), keys)
        case RowKind.TRANSFER:
            return (_arrival_row(kind, transfer, transfer.person_id, keys) for transfer in plan.transfers)
        case RowKind.ARRIVAL:
            return (_arrival_row(kind, arrival, None, keys) for arrival in plan.arrivals)


def _change_rows(kind: RowKind, changes: Iterable[Change], keys: NumenKeys) -> Iterator[PlanRow]:
    for batch in batched(changes, _BATCH_PEOPLE):
        differences = dict(masked_differences(batch, keys))
        for change in batch:
            yield _change_row(kind, change, differences[change.change.person_id], keys)


def plan_digest(fingerprints: Iterable[str], changed_places: Sequence[PlaceChange] = ()) -> str:
    """A digest of the plan: equal for plans that do the same to what is in the same state."""
    return _hash("".join(sorted((*fingerprints, *(_hash(repr(change)) for change in changed_places)))))


def masked_differences(
    changes: Sequence[Change], keys: NumenKeys
) -> Iterator[tuple[int, tuple[Difference, ...]]]:
    """(person, differences) of each change, former NUMENs masked, in one query."""
    unknown = [c.change.person_id for c in changes if any(d.before is None for d in c.differences)]
    masked = masked_numens(unknown, keys) if unknown else {}
    for change in changes:
        former = masked.get(change.change.person_id, "")
        yield (
            change.change.person_id,
            tuple(d._replace(before=former) if d.before is None else d for d in change.differences),
        )


def _change_row(
    kind: RowKind, change: Change, differences: tuple[Difference, ...], keys: NumenKeys
) -> PlanRow:
    effect = (kind, change.change, change.what, change.account_act, change.source, differences)
    return PlanRow(
        kind=kind,
        person_id=change.change.person_id,
        dossier=change.dossier,
        name=change.name,
        line=change.lines[0].line if change.lines else 0,
        uai=change.uai,
        function=change.function,
        differences=differences,
        leaves_on=change.leaves_on,
        account_act=change.account_act,
        situation=change.situation,
        fingerprint=_fingerprint(effect, change.change.numen, keys),
    )


def _arrival_row(
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
        differences=_arrival_differences(person),
        leaves_on=None,
        account_act="",
        fingerprint=_fingerprint((kind, person_id, person), person.numen, keys),
    )


def _arrival_differences(person: NewPerson) -> tuple[Difference, ...]:
    """The fields of somebody new, with nothing before."""
    numen = (Difference(Field.NUMEN, "", person.numen.masked),) if person.numen else ()
    return (
        *numen,
        Difference(Field.BIRTH_DATE, "", person.civil.birth_date.isoformat()),
        Difference(Field.CATEGORY, "", str(person.category)),
    )


def _fingerprint(effect: tuple[object, ...], numen: Numen | None, keys: NumenKeys) -> str:
    """Hash of the effect; `repr` leaves the NUMEN out, so its keyed hash is added."""
    return _hash(f"{effect!r}{digest(numen, keys) if numen else ''}")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]

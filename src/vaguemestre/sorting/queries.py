"""Reading what people decided about their mail. Nothing here writes."""

from collections.abc import Collection
from datetime import date, datetime

from vaguemestre.credentials.queries import facts_of
from vaguemestre.directory.queries import addresses_by_person, person_of
from vaguemestre.sorting.models import AbsenceRow, FilterRow, ScriptRow
from vaguemestre.sorting.rules.absences import holds
from vaguemestre.sorting.values import Absence, Applied, Aspect, Condition, Filter, Outcome, Owner, Relation


def absence_of(account_id: int) -> Absence | None:
    """What was last saved, on or off, over or to come."""
    row = AbsenceRow.objects.filter(account_id=account_id).first()
    return _absence(row) if row else None


def _absence(row: AbsenceRow) -> Absence:
    return Absence(
        is_on=row.is_on,
        starts_on=row.starts_on,
        starts_at=row.starts_at,
        ends_on=row.ends_on,
        ends_at=row.ends_at,
        subject=row.subject,
        internal_text=row.internal_text,
        external_text=row.external_text,
        days=row.days,
    )


def current_absence(account_id: int, now: datetime) -> Absence | None:
    """The absence that answers at that moment."""
    absence = absence_of(account_id)
    return absence if absence and holds(absence, now) else None


def absent_until(addresses: Collection[str], now: datetime) -> dict[str, date]:
    """Who of them is away at that moment (addresses as given, any case), with the last day of it.

    For colleagues who are writing: three questions whatever the number, nothing about why.
    """
    asked = {address.strip().lower(): address for address in addresses}
    away = AbsenceRow.objects.filter(is_on=True)
    by_address = "account__person__addresses__address"
    named = away.filter(**{f"{by_address}__in": asked}).values_list("pk", by_address)
    boxes = away.filter(account__mailbox__in=asked).values_list("pk", "account__mailbox")
    pairs = [*named, *boxes]
    rows = away.in_bulk([pk for pk, _ in pairs])
    found: dict[str, date] = {}
    for pk, address in pairs:
        absence = _absence(rows[pk])
        if holds(absence, now):
            shown = asked[address]
            found[shown] = max(absence.ends_on, found.get(shown, absence.ends_on))
    return found


def filters_of(account_id: int) -> tuple[Filter, ...]:
    """In the order they are tried."""
    return tuple(_filter(row) for row in FilterRow.objects.filter(account_id=account_id))


def filter_of(account_id: int, filter_id: int) -> Filter | None:
    """None for somebody else's."""
    row = FilterRow.objects.filter(account_id=account_id, pk=filter_id).first()
    return _filter(row) if row else None


def _filter(row: FilterRow) -> Filter:
    return Filter(
        name=row.name,
        conditions=tuple(
            Condition(Aspect(one["aspect"]), Relation(one["relation"]), one["text"]) for one in row.conditions
        ),
        outcome=Outcome(**row.outcome),
        matches_all=row.matches_all,
        is_on=row.is_on,
        filter_id=row.pk,
    )


def applied_of(account_id: int) -> Applied:
    row = ScriptRow.objects.filter(account_id=account_id).first()
    return Applied(row.applied == row.wanted, row.kept) if row else Applied(is_done=True)


def with_decisions(account_ids: Collection[int]) -> list[int]:
    """Those of the accounts that have a script: what it says of them may have to be said otherwise."""
    return list(ScriptRow.objects.filter(account_id__in=account_ids).values_list("account_id", flat=True))


def owner_of(account_id: int, now: datetime) -> Owner | None:
    """Who that account is to their correspondents; None when nothing may open its mailbox."""
    for facts in facts_of([account_id], now):
        if facts.state != "active":
            return None
        name, found = facts.username, []
        if facts.person_id is not None:
            name = person_of(facts.person_id).shown_name
            found = addresses_by_person([facts.person_id]).get(facts.person_id, [])
        addresses = tuple(dict.fromkeys((*(address for address, _, _ in found), facts.mailbox)))
        domains = dict.fromkeys(address.rpartition("@")[2] for address in addresses)
        return Owner(account_id, facts.mailbox, name, addresses[0], addresses, tuple(domains))
    return None

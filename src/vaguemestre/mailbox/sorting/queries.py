"""Reading what people decided about their mail. Nothing here writes."""

from collections.abc import Collection
from datetime import date, datetime

from django.conf import settings

from vaguemestre.mailbox.sorting.models import AbsenceRow, FilterRow, PassRow, ScriptRow, SpamRow
from vaguemestre.mailbox.sorting.rules import absences
from vaguemestre.mailbox.sorting.values import (
    SCRIPT_FORM,
    Absence,
    Applied,
    Aspect,
    Card,
    Condition,
    Decided,
    Filter,
    Outcome,
    Owner,
    Place,
    Progress,
    Relation,
    SpamChoice,
)
from vaguemestre.people.credentials.queries import facts_of
from vaguemestre.people.directory.queries import (
    addresses_by_person,
    people_like,
    person_of,
    place_of,
    primary_address,
)
from vaguemestre.people.directory.rules.names import is_gateway
from vaguemestre.people.lifecycle.queries import stays_here


def absences_of(account_id: int) -> tuple[Absence, ...]:
    """What was last saved in each place, on or off, over or to come."""
    return tuple(_absence(row) for row in AbsenceRow.objects.filter(account_id=account_id))


def absence_of(account_id: int, place: Place = Place.FIRST) -> Absence | None:
    """The one of that place."""
    row = AbsenceRow.objects.filter(account_id=account_id, place=place).first()
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
        place=Place(row.place),
        weekdays=tuple(int(digit) for digit in row.weekdays),
        is_rich=row.is_rich,
        only_known=row.only_known,
        only_to=row.only_to,
        replacement_id=row.replacement_id,
    )


def current_absence(account_id: int, now: datetime) -> Absence | None:
    """The absence that answers at that moment."""
    return absences.current(absences_of(account_id), now)


def cards_of(known: Collection[Absence]) -> dict[int, Card]:
    """Whom those absences name as replacements."""
    people = {one.replacement_id for one in known if one.replacement_id}
    return {person_id: card for person_id in people if (card := card_of(person_id))}


def card_of(person_id: int) -> Card | None:
    """None without an address to write to."""
    address = primary_address(person_id)
    if address is None:
        return None
    return Card(person_id, person_of(person_id).shown_name, place_of(person_id), address)


def cards_like(typed: str, limit: int = 6) -> tuple[Card, ...]:
    """Listed people whose name begins like that."""
    return tuple(
        Card(one.person_id, one.name, one.detail, one.address) for one in people_like(typed, limit=limit)
    )


def decided_of(account_id: int) -> Decided:
    """All of it, as the script wants it."""
    known = absences_of(account_id)
    return Decided(
        absences=known,
        filters=filters_of(account_id),
        spam=spam_of(account_id),
        expert=expert_of(account_id),
        cards=cards_of(known),
        stays_here=stays_here(account_id),
    )


def spam_of(account_id: int) -> SpamChoice:
    row = SpamRow.objects.filter(account_id=account_id).first()
    return SpamChoice(row.is_sorted, tuple(row.allowed), tuple(row.denied)) if row else SpamChoice()


def expert_of(account_id: int) -> str:
    """The part written by hand."""
    found = ScriptRow.objects.filter(account_id=account_id).values_list("expert", flat=True)
    return found.first() or ""


def progress_of(account_id: int) -> Progress | None:
    """How far the last asked pass of a filter is."""
    row = PassRow.objects.filter(account_id=account_id).first()
    return Progress(row.name, row.state, row.seen, row.whole, row.taken) if row else None


def bound_to_contacts(now: datetime) -> list[tuple[int, str]]:
    """(account, mark of the address book its script knows) where an absence to be answers contacts only."""
    rows = AbsenceRow.objects.filter(is_on=True, only_known=True, ends_on__gte=now.date())
    found = rows.values_list("account_id", "account__sieve_script__known_mark").distinct()
    return [(account_id, known or "") for account_id, known in found]


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
        if absences.holds(absence, now):
            shown, day = asked[address], absences.last_day(absence, now)
            found[shown] = max(day, found.get(shown, day))
    return found


def filters_of(account_id: int) -> tuple[Filter, ...]:
    """In the order they are tried."""
    return tuple(_filter(row) for row in FilterRow.objects.filter(account_id=account_id))


def sent_elsewhere_by(account_id: int) -> list[tuple[str, str]]:
    """(name, address) of each filter that is on and sends mail on to an address: for the help desk."""
    rows = FilterRow.objects.filter(account_id=account_id, is_on=True).values_list("name", "outcome")
    return [(name, outcome["forward_to"]) for name, outcome in rows if outcome.get("forward_to")]


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


def scripts_of_older_form(most: int) -> list[int]:
    """Accounts whose scripts this version would write otherwise, some of them at a time."""
    rows = ScriptRow.objects.filter(form__lt=SCRIPT_FORM).order_by("account_id")
    return list(rows.values_list("account_id", flat=True)[:most])


def is_held(account_id: int, now: datetime) -> bool:
    """Whether nothing opens its mailbox for a while, whoever its owner is."""
    return any(facts.mailbox_state == "held" for facts in facts_of([account_id], now))


def owner_of(account_id: int, now: datetime, *, whatever_state: bool = False) -> Owner | None:
    """Who that account is to their correspondents; None when nothing may open its mailbox."""
    for facts in facts_of([account_id], now):
        if facts.state != "active" and not whatever_state:
            return None
        name, found = facts.username, []
        if facts.person_id is not None:
            name = person_of(facts.person_id).shown_name
            found = addresses_by_person([facts.person_id]).get(facts.person_id, [])
        screens = tuple(address for address, _, _ in found if is_gateway(address))
        shown = [address for address, _, _ in found if address not in screens]
        addresses = tuple(dict.fromkeys((*shown, facts.mailbox)))
        domains = dict.fromkeys(address.rpartition("@")[2] for address in addresses)
        proved = tuple(settings.CONFIG.academy.colleague_domains)
        return Owner(
            account_id, facts.mailbox, name, addresses[0], addresses, tuple(domains), proved, (), screens
        )
    return None

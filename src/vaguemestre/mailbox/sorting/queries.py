"""Reads of sorting settings."""

from collections.abc import Collection
from datetime import date, datetime

from django.conf import settings
from django.db.models import Q

from vaguemestre.mailbox.sorting.models import AbsenceRow, FilterRow, PassRow, ScriptRow, SpamRow
from vaguemestre.mailbox.sorting.rules.absences import (
    absence_phase,
    answering_absence,
    is_answering,
    last_day,
)
from vaguemestre.mailbox.sorting.rules.disclosures import disclosures
from vaguemestre.mailbox.sorting.rules.renamed_folders import files_into
from vaguemestre.mailbox.sorting.rules.rich import plain_of
from vaguemestre.mailbox.sorting.values import (
    SCRIPT_FORM,
    Absence,
    AbsencePhase,
    AbsenceStatus,
    Aspect,
    BackfillProgress,
    BackfillState,
    Condition,
    Disclosure,
    Filter,
    Outcome,
    Owner,
    Place,
    ProgramRules,
    Relation,
    Replacement,
    ScriptStatus,
    Severity,
    SortingSettings,
    SpamSettings,
)
from vaguemestre.people.credentials.queries import account_facts
from vaguemestre.people.credentials.values import AccountState, MailboxState
from vaguemestre.people.directory.queries import (
    addresses_by_person,
    listed_people_by_address,
    person_of,
    primary_address,
    suggested_people,
)
from vaguemestre.people.directory.rules.names import is_gateway
from vaguemestre.people.lifecycle.queries import keeps_mail_here
from vaguemestre.schools.sharing.queries import title_of_box


def absences_of(account_id: int) -> tuple[Absence, ...]:
    """Absences of the account, on or off, over or to come; at most one of each kind."""
    return tuple(_absence(row) for row in AbsenceRow.objects.filter(account_id=account_id))


def absence_of(account_id: int, place: Place = Place.FIRST) -> Absence | None:
    """Absence of that kind, or None."""
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
    """Absence that sends replies at that moment, or None."""
    return answering_absence(absences_of(account_id), now)


def absence_status(account_id: int, place: Place, now: datetime) -> AbsenceStatus:
    """State of the absence of that kind, with what its external text discloses while it is to be sent."""
    absence = absence_of(account_id, place)
    phase = absence_phase(absence, now)
    disclosed: tuple[Disclosure, ...] = ()
    if absence and phase not in (AbsencePhase.OFF, AbsencePhase.OVER):
        text = plain_of(absence.external_text) if absence.is_rich else absence.external_text
        disclosed = disclosures(text)
    left = absence_of(account_id, Place.LEFT)
    running = left if absence_phase(left, now) is AbsencePhase.CURRENT else None
    return AbsenceStatus(absence, place, phase, script_status_of(account_id), disclosed, running)


def replacements_of(
    absences: Collection[Absence], *, hidden_academies: Collection[int] = ()
) -> dict[int, Replacement]:
    """Replacements named by those absences, by person id, as `replacement_of`."""
    people = {absence.replacement_id for absence in absences if absence.replacement_id}
    cards = {person_id: replacement_of(person_id, hidden_academies=hidden_academies) for person_id in people}
    return {person_id: card for person_id, card in cards.items() if card}


def replacement_of(person_id: int, *, hidden_academies: Collection[int] = ()) -> Replacement | None:
    """Details of a replacement; None for whom the phone book does not show, as it does not to these.

    Any number may be typed, and what it names is written to whoever writes.
    """
    address = primary_address(person_id) or ""
    shown = listed_people_by_address([address], hidden_academies=hidden_academies).get(address)
    return Replacement(person_id, shown.name, shown.detail, address) if shown else None


def replacement_candidates(
    typed: str, limit: int = 6, *, hidden_academies: Collection[int] = ()
) -> tuple[Replacement, ...]:
    """People of the phone book whose name begins with `typed`, except those of `hidden_academies`."""
    return tuple(
        Replacement(person.person_id, person.name, person.detail, person.address)
        for person in suggested_people(typed, limit=limit, hidden_academies=hidden_academies)
    )


def settings_of(account_id: int) -> SortingSettings:
    """All settings of the account that its scripts implement."""
    current_absences = absences_of(account_id)
    return SortingSettings(
        absences=current_absences,
        filters=filters_of(account_id),
        spam=spam_settings_of(account_id),
        expert=expert_script_of(account_id),
        replacements=replacements_of(current_absences),
        stays_here=keeps_mail_here(account_id),
    )


def spam_settings_of(account_id: int) -> SpamSettings:
    row = SpamRow.objects.filter(account_id=account_id).first()
    if row is None:
        return SpamSettings()
    return SpamSettings(row.is_sorted, tuple(row.allowed), tuple(row.denied), Severity(row.severity))


def expert_script_of(account_id: int) -> str:
    """Sieve script written by hand, "" for none."""
    scripts = ScriptRow.objects.filter(account_id=account_id).values_list("expert", flat=True)
    return scripts.first() or ""


def was_told_of_program(account_id: int) -> bool:
    """Whether a program last put rules of its own, of which the owner was told."""
    return ScriptRow.objects.filter(account_id=account_id).exclude(told_mark="").exists()


def backfill_progress_of(account_id: int) -> BackfillProgress | None:
    """Progress of the last filter run on received mail, or None."""
    row = PassRow.objects.filter(account_id=account_id).first()
    if row is None:
        return None
    return BackfillProgress(row.name, BackfillState(row.state), row.seen, row.whole, row.taken)


def accounts_answering_contacts_only(now: datetime) -> list[tuple[int, str]]:
    """(account id, fingerprint of the contacts in its script) where an absence answers contacts only."""
    rows = AbsenceRow.objects.filter(is_on=True, only_known=True, ends_on__gte=now.date())
    pairs = rows.values_list("account_id", "account__sieve_script__known_mark").distinct()
    return [(account_id, fingerprint or "") for account_id, fingerprint in pairs]


def absent_until(addresses: Collection[str], now: datetime) -> dict[str, date]:
    """Last day of absence of those who are away at that moment, by address as given (in any case).

    For colleagues who are writing: three SQL queries whatever the number, and no reason given.
    """
    address_as_given = {address.strip().lower(): address for address in addresses}
    away = AbsenceRow.objects.filter(is_on=True)
    by_address = "account__person__addresses__address"
    named = away.filter(**{f"{by_address}__in": address_as_given}).values_list("pk", by_address)
    boxes = away.filter(account__mailbox__in=address_as_given).values_list("pk", "account__mailbox")
    pairs = [*named, *boxes]
    rows = away.in_bulk([pk for pk, _ in pairs])
    last_days: dict[str, date] = {}
    for pk, address in pairs:
        absence = _absence(rows[pk])
        if is_answering(absence, now):
            given_address, day = address_as_given[address], last_day(absence, now)
            last_days[given_address] = max(day, last_days.get(given_address, day))
    return last_days


def filters_of(account_id: int) -> tuple[Filter, ...]:
    """Filters in the order in which they are tried."""
    return tuple(_filter(row) for row in FilterRow.objects.filter(account_id=account_id))


def filters_into(account_id: int, folder: str) -> tuple[str, ...]:
    """Names of the active filters that file into that folder, or into one in it."""
    active = (mail_filter for mail_filter in filters_of(account_id) if mail_filter.is_on)
    return tuple(mail_filter.name for mail_filter in active if files_into(mail_filter.outcome, folder))


def redirects_of(account_id: int) -> list[tuple[str, str]]:
    """(filter name, address) of each active redirect, for the help desk."""
    rows = FilterRow.objects.filter(account_id=account_id, is_on=True).values_list("name", "outcome")
    return [(name, outcome["forward_to"]) for name, outcome in rows if outcome.get("forward_to")]


def program_rules_of(account_id: int) -> tuple[ProgramRules, ...] | None:
    """The scripts of programs that run, as last read by the worker; None if one runs that it never read."""
    row = ScriptRow.objects.filter(account_id=account_id).values("program_rules", "told_mark").first()
    if row is None or row["program_rules"] is None:
        return None if row and row["told_mark"] else ()
    return tuple(ProgramRules(name, tuple(redirects)) for name, *redirects in row["program_rules"])


def filter_of(account_id: int, filter_id: int) -> Filter | None:
    """Filter of the account; None for a filter of another account."""
    row = FilterRow.objects.filter(account_id=account_id, pk=filter_id).first()
    return _filter(row) if row else None


def _filter(row: FilterRow) -> Filter:
    return Filter(
        name=row.name,
        conditions=tuple(
            Condition(Aspect(fields["aspect"]), Relation(fields["relation"]), fields["text"])
            for fields in row.conditions
        ),
        outcome=Outcome(**row.outcome),
        matches_all=row.matches_all,
        is_on=row.is_on,
        filter_id=row.pk,
    )


def script_status_of(account_id: int) -> ScriptStatus:
    row = ScriptRow.objects.filter(account_id=account_id).first()
    return ScriptStatus(row.applied == row.wanted, row.kept) if row else ScriptStatus(is_done=True)


def accounts_with_scripts(account_ids: Collection[int]) -> list[int]:
    """The accounts, among these, that have a script, to be rewritten when names or addresses change."""
    return list(ScriptRow.objects.filter(account_id__in=account_ids).values_list("account_id", flat=True))


def accounts_with_outdated_scripts(most: int) -> list[int]:
    """At most `most` accounts whose script an older version wrote, or read nothing of a program's."""
    unread = Q(program_rules__isnull=True) & ~Q(told_mark="")
    rows = ScriptRow.objects.filter(Q(form__lt=SCRIPT_FORM) | unread).order_by("account_id")
    return list(rows.values_list("account_id", flat=True)[:most])


def is_held(account_id: int, now: datetime) -> bool:
    """Whether the mailbox is on hold, or its account suspended: nothing opens it for a while."""
    return any(
        facts.state == AccountState.SUSPENDED
        or (facts.state == AccountState.ACTIVE and facts.mailbox_state == MailboxState.HELD)
        for facts in account_facts([account_id], now)
    )


def owner_of(account_id: int, now: datetime, *, whatever_state: bool = False) -> Owner | None:
    """Owner as their correspondents know them; None when the mailbox may not be opened."""
    for facts in account_facts([account_id], now):
        if facts.state != AccountState.ACTIVE and not whatever_state:
            return None
        name, directory_addresses = facts.username, []
        if facts.person_id is not None:
            name = person_of(facts.person_id).shown_name
            directory_addresses = addresses_by_person([facts.person_id]).get(facts.person_id, [])
        else:
            name = title_of_box(account_id) or name
        gateways = tuple(address for address, _, _ in directory_addresses if is_gateway(address))
        visible = [address for address, _, _ in directory_addresses if address not in gateways]
        addresses = tuple(dict.fromkeys((*visible, facts.mailbox)))
        domain = addresses[0].rpartition("@")[2]  # somebody who moved has former ones elsewhere
        proved_domains = tuple(settings.CONFIG.academy_at(domain).colleague_domains)
        return Owner(
            account_id=account_id,
            mailbox=facts.mailbox,
            name=name,
            address=addresses[0],
            addresses=addresses,
            internal_domains=settings.CONFIG.colleague_domains(domain),
            proved_domains=proved_domains,
            gateway_addresses=gateways,
        )
    return None

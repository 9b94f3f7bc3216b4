"""Reads of acts on many, and whom a search or a file selects."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from vaguemestre.desks.bulk.models import BulkAct, BulkTarget
from vaguemestre.desks.bulk.rules.decisions import AWAITING
from vaguemestre.desks.bulk.rules.usernames import names_in
from vaguemestre.desks.bulk.values import (
    Act,
    ActFile,
    Counts,
    Declined,
    Listed,
    Order,
    Phase,
    Selection,
    Skip,
    State,
    Target,
)
from vaguemestre.foundation.journal.queries import JournalFilter, entries_about, filtered_entries
from vaguemestre.foundation.journal.values import account_subject, bulk_subject
from vaguemestre.people.credentials.queries import (
    accounts_named,
    accounts_of,
    all_accounts,
    facts_for_acts,
    names_of,
    people_in_state,
)
from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.directory.queries import (
    PeopleFilter,
    addresses_by_person,
    matching_people,
    person_summaries,
)
from vaguemestre.people.lifecycle.queries import suspended_by_service

_MADE_SAFE = ("helpdesk.compromised",)
ORDERS = {"date": "asked_at", "acte": "act", "etat": "state"}


def select_by_search(criteria: PeopleFilter, state: AccountState | None, most: int) -> Selection:
    """The accounts of the people found; one more than `most` if there are more."""
    among = people_in_state(state) if state else None
    return Selection(accounts_of(matching_people(criteria, limit=most + 1, among=among)))


def select_people(person_ids: Collection[int]) -> Selection:
    """The accounts of these people."""
    return Selection(accounts_of(person_ids))


def select_everybody(academy_id: int) -> Selection:
    """The accounts, but closed ones, of the people of that académie (0: of all)."""
    return Selection(all_accounts(academy_id))


def select_by_file(content: bytes, academy_id: int) -> Selection:
    """The accounts that a file names; of another académie: unknown. Raises Refusal `bulk.file-…`."""
    names = names_in(content)
    accounts = accounts_named(names, academy_id)
    return Selection(
        [accounts[name] for name in names if name in accounts],
        [name for name in names if name not in accounts],
    )


def acts_page(
    academy_id: int, *, search: str, order: str, first: int, count: int
) -> tuple[tuple[ActFile, ...], int]:
    """A page of acts that an office of that académie (0: of all) may see, and their total.

    `search`: part of their reason.
    """
    rows = _of_office(academy_id).filter(Q(note__icontains=search) if search else Q())
    page = list(rows.order_by(order, "-pk")[first : first + count])
    counts = _counts_of([row.pk for row in page])
    return tuple(_act_file(row, counts.get(row.pk, Counts())) for row in page), rows.count()


def find_act(act_id: int, academy_id: int) -> ActFile | None:
    """The act of that id, if an office of that académie (0: of all) may see it."""
    row = _of_office(academy_id).filter(pk=act_id).first()
    return _act_file(row, _counts_of([row.pk]).get(row.pk, Counts())) if row else None


def waiting_acts(academy_id: int) -> tuple[int, ...]:
    """The acts that wait for a second person, for an office of that académie (0: of all)."""
    rows = _of_office(academy_id).filter(state__in=AWAITING)
    return tuple(rows.order_by("pk").values_list("pk", flat=True))


def last_decline(file: ActFile) -> Declined | None:
    """How the last agreement asked for ended, if nobody gave it and nothing was decided since."""
    last = entries_about(bulk_subject(file.act_id), limit=2)
    if len(last) < 2 or last[0].action != "bulk.stopped":
        return None
    stop, asked = last
    is_undo = asked.action == "bulk.undo-asked"
    if not is_undo and asked.details.get("state") != State.AWAITING:
        return None
    return Declined(stop.by, stop.at, is_withdrawn=stop.by == asked.by, is_undo=is_undo)


def targets_page(
    act_id: int, academy_id: int, *, is_skipped: bool, first: int, count: int
) -> tuple[tuple[Target, ...], int]:
    """A page of the people of an act that it changes, or leaves (`is_skipped`), and their total."""
    left = Q(phase__in=(Phase.SKIPPED, Phase.KEPT))
    rows = BulkTarget.objects.filter(left if is_skipped else ~left, bulk_act_id=act_id)
    page = list(rows.order_by("pk")[first : first + count])
    return tuple(_with_names(page, academy_id)), rows.count()


def people_done(act_id: int, academy_id: int) -> tuple[Listed, ...]:
    """The people whom the act treated, in the order of its selection."""
    rows = BulkTarget.objects.filter(bulk_act_id=act_id, phase=Phase.DONE).order_by("pk")
    account_ids = list(rows.values_list("account_id", flat=True))
    facts = facts_for_acts(account_ids, academy_id)
    person_ids = [fact.person_id for fact in facts.values()]
    people, addresses = person_summaries(person_ids), addresses_by_person(person_ids)
    done = []
    for fact in (facts[pk] for pk in account_ids if pk in facts):
        person, own = people[fact.person_id], addresses.get(fact.person_id)
        done.append(
            Listed(
                person.name,
                fact.username,
                own[0].address if own else fact.mailbox,
                fact.state,
                person.category,
                person.service,
                person.place,
                person.academy,
            )
        )
    return tuple(done)


def wanted_since(row: BulkAct, treated: Mapping[int, datetime]) -> set[int]:
    """The accounts that somebody else put, after the act treated them, into the state the act gave them.

    A later act in force found them « already » so; or the help desk made a suspended one safe.
    """
    later = BulkAct.objects.filter(act=row.act, quota_mb=row.quota_mb).exclude(pk=row.pk)
    in_force = later.exclude(state__in=(State.PREPARED, State.ABANDONED, State.UNDOING, State.UNDONE))
    targets = BulkTarget.objects.filter(bulk_act__in=in_force, account_id__in=treated, skip=Skip.ALREADY)
    wanted = list(targets.values_list("account_id", "bulk_act__decided_at"))
    if row.act == Act.SUSPEND and treated:
        subjects = {account_subject(pk): pk for pk in treated}
        safe = JournalFilter(actions=_MADE_SAFE, to=tuple(subjects), since=min(treated.values()))
        wanted += [(subjects[entry.to], entry.at) for entry in filtered_entries(safe)]
    return {account_id for account_id, at in wanted if at and at >= treated[account_id]}


def kept_suspended(act: Act, account_ids: Collection[int]) -> frozenset[int]:
    """The accounts that the act may not reopen, since their management service suspended them."""
    return suspended_by_service(account_ids) if act is Act.RESUME else frozenset()


def reminded_since(account_ids: Collection[int], since: datetime) -> set[int]:
    """The accounts reminded to activate after that moment, or about to be by an act that is running."""
    sent = Q(phase=Phase.DONE, treated_at__gt=since)
    due = Q(phase=Phase.LISTED, bulk_act__state=State.RUNNING)
    rows = BulkTarget.objects.filter(sent | due, bulk_act__act=Act.REMINDER)
    return set(rows.values_list("account_id", flat=True)).intersection(account_ids)


def acted_alone_on(by: str, since: datetime) -> set[int]:
    """The accounts of the acts that this actor decided, or undid, without anybody else since then."""
    decided = Q(decided_by=by, decided_at__gt=since, approved_by="") & ~Q(state=State.AWAITING)
    undone = Q(undone_by=by, undone_at__gt=since, undo_approved_by="") & ~Q(state=State.UNDO_AWAITING)
    targets = BulkTarget.objects.filter(bulk_act__in=BulkAct.objects.filter(decided | undone))
    return set(targets.exclude(phase=Phase.SKIPPED).values_list("account_id", flat=True))


def order_of(row: BulkAct) -> Order:
    return Order(Act(row.act), row.note, row.quota_mb, row.subject, row.text)


def _of_office(academy_id: int) -> QuerySet[BulkAct]:
    return BulkAct.objects.filter(academy_id=academy_id) if academy_id else BulkAct.objects.all()


def _counts_of(act_ids: Collection[int]) -> dict[int, Counts]:
    rows = BulkTarget.objects.filter(bulk_act_id__in=act_ids).values_list("bulk_act_id")
    counted = rows.annotate(
        total=Count("pk"),
        pending=Count("pk", filter=Q(phase=Phase.LISTED)),
        skipped=Count("pk", filter=Q(phase=Phase.SKIPPED)),
        done=Count("pk", filter=Q(phase=Phase.DONE)),
        undone=Count("pk", filter=Q(phase=Phase.UNDONE)),
        kept=Count("pk", filter=Q(phase=Phase.KEPT)),
    )
    return {act_id: Counts(*numbers) for act_id, *numbers in counted}


def _act_file(row: BulkAct, counts: Counts) -> ActFile:
    return ActFile(
        act_id=row.pk,
        order=order_of(row),
        state=State(row.state),
        academy_id=row.academy_id,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        decided_by=row.decided_by,
        approved_by=row.approved_by,
        undone_by=row.undone_by,
        undo_approved_by=row.undo_approved_by,
        unknown=tuple(row.unknown),
        counts=counts,
    )


def _with_names(rows: Collection[BulkTarget], academy_id: int) -> Iterator[Target]:
    account_ids = [row.account_id for row in rows]
    facts, names = facts_for_acts(account_ids, academy_id), names_of(account_ids)
    people = person_summaries([fact.person_id for fact in facts.values()])
    for row in rows:
        fact = facts.get(row.account_id)
        yield Target(
            row.account_id,
            fact.username if fact else "",
            names.get(row.account_id, "") if fact else "",
            fact.state if fact else None,
            Phase(row.phase),
            Skip(row.skip) if row.skip else None,
            people[fact.person_id].place if fact and fact.person_id in people else "",
        )

"""Apply a plan in batches of people, each a durable transaction that journals, announces and seals lines."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction

from vaguemestre.foundation.jobs.batches import write_batches
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import account_of_person, usernames_of
from vaguemestre.people.credentials.rules.account_states import StateChange
from vaguemestre.people.credentials.services import (
    NewAccount,
    change_states,
    leave_office,
    open_accounts,
    rename_account,
)
from vaguemestre.people.directory.queries import identities_after
from vaguemestre.people.directory.rules.similarity import (
    NEEDS_REVIEW,
    Identity,
    identity_of,
    match_reason,
)
from vaguemestre.people.directory.services import (
    change_people,
    hold_registrations,
    register_people,
    transfer_person,
)
from vaguemestre.people.directory.values import NumenKeys
from vaguemestre.people.intake.events import PeopleLeft, PersonTransferred, SituationReported
from vaguemestre.people.intake.models import AppliedLine, Feed, Origin
from vaguemestre.people.intake.rules.situations import LEAVING
from vaguemestre.people.intake.services.feed_records import seal_lines
from vaguemestre.people.intake.services.import_context import CheckedFeed, ImportContext, Progress
from vaguemestre.people.intake.services.plan_rows import masked_differences
from vaguemestre.people.intake.values import (
    Arrival,
    Change,
    Difference,
    Record,
    RowKind,
    Situation,
    Transfer,
)

BATCH_PEOPLE = 500


class _AppliedChange(NamedTuple):
    """Somebody a feed changed: the lines that did, what changed, and how it is shown."""

    person_id: int
    lines: Sequence[Record]
    what: str
    kind: RowKind
    uai: str
    differences: tuple[Difference, ...] = ()


class RegisteredMeanwhile(Exception):
    """Somebody else registered, since the plan was made, a person who may be one of its arrivals."""


class _LateRegistrations:
    """People whom others registered since the plan was made. `newest`: the last person it knew."""

    def __init__(self, academy_id: int, newest: int) -> None:
        self._academy_id, self._newest = academy_id, newest
        self._others: list[Identity] = []

    def check(self, arrivals: Iterable[Arrival]) -> None:
        """Raise RegisteredMeanwhile if somebody else registered one of these arrivals.

        Otherwise nobody registers anybody until the transaction ends.
        """
        hold_registrations(self._academy_id)
        identities = identities_after(self._academy_id, self._newest)
        self._others += identities.values()
        self._newest = max(identities, default=self._newest)
        for arrival in arrivals if self._others else ():
            identity = identity_of(arrival.person.civil, {post.uai for post in arrival.person.posts})
            if any(match_reason(identity, other) in NEEDS_REVIEW for other in self._others):
                raise RegisteredMeanwhile

    def leave_out(self, person_ids: Iterable[int]) -> None:
        """Leave out the people that the plan itself registered."""
        self._newest = max(self._newest, *person_ids)


def apply_batches(
    feed: Feed, checked: CheckedFeed, context: ImportContext, *, now: datetime, progress: Progress
) -> None:
    """Apply changes, then transfers, then arrivals.

    Raises RegisteredMeanwhile, and IntegrityError when somebody else registered, named or numbered the same
    people meanwhile.
    """
    plan, late = checked.plan, _LateRegistrations(context.academy_id, checked.newest_person)
    total = len(plan.arrivals) + len(plan.changes) + len(plan.transfers)
    done = 0
    progress(done, total)
    for changes in write_batches(plan.changes, BATCH_PEOPLE):
        _apply_changes(feed, changes, context, now)
        done += len(changes)
        progress(done, total)
    for transfers in write_batches(plan.transfers, BATCH_PEOPLE):
        _apply_transfers(feed, transfers, context, now)
        done += len(transfers)
        progress(done, total)
    for arrivals in write_batches(plan.arrivals, BATCH_PEOPLE):
        _apply_arrivals(feed, arrivals, context, now, late)
        done += len(arrivals)
        progress(done, total)


@transaction.atomic(durable=True)
def _apply_arrivals(
    feed: Feed,
    arrivals: Sequence[Arrival],
    context: ImportContext,
    now: datetime,
    late: _LateRegistrations,
) -> None:
    late.check(arrivals)
    people = [arrival.person for arrival in arrivals]
    registered = register_people(context.academy_id, people, context.keys, by=context.by, now=now)
    late.leave_out(person.person_id for person in registered)
    open_accounts(
        [
            NewAccount(person.person_id, person.names.username, person.names.mailbox, context.quota_mb)
            for person in registered
        ],
        by=context.by,
        now=now,
    )
    _announce_situations(
        (arrival.situation, paris_day(now), person.person_id)
        for person, arrival in zip(registered, arrivals, strict=True)
        if arrival.situation is not Situation.ACTIVE
    )
    _save_origins(feed, [person.person_id for person in registered])
    _save_applied_lines(
        feed,
        [
            _AppliedChange(
                person.person_id, arrival.lines, "arrival", RowKind.ARRIVAL, arrival.person.posts[0].uai
            )
            for person, arrival in zip(registered, arrivals, strict=True)
        ],
        context.keys,
    )


@transaction.atomic(durable=True)
def _apply_transfers(
    feed: Feed, transfers: Sequence[Transfer], context: ImportContext, now: datetime
) -> None:
    """Transfer people between académies: their account stays, with its mail, filters and contacts."""
    for transfer in transfers:
        account = account_of_person(transfer.person_id)
        username = usernames_of([account.account_id])[account.account_id] if account else ""
        moved = transfer_person(
            transfer.person_id,
            context.academy_id,
            transfer.person,
            context.keys,
            by=context.by,
            now=now,
            username=username if context.keeps_usernames else "",
        )
        if account:
            change_states([account.account_id], "reopen", by=context.by, now=now)
            leave_office(account.account_id, by=context.by, now=now)
            if moved.username != username:
                rename_account(account.account_id, moved.username, by=context.by, now=now)
            announce(
                PersonTransferred(account.account_id, transfer.person_id, moved.left_domain, moved.address)
            )
    person_ids = [transfer.person_id for transfer in transfers]
    Origin.objects.filter(person_id__in=person_ids).delete()
    _save_origins(feed, person_ids)
    rows = [
        _AppliedChange(t.person_id, t.lines, "transfer", RowKind.TRANSFER, t.person.posts[0].uai)
        for t in transfers
    ]
    _save_applied_lines(feed, rows, context.keys)


@transaction.atomic(durable=True)
def _apply_changes(feed: Feed, changes: Sequence[Change], context: ImportContext, now: datetime) -> None:
    # Masked before the change: afterwards the current NUMENs are former ones.
    differences = dict(masked_differences(changes, context.keys))
    directory_changes = [
        change.change for change in changes if set(change.what) - {"source", "situation", change.account_act}
    ]
    change_people(directory_changes, context.keys, by=context.by, now=now)
    acts: tuple[StateChange, ...] = ("close", "reopen")
    for act in acts:
        account_ids = [c.account_id for c in changes if c.account_act == act and c.account_id]
        if account_ids:
            change_states(account_ids, act, by=context.by, now=now)
    _announce_situations(
        (c.situation, c.situation_on, c.change.person_id) for c in changes if c.situation and c.situation_on
    )
    leaving = [c.change.person_id for c in changes if c.leaves and c.situation not in LEAVING]
    if leaving:
        announce(PeopleLeft(leaving))
    for change in changes:
        if change.source is not None:
            Origin.objects.update_or_create(
                person_id=change.change.person_id, defaults={"source": change.source}
            )
    rows = [
        _AppliedChange(
            c.change.person_id,
            c.lines,
            ", ".join(c.what),
            RowKind.DEPARTURE if c.leaves else RowKind.CHANGE,
            c.uai,
            differences[c.change.person_id],
        )
        for c in changes
    ]
    _save_applied_lines(feed, rows, context.keys)


def _save_origins(feed: Feed, person_ids: Iterable[int]) -> None:
    """The source these people come from, if the feed is complete for one."""
    if feed.full_source:
        origins = [Origin(person_id=person_id, source=feed.full_source) for person_id in person_ids]
        Origin.objects.bulk_create(origins, batch_size=500)


def _announce_situations(situations: Iterable[tuple[Situation, date, int]]) -> None:
    """Announce (situation, day, person) grouped: one event for each situation and day."""
    people = defaultdict[tuple[Situation, date], list[int]](list)
    for situation, day, person_id in situations:
        people[situation, day].append(person_id)
    for (situation, day), person_ids in people.items():
        announce(SituationReported(situation, day.isoformat(), person_ids))


def _save_applied_lines(feed: Feed, changes: Sequence[_AppliedChange], keys: NumenKeys) -> None:
    """Store the lines that changed somebody, sealed (they quote NUMENs), and what they changed."""
    AppliedLine.objects.bulk_create(
        [
            AppliedLine(
                feed=feed,
                person_id=change.person_id,
                first_line=change.lines[0].line if change.lines else 0,
                masked=next((record.numen.masked for record in change.lines if record.numen), ""),
                what=change.what[:300],
                kind=change.kind,
                uai=change.uai,
                differences=change.differences,
                sealed=seal_lines(change.lines, keys),
            )
            for change in changes
        ],
        batch_size=500,
    )

"""Checking a feed, and applying it in batches, each a durable transaction: an import may stop anywhere."""

import fcntl
import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import batched
from pathlib import Path
from typing import NamedTuple

from django.db import IntegrityError, transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import account_of_person
from vaguemestre.people.credentials.services import NewAccount, change_states, open_accounts, rename_account
from vaguemestre.people.directory.queries import people_by_dossier
from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.directory.rules.numen_vault import seal_bytes
from vaguemestre.people.directory.services import (
    change_people,
    describe_structures,
    register_people,
    transfer_person,
)
from vaguemestre.people.directory.values import NumenKeys, Place
from vaguemestre.people.intake import queries
from vaguemestre.people.intake.events import PeopleLeft, PersonTransferred, SituationTold
from vaguemestre.people.intake.feeds import hr, structures
from vaguemestre.people.intake.feeds.lines import Content, InMemory, Sheet
from vaguemestre.people.intake.models import Doubt, Feed, KeptLine, Mention, Origin, PlannedRow, RefusedRow
from vaguemestre.people.intake.ports import ClosingDays
from vaguemestre.people.intake.rules import NOTHING_APPLIED
from vaguemestre.people.intake.rules.situations import LEAVING
from vaguemestre.people.intake.services.feed_diff import compared
from vaguemestre.people.intake.services.on_disk import OnDisk
from vaguemestre.people.intake.services.plan_rows import differences_told, plan_digest, plan_rows
from vaguemestre.people.intake.services.reception import received_at, with_order
from vaguemestre.people.intake.values import (
    Arrival,
    Change,
    Difference,
    PlacesReading,
    Plan,
    PlanRow,
    Record,
    RefusedLine,
    RowKind,
    Situation,
    Terms,
    Transfer,
)

BATCH = 500
_CHUNK = 1_048_576
_ATTEMPTS = 3
PURPOSE = b"feed line"
HELD = b"feed held"

type Progress = Callable[[int, int], None]


def _no_closing_planned(account_ids: Collection[int] | None) -> Mapping[int, date]:
    """Implement ClosingDays for an académie that nobody leaves yet."""
    return {}


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and on whose account a feed is applied. `lock` is a file: one import at a time holds it.

    `closing_days`: when departures under way close accounts.
    """

    academy_id: int
    keys: NumenKeys
    quota_mb: int
    by: str
    lock: Path
    closing_days: ClosingDays = _no_closing_planned

    @property
    def shelf(self) -> Path:
        """Where the files of feeds refused whole wait, sealed."""
        return self.lock.parent / "feeds"


@dataclass(frozen=True, slots=True)
class Files:
    """A feed, held or on the disk, and its companion file of establishments if any."""

    feed: bytes | Path
    structures: bytes | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A feed as it came: its bytes, their hash, and when they came first."""

    files: Files
    content: Content
    sha256: str
    received: datetime


@dataclass(frozen=True, slots=True)
class Checked:
    """A feed read and compared; nothing was changed."""

    plan: Plan
    places: tuple[Place, ...]
    notices: tuple[str, ...]
    refused_places: tuple[RefusedLine, ...]
    lines: int


def check(files: Files, setting: Setting, terms: Terms, *, now: datetime) -> Checked:
    """Read everything and compare. Raises the Refusals of `feeds` when a file itself cannot be used,
    `intake.file-changed`, and OSError.
    """
    content = _content(files)
    checked = compare(hr.opened(content), places_of(files), setting, terms)
    received = _received(files, _sha256(content), setting, now)
    return replace(checked, plan=with_order(checked.plan, setting.academy_id, received, terms))


def apply(
    files: Files,
    setting: Setting,
    terms: Terms,
    *,
    now: datetime,
    progress: Progress,
    planned: Callable[[Checked], None] = lambda _: None,
) -> Checked:
    """Check, tell `planned`, then apply in batches of `BATCH` people; the plan that was applied.

    Interrupted anywhere, run again: the same end. A feed refused whole waits with its plan, sealed, for an
    administrator to confirm. Raises Refusal `intake.feed-refused` (with the plan's own
    reason), `intake.import-running`, and those of `check`.
    """
    with alone(setting.lock):
        content = _content(files)
        sheet, places, sha256 = hr.opened(content), places_of(files), _sha256(content)
        received = _received(files, sha256, setting, now)
        first = compare(sheet, places, setting, terms)
        first = replace(first, plan=with_order(first.plan, setting.academy_id, received, terms))
        planned(first)
        source = Source(files, content, sha256, received)
        if first.plan.refusal:
            _hold(source, first.plan, setting, terms, now)
            raise Refusal("intake.feed-refused", reason=first.plan.refusal)
        feed = _begin(source, first.plan, setting, terms, now)
        carry_out(
            feed,
            first,
            lambda: compare(sheet, places, setting, terms).plan,
            setting,
            now=now,
            today=terms.today,
            progress=progress,
        )
    return first


def carry_out(
    feed: Feed,
    first: Checked,
    look_again: Callable[[], Plan],
    setting: Setting,
    *,
    now: datetime,
    today: date,
    progress: Progress,
) -> None:
    """Apply a plan whose feed is begun, in batches. The caller holds the lock."""
    _write_places(setting, (*first.places, *_bare_places(first)))
    pending = first.plan
    for attempt in range(_ATTEMPTS):
        try:
            _apply_batches(feed, pending, setting, now=now, progress=progress)
            break
        except IntegrityError:
            # Somebody registered, named or numbered the same people meanwhile: look again.
            if attempt == _ATTEMPTS - 1:
                raise
            pending = look_again()
    _end(feed, first.plan, setting, now, today)


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One import at a time on this machine; the lock dies with its process."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Refusal("intake.import-running") from error
        yield


def places_of(files: Files) -> PlacesReading:
    return PlacesReading((), (), ()) if files.structures is None else structures.read(files.structures)


def _content(files: Files) -> Content:
    return InMemory(files.feed) if isinstance(files.feed, bytes) else OnDisk(files.feed)


def _received(files: Files, sha256: str, setting: Setting, now: datetime) -> datetime:
    modified = files.feed.stat().st_mtime if isinstance(files.feed, Path) else None
    return received_at(modified, sha256, setting.academy_id, now)


def _sha256(content: Content) -> str:
    found = hashlib.sha256()
    for start in range(0, content.size, _CHUNK):
        found.update(content.read(start, _CHUNK))
    return found.hexdigest()


def compare(sheet: Sheet, places: PlacesReading, setting: Setting, terms: Terms) -> Checked:
    """The feed against what is known now."""
    made, lines = compared(sheet, setting.academy_id, terms, setting.keys, setting.closing_days)
    return Checked(
        plan=made,
        places=places.places,
        notices=(
            *sheet.notices,
            *places.notices,
            *_of_source(setting.academy_id, terms.full_source),
            *_of_statuses(made.unknown_statuses),
        ),
        refused_places=places.refused,
        lines=lines,
    )


def _of_source(academy_id: int, source: str) -> tuple[str, ...]:
    """A source never declared before is perhaps another one misspelt, whose absences close nobody."""
    known = queries.sources_of(academy_id) if source else ()
    if not source or source in known:
        return ()
    others = f"Sources déjà déclarées : {', '.join(known)}." if known else "C’est la première déclarée."
    return (f"La source « {source} » n’a encore personne : aucune absence ne sera vue. {others}",)


def _of_statuses(unknown: Mapping[str, int]) -> tuple[str, ...]:
    """A status nobody knows might have been a leave, a retirement, a death."""
    if not unknown:
        return ()
    told = ", ".join(f"« {status} » ({counted(count, 'ligne')})" for status, count in sorted(unknown.items()))
    return (f"Statuts inconnus, lus comme en activité : {told}.",)


def _bare_places(checked: Checked) -> list[Place]:
    """Establishments the feed names and nobody described: known by their code until somebody does."""
    described = {place.uai for place in checked.places}
    return [Place(uai) for uai in sorted(checked.plan.uais - described)]


@transaction.atomic(durable=True)
def _write_places(setting: Setting, places: Sequence[Place]) -> None:
    describe_structures(setting.academy_id, places)


@transaction.atomic(durable=True)
def _begin(source: Source, made: Plan, setting: Setting, terms: Terms, now: datetime) -> Feed:
    feed = Feed.objects.create(
        academy_id=setting.academy_id,
        file_name=source.files.name[:200],
        sha256=source.sha256,
        full_source=terms.full_source,
        closures_confirmed=terms.closures_confirmed,
        by=setting.by,
        started_at=now,
        received_at=source.received,
        refusal=made.refusal,
        **counts_of(made),
    )
    keep_refused(feed, made)
    keep_doubts(feed, made, setting, now)
    return feed


def counts_of(made: Plan) -> dict[str, int]:
    """The numbers kept of a plan; whoever transfers arrives in this académie."""
    return {
        "arrivals": len(made.arrivals) + len(made.transfers),
        "changes": len(made.changes) - len(made.departures),
        "departures": len(made.departures),
        "unchanged": made.unchanged,
    }


def keep_refused(feed: Feed, made: Plan) -> None:
    """The refused lines of the plan, in the place of those kept before. Inside the caller's transaction."""
    RefusedRow.objects.filter(feed=feed).delete()
    RefusedRow.objects.bulk_create(
        [
            RefusedRow(feed=feed, line=r.line, column=r.column, dossier=r.dossier[:40], reason=r.reason[:300])
            for r in made.refused
        ],
        batch_size=500,
    )


def _hold(source: Source, made: Plan, setting: Setting, terms: Terms, now: datetime) -> None:
    """The file waits, sealed, beside its row and its plan; given again it waits once, planned anew."""
    waiting = Feed.objects.filter(academy_id=setting.academy_id, decided_at=None).exclude(refusal="")
    same = waiting.filter(sha256=source.sha256, full_source=terms.full_source).first()
    if same:
        keep_plan(same, made, setting, terms.today, now)
        return
    setting.shelf.mkdir(mode=0o700, parents=True, exist_ok=True)
    feed = _begin(source, made, setting, terms, now)
    whole = source.content.read(0, source.content.size)
    for kind, held in (("feed", whole), ("structures", source.files.structures or b"")):
        path = setting.shelf / f"{feed.pk}.{kind}"
        path.write_bytes(seal_bytes(held, setting.keys, HELD))
        path.chmod(0o600)
    keep_plan(feed, made, setting, terms.today, now)


@transaction.atomic(durable=True)
def keep_plan(
    feed: Feed, made: Plan, setting: Setting, today: date, now: datetime, *, note: str = ""
) -> None:
    """The plan of a feed that waits, row by row, in the place of the one kept before.

    It is confirmed as it is shown, or not at all. `note`: why it is not the one that was shown.
    """
    PlannedRow.objects.filter(feed=feed).delete()
    fingerprints = []
    for start, some in enumerate(batched(plan_rows(made, setting.keys), BATCH)):
        PlannedRow.objects.bulk_create(
            [_planned(feed, start * BATCH + place, row) for place, row in enumerate(some)]
        )
        fingerprints += [row.fingerprint for row in some]
    keep_refused(feed, made)
    Feed.objects.filter(pk=feed.pk).update(
        refusal=made.refusal or f"{_STILL_WAITS} {NOTHING_APPLIED}",
        plan_digest=plan_digest(fingerprints),
        planned_at=now,
        planned_on=today,
        plan_note=note,
        replan_asked_at=None,
        begun_at=None,
        confirmed_by="",
        decided_at=None,
        **counts_of(made),
    )


_STILL_WAITS = "Ce fichier a été retenu ; son plan refait ne dépasse plus aucune limite."


def _planned(feed: Feed, rank: int, row: PlanRow) -> PlannedRow:
    return PlannedRow(
        feed=feed,
        rank=rank,
        kind=row.kind,
        person_id=row.person_id,
        dossier=row.dossier,
        name=row.name[:220],
        sorted_as=fold(row.name).replace("-", " ")[:220],
        line=row.line,
        uai=row.uai,
        function=row.function,
        leaves_on=row.leaves_on,
        account_act=row.account_act,
        situation=row.situation or "",
        differences=row.differences,
        fingerprint=row.fingerprint,
    )


def keep_doubts(feed: Feed, made: Plan, setting: Setting, now: datetime) -> None:
    """Once for each (dossier, person): a doubt already there, answered or not, stays as it is.

    A doubt about two people of one file is kept once the first of them is there.
    """
    for doubts in batched(made.doubts, BATCH):
        twins = [one.twin for one in doubts if one.person_id is None]
        arrived = people_by_dossier(setting.academy_id, twins) if twins else {}
        people = {one: one.person_id or arrived.get(one.twin) for one in doubts}
        rows = [
            Doubt(
                academy_id=setting.academy_id,
                dossier=one.dossier,
                person_id=person_id,
                reason=one.reason,
                feed=feed,
                first_line=one.lines[0].line,
                sealed=_sealed(one.lines, setting.keys),
                seen_at=now,
            )
            for one, person_id in people.items()
            if person_id
        ]
        Doubt.objects.bulk_create(rows, ignore_conflicts=True)


def _sealed(records: Sequence[Record], keys: NumenKeys) -> bytes:
    return seal_bytes("\n".join(r.raw for r in records).encode(), keys, PURPOSE)


@transaction.atomic(durable=True)
def _end(feed: Feed, made: Plan, setting: Setting, now: datetime, today: date) -> None:
    if any(one.person_id is None for one in made.doubts):
        keep_doubts(feed, made, setting, now)
    PlannedRow.objects.filter(feed=feed).delete()
    Mention.objects.bulk_create(
        [Mention(person_id=person_id, on=today) for person_id in sorted(made.mentioned)],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["person"],
        update_fields=["on"],
    )
    # Nothing else runs: the same file unfinished is a run that was cut, and this one did what it left.
    same = Feed.objects.filter(academy_id=feed.academy_id, sha256=feed.sha256, full_source=feed.full_source)
    same.filter(refusal="", finished_at=None).update(finished_at=now)
    Feed.objects.filter(pk=feed.pk).update(finished_at=now)
    if not made.is_empty:
        record(
            "intake.feed-applied",
            to=f"feed:{feed.pk}",
            by=setting.by,
            at=now,
            arrivals=len(made.arrivals) + len(made.transfers),
            changes=len(made.changes) - len(made.departures),
            departures=len(made.departures),
            refused=len(made.refused),
        )


def _apply_batches(feed: Feed, made: Plan, setting: Setting, *, now: datetime, progress: Progress) -> None:
    total = len(made.arrivals) + len(made.changes) + len(made.transfers)
    done = 0
    progress(done, total)
    for changes in batched(made.changes, BATCH):
        _apply_changes(feed, changes, setting, now)
        done += len(changes)
        progress(done, total)
    for transfers in batched(made.transfers, BATCH):
        _apply_transfers(feed, transfers, setting, now)
        done += len(transfers)
        progress(done, total)
    for arrivals in batched(made.arrivals, BATCH):
        _apply_arrivals(feed, arrivals, setting, now)
        done += len(arrivals)
        progress(done, total)


@transaction.atomic(durable=True)
def _apply_arrivals(feed: Feed, arrivals: Sequence[Arrival], setting: Setting, now: datetime) -> None:
    people = [arrival.person for arrival in arrivals]
    registered = register_people(setting.academy_id, people, setting.keys, by=setting.by, now=now)
    open_accounts(
        [
            NewAccount(one.person_id, one.names.username, one.names.mailbox, setting.quota_mb)
            for one in registered
        ],
        by=setting.by,
        now=now,
    )
    _tell_situations(
        (a.situation, paris_day(now), one.person_id)
        for one, a in zip(registered, arrivals, strict=True)
        if a.situation is not Situation.ACTIVE
    )
    if feed.full_source:
        Origin.objects.bulk_create(
            [Origin(person_id=one.person_id, source=feed.full_source) for one in registered], batch_size=500
        )
    _keep_lines(
        feed,
        [
            _Kept(one.person_id, a.lines, "arrival", RowKind.ARRIVAL, a.person.posts[0].uai)
            for one, a in zip(registered, arrivals, strict=True)
        ],
        setting.keys,
    )


@transaction.atomic(durable=True)
def _apply_transfers(feed: Feed, transfers: Sequence[Transfer], setting: Setting, now: datetime) -> None:
    """Mailbox, folders, filters, contacts are the account's, and the account stays."""
    for one in transfers:
        moved = transfer_person(
            one.person_id, setting.academy_id, one.person, setting.keys, by=setting.by, now=now
        )
        account = account_of_person(one.person_id)
        if account:
            change_states([account.account_id], "reopen", by=setting.by, now=now)
            rename_account(account.account_id, moved.names.username, by=setting.by, now=now)
            new_address, left = moved.names.address, moved.left_domain
            announce(PersonTransferred(account.account_id, one.person_id, left, new_address))
    Origin.objects.filter(person_id__in=[one.person_id for one in transfers]).delete()
    if feed.full_source:
        Origin.objects.bulk_create(
            [Origin(person_id=one.person_id, source=feed.full_source) for one in transfers], batch_size=500
        )
    kept = [
        _Kept(one.person_id, one.lines, "transfer", RowKind.TRANSFER, one.person.posts[0].uai)
        for one in transfers
    ]
    _keep_lines(feed, kept, setting.keys)


@transaction.atomic(durable=True)
def _apply_changes(feed: Feed, changes: Sequence[Change], setting: Setting, now: datetime) -> None:
    told = dict(differences_told(changes, setting.keys))  # before the former NUMENs are former ones
    written = [
        change.change for change in changes if set(change.what) - {"source", "situation", change.account_act}
    ]
    change_people(written, setting.keys, by=setting.by, now=now)
    for act in ("close", "reopen"):
        account_ids = [c.account_id for c in changes if c.account_act == act and c.account_id]
        if account_ids:
            change_states(account_ids, act, by=setting.by, now=now)
    _tell_situations(
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
    kept = [
        _Kept(
            c.change.person_id,
            c.lines,
            ", ".join(c.what),
            RowKind.DEPARTURE if c.leaves else RowKind.CHANGE,
            c.uai,
            told[c.change.person_id],
        )
        for c in changes
    ]
    _keep_lines(feed, kept, setting.keys)


def _tell_situations(told: Iterable[tuple[Situation, date, int]]) -> None:
    """Announce what became of people, once for those to whom the same happens the same day."""
    people = defaultdict[tuple[Situation, date], list[int]](list)
    for situation, day, person_id in told:
        people[situation, day].append(person_id)
    for (situation, day), person_ids in people.items():
        announce(SituationTold(situation, day.isoformat(), person_ids))


class _Kept(NamedTuple):
    """Somebody a feed changed: the lines that did, what, and how it is shown."""

    person_id: int
    lines: Sequence[Record]
    what: str
    kind: RowKind
    uai: str
    differences: tuple[Difference, ...] = ()


def _keep_lines(feed: Feed, kept: Sequence[_Kept], keys: NumenKeys) -> None:
    """The lines that caused a change, sealed (they quote NUMENs), and what they changed."""
    KeptLine.objects.bulk_create(
        [
            KeptLine(
                feed=feed,
                person_id=one.person_id,
                first_line=one.lines[0].line if one.lines else 0,
                masked=next((record.numen.masked for record in one.lines if record.numen), ""),
                what=one.what[:300],
                kind=one.kind,
                uai=one.uai,
                differences=one.differences,
                sealed=_sealed(one.lines, keys),
            )
            for one in kept
        ],
        batch_size=500,
    )

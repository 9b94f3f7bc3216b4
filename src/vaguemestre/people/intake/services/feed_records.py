"""Rows of a feed: its counts, refused lines, plan, and candidate matches."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import batched

from django.db import transaction

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import feed_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.queries import people_by_dossier
from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.directory.rules.numen_vault import seal_bytes
from vaguemestre.people.directory.values import NumenKeys, PlaceChange
from vaguemestre.people.intake.models import Feed, MatchCandidate, Mention, PlannedRow, RefusedRow
from vaguemestre.people.intake.rules import NOTHING_APPLIED
from vaguemestre.people.intake.rules.place_notices import changed_notices
from vaguemestre.people.intake.services.import_context import ImportContext, ReceivedFeed
from vaguemestre.people.intake.services.plan_rows import plan_digest, plan_rows
from vaguemestre.people.intake.values import LINE_PURPOSE, ImportTerms, Plan, PlanRow, Record

MAX_REFUSED_ROWS = 10_000  # stored; the plan counts them all
_BATCH_PEOPLE = 500
_MAX_NOTICES_CHARACTERS = 2_000
_UPLOADED = "Ce fichier a été déposé sur la page, et son plan ne dépasse aucune limite."
_WITHIN_LIMITS = "Ce fichier a été retenu ; son plan refait ne dépasse plus aucune limite."


def create_feed(
    source: ReceivedFeed, plan: Plan, context: ImportContext, terms: ImportTerms, now: datetime
) -> Feed:
    """The row of a feed about to be applied, or held, with its refused lines and candidate matches."""
    feed = _create_row(source, plan, context, terms, now)
    save_match_candidates(feed, plan, context, now)
    return feed


@transaction.atomic(durable=True)
def _create_row(
    source: ReceivedFeed, plan: Plan, context: ImportContext, terms: ImportTerms, now: datetime
) -> Feed:
    feed = Feed.objects.create(
        academy_id=context.academy_id,
        file_name=source.files.name[:200],
        sha256=source.sha256,
        full_source=terms.full_source,
        closures_confirmed=terms.closures_confirmed,
        by=context.by,
        started_at=now,
        received_at=source.received,
        refusal=plan.refusal,
        **plan_counts(plan),
    )
    save_refused_rows(feed, plan)
    return feed


def plan_counts(plan: Plan) -> dict[str, int]:
    """The counts stored with a feed; a transfer is an arrival in this académie."""
    return {
        "arrivals": len(plan.arrivals) + len(plan.transfers),
        "changes": len(plan.changes) - len(plan.departures),
        "departures": len(plan.departures),
        "unchanged": plan.unchanged,
    }


def save_refused_rows(feed: Feed, plan: Plan) -> None:
    """Replace the refused lines of the feed by the first ones. Inside the caller's transaction.

    A file that is none of ours has a line in error for each of its lines, millions perhaps: writing them all
    would keep everybody else from writing.
    """
    RefusedRow.objects.filter(feed=feed).delete()
    RefusedRow.objects.bulk_create(
        [
            RefusedRow(feed=feed, line=r.line, column=r.column, dossier=r.dossier[:40], reason=r.reason[:300])
            for r in plan.refused[:MAX_REFUSED_ROWS]
        ],
        batch_size=500,
    )


def save_plan(
    feed: Feed,
    plan: Plan,
    context: ImportContext,
    today: date,
    now: datetime,
    *,
    note: str = "",
    notices: Sequence[str] = (),
    opened: Mapping[str, str] | None = None,
    changed_places: Sequence[PlaceChange] = (),
) -> None:
    """Replace the plan of a held feed, batch by batch, and withdraw any confirmation.

    A plan is confirmed exactly as shown, or not at all: it is there once its last row is. `note`: why it
    differs from the one shown before. `notices`: sentences about the file, for whoever has only the page of
    the feed to read them. `opened`: names of the establishments it would open, by UAI. `changed_places`:
    those it would change, told in the same place.

    Raises Refusal `intake.feed-decided` if the feed was discarded meanwhile.
    """
    _withdraw_plan(feed)
    fingerprints = _write_rows(feed, plan, context.keys)
    is_there = _finish_plan(
        feed,
        plan,
        refusal=_refusal(feed, plan, notices if feed.is_uploaded else changed_notices(changed_places)),
        plan_digest=plan_digest(fingerprints, changed_places),
        planned_at=now,
        planned_on=today,
        plan_note=note,
        replan_asked_at=None,
        new_places=dict(opened) if opened else None,
    )
    if not is_there:
        raise Refusal("intake.feed-decided")


def _write_rows(feed: Feed, plan: Plan, keys: NumenKeys) -> list[str]:
    """Store the rows of the plan; returns their fingerprints."""
    fingerprints = []
    for batch, rows in enumerate(batched(plan_rows(plan, keys), _BATCH_PEOPLE)):
        with transaction.atomic(durable=True):  # others write in between
            PlannedRow.objects.bulk_create(
                [_planned_row(feed, batch * _BATCH_PEOPLE + place, row) for place, row in enumerate(rows)]
            )
        fingerprints += [row.fingerprint for row in rows]
    return fingerprints


@transaction.atomic(durable=True)
def _withdraw_plan(feed: Feed) -> None:
    """Delete the former plan, so that none half written can be confirmed.

    Raises Refusal `intake.feed-decided`.
    """
    row = Feed.objects.select_for_update().get(pk=feed.pk)
    if row.decided_at and not row.confirmed_by:
        raise Refusal("intake.feed-decided")
    PlannedRow.objects.filter(feed=feed).delete()
    Feed.objects.filter(pk=feed.pk).update(
        plan_digest="", planned_at=None, begun_at=None, confirmed_by="", decided_at=None
    )


@transaction.atomic(durable=True)
def _finish_plan(feed: Feed, plan: Plan, **columns: object) -> bool:
    """Show the plan whose rows are written; False, and its rows are deleted, if the feed was discarded."""
    row = Feed.objects.select_for_update().get(pk=feed.pk)
    if row.decided_at:
        PlannedRow.objects.filter(feed=feed).delete()
        return False
    save_refused_rows(feed, plan)
    Feed.objects.filter(pk=feed.pk).update(**columns, **plan_counts(plan))
    return True


def _refusal(feed: Feed, plan: Plan, notices: Sequence[str]) -> str:
    """Why the feed waits."""
    within_limits = _UPLOADED if feed.is_uploaded else _WITHIN_LIMITS
    reason = plan.refusal or f"{within_limits} {NOTHING_APPLIED}"
    return " ".join((reason, *notices))[:_MAX_NOTICES_CHARACTERS]


def _planned_row(feed: Feed, rank: int, row: PlanRow) -> PlannedRow:
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


def save_match_candidates(feed: Feed, plan: Plan, context: ImportContext, now: datetime) -> None:
    """Store each possible match of the plan once per (dossier, person); existing ones stay, answered or not.

    A match between two people of one file is stored once the first of them is registered.
    """
    candidates = MatchCandidate.objects.filter(academy_id=context.academy_id)
    known_pairs = set(candidates.values_list("dossier", "person_id")) if plan.possible_matches else set()
    for matches in batched(plan.possible_matches, _BATCH_PEOPLE):
        # each batch is a statement of its own: sealing the lines of many takes a while
        twins = [match.twin for match in matches if match.person_id is None]
        arrived = people_by_dossier(context.academy_id, twins) if twins else {}
        people = {match: match.person_id or arrived.get(match.twin) for match in matches}
        rows = [
            MatchCandidate(
                academy_id=context.academy_id,
                dossier=match.dossier,
                person_id=person_id,
                reason=match.reason,
                feed=feed,
                first_line=match.lines[0].line,
                sealed=seal_lines(match.lines, context.keys),
                seen_at=now,
            )
            for match, person_id in people.items()
            if person_id and (match.dossier, person_id) not in known_pairs
        ]
        MatchCandidate.objects.bulk_create(rows, ignore_conflicts=True)


def seal_lines(records: Sequence[Record], keys: NumenKeys) -> bytes:
    """The raw lines, sealed: they quote civil status and NUMEN."""
    return seal_bytes("\n".join(r.raw for r in records).encode(), keys, LINE_PURPOSE)


def finish_feed(feed: Feed, plan: Plan, context: ImportContext, now: datetime, today: date) -> None:
    """Mark the feed as applied, and erase its planned rows.

    A feed uploaded on the page had a row before it had a plan: all its matches are stored here.
    """
    save_match_candidates(feed, plan, context, now)
    _mark_applied(feed, plan, context, now, today)


@transaction.atomic(durable=True)
def _mark_applied(feed: Feed, plan: Plan, context: ImportContext, now: datetime, today: date) -> None:
    PlannedRow.objects.filter(feed=feed).delete()
    Mention.objects.bulk_create(
        [Mention(person_id=person_id, on=today) for person_id in sorted(plan.mentioned)],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["person"],
        update_fields=["on"],
    )
    # Only one import runs at a time: an unfinished row of the same file is an interrupted run, now completed.
    same = Feed.objects.filter(academy_id=feed.academy_id, sha256=feed.sha256, full_source=feed.full_source)
    same.filter(refusal="", finished_at=None).update(finished_at=now)
    Feed.objects.filter(pk=feed.pk).update(finished_at=now)
    if not plan.is_empty:
        counts = plan_counts(plan)
        record(
            "intake.feed-applied",
            to=feed_subject(feed.pk),
            by=context.by,
            at=now,
            arrivals=counts["arrivals"],
            changes=counts["changes"],
            departures=counts["departures"],
            refused=len(plan.refused),
        )

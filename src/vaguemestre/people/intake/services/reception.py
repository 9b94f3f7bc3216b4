"""The order in which files were received: an older file never undoes a newer one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import batched

from vaguemestre.foundation.kernel.text.french_dates import dated_moment_fr
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.people.intake import queries
from vaguemestre.people.intake.rules import NOTHING_APPLIED
from vaguemestre.people.intake.values import ImportTerms, Plan

_BATCH_PEOPLE = 500


def received_at(modified: float | None, sha256: str, academy_id: int, now: datetime) -> datetime:
    """When the file was first received: its modification time, or an earlier reception under any name."""
    modified_at = datetime.fromtimestamp(modified, UTC) if modified is not None else now
    earlier = queries.first_reception(academy_id, sha256)
    return min(moment for moment in (modified_at, earlier, now) if moment)


def with_order_check(plan: Plan, academy_id: int, received: datetime, terms: ImportTerms) -> Plan:
    """The plan, refused if a newer file already changed people whom this one would change again."""
    if terms.is_older_allowed or not plan.changes:
        return plan
    newer = queries.feeds_received_after(academy_id, received, terms.full_source)
    if not newer:
        return plan
    touched: set[int] = set()
    for batch in batched(_changed_people(plan), _BATCH_PEOPLE):
        touched |= queries.people_changed_by(newer, batch)
    if not touched:
        return plan
    some = sorted(touched)[:_BATCH_PEOPLE]
    latest = next(feed for feed in newer if queries.people_changed_by((feed,), some))
    reason = (
        f"Un fichier plus récent, « {latest.file_name} », appliqué le {dated_moment_fr(latest.started_at)}, "
        f"a déjà changé {counted(len(touched), 'personne')} de ce plan : celui-ci reviendrait en arrière."
    )
    others = plan.refusal.removesuffix(NOTHING_APPLIED).strip()
    return replace(plan, refusal=" ".join(part for part in (reason, others, NOTHING_APPLIED) if part))


def _changed_people(plan: Plan) -> Iterator[int]:
    return (change.change.person_id for change in plan.changes)

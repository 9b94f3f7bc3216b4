"""The order in which files came: a newer one is never undone by an older one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import batched

from django.utils import timezone

from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.people.intake import queries
from vaguemestre.people.intake.rules import NOTHING_APPLIED
from vaguemestre.people.intake.values import Plan, Terms

_AT_ONCE = 500


def received_at(modified: float | None, sha256: str, academy_id: int, now: datetime) -> datetime:
    """When the file came here first: the day it was written, or given before under any name."""
    written = datetime.fromtimestamp(modified, UTC) if modified is not None else now
    before = queries.first_reception(academy_id, sha256)
    return min(moment for moment in (written, before, now) if moment)


def with_order(plan: Plan, academy_id: int, received: datetime, terms: Terms) -> Plan:
    """The plan, held back if newer files changed people whom it would change again."""
    if terms.is_older_allowed or not plan.changes:
        return plan
    newer = queries.newer_feeds(academy_id, received, terms.full_source)
    if not newer:
        return plan
    touched: set[int] = set()
    for some in batched(_people(plan), _AT_ONCE):
        touched |= queries.changed_by(newer, some)
    if not touched:
        return plan
    latest = newer[0]
    at = timezone.localtime(latest.started_at)
    reason = (
        f"Un fichier plus récent, « {latest.file_name} », appliqué le {at:%d/%m/%Y à %H:%M}, a déjà changé "
        f"{counted(len(touched), 'personne')} de ce plan : celui-ci reviendrait en arrière."
    )
    others = plan.refusal.removesuffix(NOTHING_APPLIED).strip()
    return replace(plan, refusal=" ".join(part for part in (reason, others, NOTHING_APPLIED) if part))


def _people(plan: Plan) -> Iterator[int]:
    return (change.change.person_id for change in plan.changes)

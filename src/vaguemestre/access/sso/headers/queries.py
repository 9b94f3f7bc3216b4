"""Queries on passes."""

import hashlib
from datetime import datetime

from vaguemestre.access.signin.queries import sessions_over
from vaguemestre.access.sso.headers.models import Pass
from vaguemestre.access.sso.registry.queries import find_visit
from vaguemestre.access.sso.registry.values import Visit


def visit_by_pass(token: str, now: datetime) -> Visit | None:
    """The visit of a pass; None if the pass is unknown, or the visit or its session is over."""
    if not token:
        return None
    digest = hashlib.sha256(token.encode()).hexdigest()
    visit_id = Pass.objects.filter(token_sha256=digest).values_list("visit_id", flat=True).first()
    visit = find_visit(visit_id) if visit_id else None
    if visit is None or visit.ended_at is not None or sessions_over({visit.session_key}, now):
        return None
    return visit

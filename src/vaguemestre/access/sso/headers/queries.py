"""Who a pass is for."""

import hashlib
from datetime import datetime

from vaguemestre.access.signin.queries import sessions_over
from vaguemestre.access.sso.headers.models import Pass
from vaguemestre.access.sso.registry.queries import visit_of
from vaguemestre.access.sso.registry.values import Visit


def visit_by_pass(token: str, now: datetime) -> Visit | None:
    """None when the pass is none of ours, or the visit or its session is over."""
    if not token:
        return None
    known = hashlib.sha256(token.encode()).hexdigest()
    visit_id = Pass.objects.filter(token_sha256=known).values_list("visit_id", flat=True).first()
    visit = visit_of(visit_id) if visit_id else None
    if visit is None or visit.ended_at is not None or sessions_over({visit.session_key}, now):
        return None
    return visit

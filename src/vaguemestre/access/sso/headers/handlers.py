"""Single sign-out: passes end with their visit, and no application needs notifying."""

from vaguemestre.access.sso.registry.events import VisitEnded
from vaguemestre.access.sso.registry.queries import find_visit
from vaguemestre.access.sso.registry.services import delete_visit
from vaguemestre.access.sso.registry.values import Protocol


def delete_ended_visit(event: VisitEnded) -> None:
    """Delete the visit of a header application."""
    visit = find_visit(event.visit_id)
    if visit and visit.application.protocol is Protocol.HEADERS:
        delete_visit(visit.visit_id)

"""Sign-outs: passes open nothing once the visit is over; nobody needs to be told."""

from vaguemestre.access.sso.registry.events import VisitEnded
from vaguemestre.access.sso.registry.queries import visit_of
from vaguemestre.access.sso.registry.services import forget_visit
from vaguemestre.access.sso.registry.values import Protocol


def tell(event: VisitEnded) -> None:
    visit = visit_of(event.visit_id)
    if visit and visit.application.protocol is Protocol.HEADERS:
        forget_visit(visit.visit_id)

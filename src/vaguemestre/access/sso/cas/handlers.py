"""Services told that somebody signed out (CAS 3.0 §2.3.3)."""

import logging

from django.utils import timezone

from vaguemestre.access.sso.cas.rules import logout_request
from vaguemestre.access.sso.registry.events import VisitEnded
from vaguemestre.access.sso.registry.ports import post_form
from vaguemestre.access.sso.registry.queries import identity_of, visit_of
from vaguemestre.access.sso.registry.services import forget_visit
from vaguemestre.access.sso.registry.values import Protocol
from vaguemestre.foundation.kernel.errors import EngineRefused

log = logging.getLogger(__name__)


def tell(event: VisitEnded) -> None:
    """Raises EngineDown when the service does not answer: later, then."""
    visit = visit_of(event.visit_id)
    if visit is None or visit.application.protocol is not Protocol.CAS:
        return
    if visit.reference:  # its ticket was validated: the service knows the person
        now = timezone.now()
        user = identity_of(visit.account_id, now).username
        told = logout_request(visit.reference, user, f"LR-{visit.sid}", now)
        try:
            post_form.get()(visit.service, {"logoutRequest": told})
        except EngineRefused as error:
            log.warning("%s refused a sign-out: %s", visit.application.client_id, error)
    forget_visit(visit.visit_id)

"""Single sign-out of CAS services (CAS 3.0 §2.3.3)."""

import logging

from django.utils import timezone

from vaguemestre.access.sso.cas.rules import logout_request
from vaguemestre.access.sso.registry.events import VisitEnded
from vaguemestre.access.sso.registry.ports import post_form
from vaguemestre.access.sso.registry.queries import find_visit, identity_of
from vaguemestre.access.sso.registry.services import delete_visit
from vaguemestre.access.sso.registry.values import Protocol
from vaguemestre.foundation.kernel.errors import EngineRefused

log = logging.getLogger(__name__)


def notify_service(event: VisitEnded) -> None:
    """Send the LogoutRequest. Raises EngineDown if the service does not answer: the job is retried."""
    visit = find_visit(event.visit_id)
    if visit is None or visit.application.protocol is not Protocol.CAS:
        return
    if visit.reference:  # the ticket was validated: the service knows the user
        now = timezone.now()
        user = identity_of(visit.account_id, now).username
        request = logout_request(visit.reference, user, f"LR-{visit.sid}", now)
        try:
            post_form.get()(visit.service, {"logoutRequest": request})
        except EngineRefused as error:
            log.warning("%s refused a sign-out: %s", visit.application.client_id, error)
    delete_visit(visit.visit_id)

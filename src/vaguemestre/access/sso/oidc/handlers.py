"""Applications told that somebody signed out (OpenID Connect Back-Channel Logout)."""

import logging

from django.conf import settings
from django.utils import timezone

from vaguemestre.access.sso.oidc.rules import claims as rules
from vaguemestre.access.sso.oidc.services import signing_key
from vaguemestre.access.sso.registry.events import VisitEnded
from vaguemestre.access.sso.registry.ports import post_form
from vaguemestre.access.sso.registry.queries import identity_of, subject_for, visit_of
from vaguemestre.access.sso.registry.services import forget_visit
from vaguemestre.access.sso.registry.values import Protocol, Visit
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.people.credentials.ports import secret_keys

log = logging.getLogger(__name__)


def front_address(visit: Visit) -> str:
    """What a browser loads to end that visit; "" when the application has no such address."""
    application = visit.application
    if application.protocol is not Protocol.OIDC or not application.front_sign_out:
        return ""
    return rules.front_address(application.front_sign_out, settings.CONFIG.public_url, visit.sid)


def tell(event: VisitEnded) -> None:
    """Raises EngineDown when the application does not answer: later, then."""
    visit = visit_of(event.visit_id)
    if visit is None or visit.application.protocol is not Protocol.OIDC:
        return
    application, now = visit.application, timezone.now()
    if application.tell_sign_out:
        subject = subject_for(application, identity_of(visit.account_id, now))
        key = signing_key(application.signing, secret_keys.get(), now)
        issuer = settings.CONFIG.public_url
        token = rules.logout_token(subject, visit.sid, application.client_id, issuer, key, now)
        try:
            post_form.get()(application.tell_sign_out, {"logout_token": token})
        except EngineRefused as error:
            log.warning("%s refused a sign-out: %s", application.client_id, error)
    forget_visit(visit.visit_id)

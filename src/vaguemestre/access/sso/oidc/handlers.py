"""Single sign-out of OIDC clients (OpenID Connect Back-Channel and Front-Channel Logout)."""

import logging

from django.conf import settings
from django.utils import timezone

from vaguemestre.access.sso.oidc.rules import claims as rules
from vaguemestre.access.sso.oidc.services import signing_key
from vaguemestre.access.sso.registry.events import VisitEnded
from vaguemestre.access.sso.registry.ports import post_form
from vaguemestre.access.sso.registry.queries import find_visit, identity_of, subject_for
from vaguemestre.access.sso.registry.services import delete_visit
from vaguemestre.access.sso.registry.values import Protocol, Visit
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.people.credentials.ports import secret_keys

log = logging.getLogger(__name__)


def front_address(visit: Visit) -> str:
    """The front-channel logout address of that visit; "" if the client has none."""
    application = visit.application
    if application.protocol is not Protocol.OIDC or not application.front_sign_out:
        return ""
    return rules.front_address(application.front_sign_out, settings.CONFIG.public_url, visit.sid)


def notify_client(event: VisitEnded) -> None:
    """Send the logout token. Raises EngineDown if the client does not answer: the job is retried."""
    visit = find_visit(event.visit_id)
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
    delete_visit(visit.visit_id)

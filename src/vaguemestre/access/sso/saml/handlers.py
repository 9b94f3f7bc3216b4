"""Single logout of service providers: by SOAP from here, and by the browser.

Both are tried: mod_auth_mellon's metadata script declares SOAP though the module refuses it, and browsers
withhold third-party cookies in frames. A provider notified twice signs out once.
"""

import logging

from django.utils import timezone

from vaguemestre.access.sso.registry.events import VisitEnded
from vaguemestre.access.sso.registry.ports import post_document
from vaguemestre.access.sso.registry.queries import find_visit, pseudonym_of
from vaguemestre.access.sso.registry.services import delete_visit
from vaguemestre.access.sso.registry.values import Protocol, Visit
from vaguemestre.access.sso.saml.http import current_pair, entity_id
from vaguemestre.access.sso.saml.queries import peer_of
from vaguemestre.access.sso.saml.rules import message_builder
from vaguemestre.access.sso.saml.rules.documents import Element, deflate
from vaguemestre.access.sso.saml.rules.signatures import sign, sign_query
from vaguemestre.access.sso.saml.values import Binding, Endpoint, Format, Peer
from vaguemestre.foundation.kernel.errors import EngineRefused

log = logging.getLogger(__name__)
_ACTION = "http://www.oasis-open.org/committees/security"


def notify_service_provider(event: VisitEnded) -> None:
    """Send a LogoutRequest by SOAP. Raises EngineDown if the provider does not answer: the job is retried."""
    visit = find_visit(event.visit_id)
    if visit is None or visit.application.protocol is not Protocol.SAML:
        return
    peer = peer_of(visit.application.client_id)
    endpoint = _sign_out_endpoint(peer, Binding.SOAP)
    if peer and endpoint and visit.reference:
        message = sign(_logout_request(visit, peer, endpoint.address), current_pair())
        try:
            post_document.get()(endpoint.address, message_builder.soap_envelope(message), "text/xml", _ACTION)
        except EngineRefused as error:
            log.warning("%s refused a sign-out: %s", visit.application.client_id, error)
    delete_visit(visit.visit_id)


def front_address(visit: Visit) -> str:
    """The logout address the browser loads; "" if the provider only has a SOAP endpoint."""
    if visit.application.protocol is not Protocol.SAML or not visit.reference:
        return ""
    peer = peer_of(visit.application.client_id)
    endpoint = _sign_out_endpoint(peer, Binding.REDIRECT)
    if peer is None or endpoint is None:
        return ""
    message = deflate(message_builder.serialize(_logout_request(visit, peer, endpoint.address)))
    joint = "&" if "?" in endpoint.address else "?"
    return f"{endpoint.address}{joint}{sign_query('SAMLRequest', message, '', current_pair())}"


def _logout_request(visit: Visit, peer: Peer, address: str) -> Element:
    now = timezone.now()
    root = message_builder.logout_request(entity_id(), address, visit.reference, visit.sid, now)
    persistent = pseudonym_of(visit.application.application_id, visit.account_id)
    form = Format.PERSISTENT if visit.reference == persistent else Format.TRANSIENT
    return message_builder.set_name_format(root, form, peer.provider.entity_id)


def _sign_out_endpoint(peer: Peer | None, binding: Binding) -> Endpoint | None:
    if peer is None:
        return None
    return next((item for item in peer.provider.sign_outs if item.binding == binding), None)

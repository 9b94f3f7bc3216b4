"""Applications told that somebody signed out: by SOAP from here, and by the browser.

Metadata are not believed to the letter: mod_auth_mellon's own script says SOAP, and the module refuses it; a
browser keeps the cookies of other sites out of frames. Told twice, an application signs out once.
"""

import logging

from django.utils import timezone

from vaguemestre.access.sso.registry.events import VisitEnded
from vaguemestre.access.sso.registry.ports import post_document
from vaguemestre.access.sso.registry.queries import pseudonym_of, visit_of
from vaguemestre.access.sso.registry.services import forget_visit
from vaguemestre.access.sso.registry.values import Protocol, Visit
from vaguemestre.access.sso.saml.http import entity_id, pair_now
from vaguemestre.access.sso.saml.queries import peer_of
from vaguemestre.access.sso.saml.rules import message_builder
from vaguemestre.access.sso.saml.rules.documents import Element, deflated
from vaguemestre.access.sso.saml.rules.signatures import query_signed, sign
from vaguemestre.access.sso.saml.values import Binding, Endpoint, Format, Peer
from vaguemestre.foundation.kernel.errors import EngineRefused

log = logging.getLogger(__name__)
_ACTION = "http://www.oasis-open.org/committees/security"


def tell(event: VisitEnded) -> None:
    """Raises EngineDown when the application does not answer: later, then."""
    visit = visit_of(event.visit_id)
    if visit is None or visit.application.protocol is not Protocol.SAML:
        return
    peer = peer_of(visit.application.client_id)
    endpoint = _listens(peer, Binding.SOAP)
    if peer and endpoint and visit.reference:
        message = sign(_request(visit, peer, endpoint.address), pair_now())
        try:
            post_document.get()(endpoint.address, message_builder.enveloped(message), "text/xml", _ACTION)
        except EngineRefused as error:
            log.warning("%s refused a sign-out: %s", visit.application.client_id, error)
    forget_visit(visit.visit_id)


def front_address(visit: Visit) -> str:
    """What a browser loads to end that visit; empty where the application listens to SOAP alone."""
    if visit.application.protocol is not Protocol.SAML or not visit.reference:
        return ""
    peer = peer_of(visit.application.client_id)
    endpoint = _listens(peer, Binding.REDIRECT)
    if peer is None or endpoint is None:
        return ""
    message = deflated(message_builder.written(_request(visit, peer, endpoint.address)))
    joint = "&" if "?" in endpoint.address else "?"
    return f"{endpoint.address}{joint}{query_signed('SAMLRequest', message, '', pair_now())}"


def _request(visit: Visit, peer: Peer, address: str) -> Element:
    now = timezone.now()
    root = message_builder.logout_request(entity_id(), address, visit.reference, visit.sid, now)
    persistent = pseudonym_of(visit.application.application_id, visit.account_id)
    form = Format.PERSISTENT if visit.reference == persistent else Format.TRANSIENT
    return message_builder.named(root, form, peer.described.entity_id)


def _listens(peer: Peer | None, binding: Binding) -> Endpoint | None:
    if peer is None:
        return None
    return next((one for one in peer.described.sign_outs if one.binding == binding), None)

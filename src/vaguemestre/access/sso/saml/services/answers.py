"""Responses to authentication requests."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.access.sso.registry.queries import pseudonym_of, visits_of_session
from vaguemestre.access.sso.registry.rules.release import IDENTIFIERS, released_attributes
from vaguemestre.access.sso.registry.services import set_visit_reference, start_visit
from vaguemestre.access.sso.registry.values import Application, Identity
from vaguemestre.access.sso.saml.rules import message_builder
from vaguemestre.access.sso.saml.rules.encryption import encrypt_assertion
from vaguemestre.access.sso.saml.rules.signatures import sign
from vaguemestre.access.sso.saml.values import AcceptedRequest, Format, Peer, SigningPair, Status

SESSION_LIFE = timedelta(hours=12)  # the browser session may end earlier, with a logout request


def answer_request(
    application: Application,
    peer: Peer,
    accepted: AcceptedRequest,
    identity: Identity,
    pair: SigningPair,
    *,
    issuer: str,
    form: Format,
    context: str,
    session_key: str,
    signed_in_at: datetime,
    now: datetime,
) -> bytes:
    """Use case: start the visit; the signed Response with its signed assertion, encrypted if required."""
    with transaction.atomic(durable=True):
        visit = start_visit(application, identity.account_id, session_key, now=now)
        name_id = _name_id(application, identity, form, visit.reference)
        if name_id != visit.reference:
            set_visit_reference(visit.visit_id, name_id)
    statement = message_builder.Statement(
        issuer=issuer,
        audience=peer.provider.entity_id,
        recipient=accepted.consumer,
        in_response_to=accepted.request_id,
        name_id=name_id,
        format=form,
        session_index=visit.sid,
        signed_in_at=signed_in_at,
        context=context,
        attributes=released_attributes(application, identity),
        session_ends_at=signed_in_at + SESSION_LIFE,
    )
    assertion = sign(message_builder.build_assertion(statement, now), pair)
    if peer.encrypts:
        assertion = encrypt_assertion(assertion, peer.provider.encryption)
    root = message_builder.build_response(issuer, accepted.consumer, accepted.request_id, now)
    root.append(assertion)
    return message_builder.serialize(sign(root, pair))


def is_requested_subject(
    accepted: AcceptedRequest, application: Application, identity: Identity, session_key: str
) -> bool:
    """Whether the user is who the provider asks about, by a name it was given (core §3.3.4, §3.4.1.4).

    A name we never gave it matches nobody: it would learn who somebody is by asking.
    """
    if accepted.subject is None:
        return True
    visits = visits_of_session(session_key)
    own = [visit for visit in visits if visit.application.application_id == application.application_id]
    released = released_attributes(application, identity)
    names = {
        pseudonym_of(application.application_id, identity.account_id),
        *(visit.reference for visit in own if visit.account_id == identity.account_id),
        *(str(released[attribute]) for attribute in IDENTIFIERS if attribute in released),
    }
    return accepted.subject in names - {""}


def decline_request(
    accepted: AcceptedRequest, status: Status, pair: SigningPair, *, issuer: str, now: datetime
) -> bytes:
    """A signed Response with an error status."""
    return message_builder.serialize(
        sign(
            message_builder.build_response(
                issuer, accepted.consumer, accepted.request_id, now, status=status
            ),
            pair,
        )
    )


def _name_id(application: Application, identity: Identity, form: Format, former: str) -> str:
    """The NameID: persistent, pairwise; transient, of this visit."""
    persistent = pseudonym_of(application.application_id, identity.account_id)
    if form is Format.PERSISTENT:
        return persistent
    return former if former and former != persistent else f"_{secrets.token_urlsafe(24)}"

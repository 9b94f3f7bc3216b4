"""Assertions given."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.access.sso.registry.queries import pseudonym_of
from vaguemestre.access.sso.registry.rules.release import released
from vaguemestre.access.sso.registry.services import enter, name_visit
from vaguemestre.access.sso.registry.values import Application, Identity
from vaguemestre.access.sso.saml.rules import message_builder
from vaguemestre.access.sso.saml.rules.encryption import encrypted
from vaguemestre.access.sso.saml.rules.signatures import sign
from vaguemestre.access.sso.saml.values import Asked, Format, Peer, SigningPair, Status

SESSION_LIFE = timedelta(hours=12)  # and never longer than the browser session: it is told its end


def answer_for(
    application: Application,
    peer: Peer,
    asked: Asked,
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
    """Use case: that person enters; the signed Response with its signed assertion, encrypted if asked."""
    with transaction.atomic(durable=True):
        visit = enter(application, identity.account_id, session_key, now=now)
        name_id = _name(application, identity, form, visit.reference)
        if name_id != visit.reference:
            name_visit(visit.visit_id, name_id)
    statement = message_builder.Statement(
        issuer=issuer,
        audience=peer.described.entity_id,
        recipient=asked.consumer,
        in_response_to=asked.request_id,
        name_id=name_id,
        format=form,
        session_index=visit.sid,
        signed_in_at=signed_in_at,
        context=context,
        attributes=released(application, identity),
        session_ends_at=signed_in_at + SESSION_LIFE,
    )
    told = sign(message_builder.assertion(statement, now), pair)
    if peer.encrypts:
        told = encrypted(told, peer.described.encryption)
    root = message_builder.response(issuer, asked.consumer, asked.request_id, now)
    root.append(told)
    return message_builder.written(sign(root, pair))


def decline(asked: Asked, status: Status, pair: SigningPair, *, issuer: str, now: datetime) -> bytes:
    """A signed Response that says no."""
    return message_builder.written(
        sign(message_builder.response(issuer, asked.consumer, asked.request_id, now, status=status), pair)
    )


def _name(application: Application, identity: Identity, form: Format, former: str) -> str:
    """Persistent: theirs in that application only. Transient: of this visit."""
    persistent = pseudonym_of(application.application_id, identity.account_id)
    if form is Format.PERSISTENT:
        return persistent
    return former if former and former != persistent else f"_{secrets.token_urlsafe(24)}"

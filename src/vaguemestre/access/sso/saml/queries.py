"""Queries on service providers."""

import base64
from typing import Any

from vaguemestre.access.sso.saml.models import Peer as PeerRow
from vaguemestre.access.sso.saml.values import Endpoint, Peer, ServiceProvider


def peer_named(entity_id: str) -> Peer | None:
    row = PeerRow.objects.select_related("application").filter(entity_id=entity_id).first()
    return _peer(row) if row else None


def peer_of(client_id: str) -> Peer | None:
    row = PeerRow.objects.select_related("application").filter(application__client_id=client_id).first()
    return _peer(row) if row else None


def _peer(row: PeerRow) -> Peer:
    provider = ServiceProvider(
        entity_id=row.entity_id,
        consumers=tuple(_endpoint(item) for item in row.consumers),
        sign_outs=tuple(_endpoint(item) for item in row.sign_outs),
        signing=tuple(base64.b64decode(certificate) for certificate in row.signing),
        encryption=base64.b64decode(row.encryption),
        formats=tuple(row.formats),
        signs_requests=row.signs_requests,
    )
    return Peer(row.application.client_id, provider, row.encrypts)


def _endpoint(fields: dict[str, Any]) -> Endpoint:
    return Endpoint(**fields)

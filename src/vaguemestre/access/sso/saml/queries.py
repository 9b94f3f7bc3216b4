"""Reading service providers."""

import base64
from typing import Any

from vaguemestre.access.sso.saml.models import Peer as PeerRow
from vaguemestre.access.sso.saml.values import Described, Endpoint, Peer


def peer_named(entity_id: str) -> Peer | None:
    row = PeerRow.objects.select_related("application").filter(entity_id=entity_id).first()
    return _peer(row) if row else None


def peer_of(client_id: str) -> Peer | None:
    row = PeerRow.objects.select_related("application").filter(application__client_id=client_id).first()
    return _peer(row) if row else None


def _peer(row: PeerRow) -> Peer:
    described = Described(
        entity_id=row.entity_id,
        consumers=tuple(_endpoint(one) for one in row.consumers),
        sign_outs=tuple(_endpoint(one) for one in row.sign_outs),
        signing=tuple(base64.b64decode(one) for one in row.signing),
        encryption=base64.b64decode(row.encryption),
        formats=tuple(row.formats),
        signs_requests=row.signs_requests,
    )
    return Peer(row.application.client_id, described, row.encrypts)


def _endpoint(kept: dict[str, Any]) -> Endpoint:
    return Endpoint(**kept)

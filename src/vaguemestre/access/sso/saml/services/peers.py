"""Service providers written down from their metadata."""

import base64
from dataclasses import asdict, replace
from datetime import datetime

from django.db import transaction

from vaguemestre.access.sso.registry.queries import find_application
from vaguemestre.access.sso.registry.rules.addresses import check_address
from vaguemestre.access.sso.registry.rules.release import ATTRIBUTES
from vaguemestre.access.sso.registry.services import rewrite, write_down
from vaguemestre.access.sso.registry.values import Application, Protocol, Registration
from vaguemestre.access.sso.saml.models import Peer
from vaguemestre.access.sso.saml.queries import peer_named, peer_of
from vaguemestre.access.sso.saml.rules.client_ids import client_id_for
from vaguemestre.access.sso.saml.values import Binding, Described
from vaguemestre.foundation.kernel.errors import Refusal


@transaction.atomic(durable=True)
def keep_peer(
    described: Described,
    *,
    client_id: str = "",
    registration: Registration | None = None,
    encrypts: bool | None = None,
    start: str = "",
    by: str,
    now: datetime,
) -> str:
    """Use case: write down what those metadata describe; its client id.

    What administrators decided about a known one stays; only what metadata say is replaced. `registration`:
    the rest of it, decided elsewhere (a declared file). `start`: where the portal leads, when nothing says.
    Assertions are encrypted when the metadata have a key for it, unless decided otherwise.
    Raises Refusal as `registry.services.add_application`, `sso.no-consumer`, `sso.entity-taken`.
    """
    consumers = [one for one in described.consumers if one.binding == Binding.POST]
    if not consumers:
        raise Refusal("sso.no-consumer", entity_id=described.entity_id[:200])
    for endpoint in described.sign_outs:
        for address in filter(None, (endpoint.address, endpoint.answers)):
            check_address(address)
    known = peer_named(described.entity_id)
    if known and client_id and known.client_id != client_id:
        raise Refusal("sso.entity-taken", entity_id=described.entity_id[:200], client_id=known.client_id)
    client_id = known.client_id if known else client_id or client_id_for(described.entity_id)
    addresses = tuple(dict.fromkeys(one.address for one in consumers))
    former = find_application(client_id)
    if former and former.protocol is not Protocol.SAML:
        raise Refusal("sso.client-id-taken", client_id=client_id)
    wanted = registration or former or _first(described, client_id, start)
    if former:
        rewrite(_plain(replace(wanted, addresses=addresses)), by=by, now=now)
    else:
        write_down(_plain(replace(wanted, addresses=addresses)), by=by, now=now)
    _write(described, client_id, encrypts, now)
    return client_id


def _first(described: Described, client_id: str, start: str) -> Registration:
    """What is decided of one that nobody decided about: what it asks for is not what it is given."""
    return Registration(
        client_id=client_id,
        name=described.name or client_id,
        protocol=Protocol.SAML,
        addresses=(),
        home=start,
        description=described.description,
        contact=described.contact,
        pairwise=True,
    )


def asked_of(described: Described) -> tuple[str, ...]:
    """The attributes it asks for that we know."""
    return tuple(name for name in described.wanted if name in ATTRIBUTES)


def _plain(registration: Registration) -> Registration:
    if not isinstance(registration, Application):
        return replace(registration, pairwise=True)
    told = asdict(registration)
    for name in ("application_id", "secret_sha256", "former_sha256", "former_until", "has_logo"):
        told.pop(name)
    return Registration(**told)


def _write(described: Described, client_id: str, encrypts: bool | None, now: datetime) -> None:
    application = find_application(client_id)
    if application is None:
        raise LookupError(client_id)
    before = peer_of(client_id)
    decided = encrypts if encrypts is not None else before.encrypts if before else bool(described.encryption)
    Peer.objects.update_or_create(
        application_id=application.application_id,
        defaults={
            "entity_id": described.entity_id,
            "consumers": [asdict(one) for one in described.consumers],
            "sign_outs": [asdict(one) for one in described.sign_outs],
            "signing": [base64.b64encode(one).decode() for one in described.signing],
            "encryption": base64.b64encode(described.encryption).decode(),
            "formats": list(described.formats),
            "signs_requests": described.signs_requests,
            "encrypts": decided and bool(described.encryption),
            "read_at": now,
        },
    )

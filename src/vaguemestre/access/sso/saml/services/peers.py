"""Registration of service providers from their metadata."""

import base64
from dataclasses import asdict, replace
from datetime import datetime

from django.db import transaction

from vaguemestre.access.sso.registry.queries import find_application
from vaguemestre.access.sso.registry.rules.addresses import check_address
from vaguemestre.access.sso.registry.services import create_application, update_application
from vaguemestre.access.sso.registry.values import Application, Protocol, Registration
from vaguemestre.access.sso.saml.models import Peer
from vaguemestre.access.sso.saml.queries import peer_named, peer_of
from vaguemestre.access.sso.saml.rules.client_ids import client_id_for
from vaguemestre.access.sso.saml.values import Binding, ServiceProvider
from vaguemestre.foundation.kernel.errors import Refusal


@transaction.atomic(durable=True)
def register_provider(
    provider: ServiceProvider,
    *,
    client_id: str = "",
    registration: Registration | None = None,
    encrypts: bool | None = None,
    start: str = "",
    by: str,
    now: datetime,
) -> str:
    """Use case: register a service provider, or update it; returns its client ID.

    Administrators' decisions about a known one stay; only what metadata describe is replaced. `registration`:
    those decisions, from a declared file. `start`: where the portal leads if nothing else says. Assertions
    are encrypted if the metadata have a key for it, unless `encrypts` decides otherwise.
    Raises Refusal as `registry.services.add_application`, `sso.no-consumer`, `sso.entity-taken`.
    """
    consumers = [endpoint for endpoint in provider.consumers if endpoint.binding == Binding.POST]
    if not consumers:
        raise Refusal("sso.no-consumer", entity_id=provider.entity_id[:200])
    for endpoint in provider.sign_outs:
        for address in filter(None, (endpoint.address, endpoint.answers)):
            check_address(address)
    registered = peer_named(provider.entity_id)
    if registered and client_id and registered.client_id != client_id:
        raise Refusal("sso.entity-taken", entity_id=provider.entity_id[:200], client_id=registered.client_id)
    client_id = registered.client_id if registered else client_id or client_id_for(provider.entity_id)
    addresses = tuple(dict.fromkeys(endpoint.address for endpoint in consumers))
    former = find_application(client_id)
    if former and former.protocol is not Protocol.SAML:
        raise Refusal("sso.client-id-taken", client_id=client_id)
    source = registration or former or _new_registration(provider, client_id, start)
    if former:
        update_application(_registration_of(replace(source, addresses=addresses)), by=by, now=now)
    else:
        create_application(_registration_of(replace(source, addresses=addresses)), by=by, now=now)
    _write(provider, client_id, encrypts, now)
    return client_id


def _new_registration(provider: ServiceProvider, client_id: str, start: str) -> Registration:
    """The registration of a new provider: no attribute is released by default."""
    return Registration(
        client_id=client_id,
        name=provider.name or client_id,
        protocol=Protocol.SAML,
        addresses=(),
        home=start,
        description=provider.description,
        contact=provider.contact,
        pairwise=True,
    )


def _registration_of(registration: Registration) -> Registration:
    if not isinstance(registration, Application):
        return replace(registration, pairwise=True)
    fields = asdict(registration)
    for name in ("application_id", "secret_sha256", "former_sha256", "former_until", "has_logo"):
        fields.pop(name)
    return Registration(**fields)


def _write(provider: ServiceProvider, client_id: str, encrypts: bool | None, now: datetime) -> None:
    application = find_application(client_id)
    if application is None:
        raise LookupError(client_id)
    before = peer_of(client_id)
    decided = encrypts if encrypts is not None else before.encrypts if before else bool(provider.encryption)
    Peer.objects.update_or_create(
        application_id=application.application_id,
        defaults={
            "entity_id": provider.entity_id,
            "consumers": [asdict(endpoint) for endpoint in provider.consumers],
            "sign_outs": [asdict(endpoint) for endpoint in provider.sign_outs],
            "signing": [base64.b64encode(certificate).decode() for certificate in provider.signing],
            "encryption": base64.b64encode(provider.encryption).decode(),
            "formats": list(provider.formats),
            "signs_requests": provider.signs_requests,
            "encrypts": decided and bool(provider.encryption),
            "read_at": now,
        },
    )

"""Applications written down, changed, struck out. Use cases."""

import hashlib
import re
import secrets
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils.crypto import constant_time_compare

from vaguemestre.journal.services import record
from vaguemestre.kernel.errors import Refusal
from vaguemestre.sso.registry.models import Application as ApplicationRow
from vaguemestre.sso.registry.rules.addresses import check_address
from vaguemestre.sso.registry.rules.release import check_released
from vaguemestre.sso.registry.values import Application, Protocol, Registration

_CLIENT_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,62}", re.ASCII)


@transaction.atomic(durable=True)
def add_application(registration: Registration, *, by: str, now: datetime) -> str:
    """Write an application down; its secret, shown once ("" where it keeps none).

    Raises Refusal `sso.client-id-taken`, `sso.client-id-malformed`, `sso.address-not-allowed`,
    `sso.address-taken`, `sso.no-address`, `sso.attribute-unknown`.
    """
    if ApplicationRow.objects.filter(client_id=registration.client_id).exists():
        raise Refusal("sso.client-id-taken", client_id=registration.client_id)
    secret = secrets.token_urlsafe(32) if _needs_secret(registration) else ""
    _write(registration, _sha256(secret), now)
    record("sso.application-added", to=f"application:{registration.client_id}", by=by, at=now)
    return secret


@transaction.atomic(durable=True)
def keep_application(registration: Registration, secret: str, *, by: str, now: datetime) -> None:
    """Write an application down as given, whatever was there; nothing is recorded when nothing changes."""
    before = ApplicationRow.objects.filter(client_id=registration.client_id).values().first()
    _write(registration, _sha256(secret), now)
    after = ApplicationRow.objects.filter(client_id=registration.client_id).values().first()
    if before != after:
        record("sso.application-changed", to=f"application:{registration.client_id}", by=by, at=now)


@transaction.atomic(durable=True)
def renew_secret(client_id: str, *, by: str, now: datetime) -> str:
    """A new secret; the former opens nothing any more. Raises Refusal `sso.application-unknown`."""
    secret = secrets.token_urlsafe(32)
    rows = ApplicationRow.objects.filter(client_id=client_id, public=False, protocol=Protocol.OIDC.value)
    if not rows.update(secret_sha256=_sha256(secret)):
        raise Refusal("sso.application-unknown", client_id=client_id)
    record("sso.secret-renewed", to=f"application:{client_id}", by=by, at=now)
    return secret


@transaction.atomic(durable=True)
def remove_application(client_id: str, *, by: str, now: datetime) -> None:
    """Strike it out, with all that was given to it. Raises Refusal `sso.application-unknown`."""
    gone, _ = ApplicationRow.objects.filter(client_id=client_id).delete()
    if not gone:
        raise Refusal("sso.application-unknown", client_id=client_id)
    record("sso.application-removed", to=f"application:{client_id}", by=by, at=now)


def secret_holds(application: Application, secret: str) -> bool:
    """Whether this is the application's secret; never for one that keeps none."""
    kept = application.secret_sha256
    return bool(kept) and constant_time_compare(_sha256(secret), kept)


def _write(registration: Registration, secret_sha256: str, now: datetime) -> None:
    if not _CLIENT_ID.fullmatch(registration.client_id):
        raise Refusal("sso.client-id-malformed", client_id=registration.client_id)
    if not registration.addresses:
        raise Refusal("sso.no-address")
    optional = [a for a in (registration.home, registration.tell_sign_out) if a]
    for address in (*registration.addresses, *registration.after_sign_out, *optional):
        check_address(address)
    check_released(registration.released)
    _check_services_free(registration)
    fields = asdict(registration)
    client_id = fields.pop("client_id")
    for name in ("addresses", "after_sign_out", "released", "categories", "roles"):
        fields[name] = list(fields[name])
    fields |= {"protocol": registration.protocol.value, "signing": registration.signing.value}
    ApplicationRow.objects.update_or_create(
        client_id=client_id,
        defaults={**fields, "secret_sha256": secret_sha256},
        create_defaults={**fields, "secret_sha256": secret_sha256, "created_at": now},
    )


def _check_services_free(registration: Registration) -> None:
    """A CAS service names its application: two cannot share one."""
    if registration.protocol is not Protocol.CAS:
        return
    others = ApplicationRow.objects.filter(protocol=Protocol.CAS.value)
    for row in others.exclude(client_id=registration.client_id):
        if shared := set(registration.addresses) & set(row.addresses):
            raise Refusal("sso.address-taken", address=min(shared), client_id=row.client_id)


def _needs_secret(registration: Registration) -> bool:
    return registration.protocol is Protocol.OIDC and not registration.public


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest() if secret else ""

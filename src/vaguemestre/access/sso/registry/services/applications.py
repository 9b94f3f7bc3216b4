"""Applications: register, change, remove. Use cases."""

import hashlib
import re
import secrets
from dataclasses import fields
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import constant_time_compare

from vaguemestre.access.sso.registry.models import Application as ApplicationRow
from vaguemestre.access.sso.registry.models import Logo
from vaguemestre.access.sso.registry.queries import LISTS
from vaguemestre.access.sso.registry.rules.addresses import check_address, check_prefix
from vaguemestre.access.sso.registry.rules.release import check_released
from vaguemestre.access.sso.registry.rules.words import check_criteria
from vaguemestre.access.sso.registry.values import Application, Protocol, Registration
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import application_subject
from vaguemestre.foundation.kernel.errors import Refusal

OVERLAP = timedelta(days=2)  # a replaced secret stays valid while it is changed in the application
_CLIENT_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,62}", re.ASCII)
_UNIQUE_ADDRESSES = (Protocol.CAS, Protocol.SAML, Protocol.HEADERS)


@transaction.atomic(durable=True)
def add_application(registration: Registration, *, by: str, now: datetime) -> str:
    """Register an application; returns its secret, shown once ("" if it has none).

    Raises Refusal `sso.client-id-taken`, `sso.client-id-malformed`, `sso.address-not-allowed`,
    `sso.address-taken`, `sso.no-address`, `sso.attribute-unknown`, `sso.criterion-unknown`.
    """
    return create_application(registration, by=by, now=now)


def create_application(registration: Registration, *, by: str, now: datetime) -> str:
    """Part: the same."""
    if ApplicationRow.objects.filter(client_id=registration.client_id).exists():
        raise Refusal("sso.client-id-taken", client_id=registration.client_id)
    secret = secrets.token_urlsafe(32) if needs_secret(registration) else ""
    _write(registration, now, secret_sha256=sha256(secret))
    record("sso.application-added", to=application_subject(registration.client_id), by=by, at=now)
    return secret


@transaction.atomic(durable=True)
def change_application(registration: Registration, *, by: str, now: datetime) -> bool:
    """Change an application but not its secret. False when nothing changes.

    Raises Refusal as `add_application`, and `sso.application-unknown`.
    """
    return update_application(registration, by=by, now=now)


def update_application(registration: Registration, *, by: str, now: datetime) -> bool:
    """Part: the same."""
    if not ApplicationRow.objects.filter(client_id=registration.client_id).exists():
        raise Refusal("sso.application-unknown", client_id=registration.client_id)
    return save_application(registration, by, now)


@transaction.atomic(durable=True)
def keep_application(registration: Registration, secret: str, *, by: str, now: datetime) -> bool:
    """Create or replace an application; False and no journal line when nothing changes."""
    return save_application(registration, by, now, secret_sha256=sha256(secret))


@transaction.atomic(durable=True)
def renew_secret(client_id: str, *, by: str, now: datetime, at_once: bool = False) -> str:
    """Draw a new secret; the former stays valid two days, unless `at_once`.

    Raises Refusal `sso.application-unknown`.
    """
    secret = secrets.token_urlsafe(32)
    rows = ApplicationRow.objects.filter(client_id=client_id, public=False, protocol=Protocol.OIDC.value)
    row = rows.select_for_update().first()
    if row is None:
        raise Refusal("sso.application-unknown", client_id=client_id)
    row.former_sha256 = "" if at_once else row.secret_sha256
    row.former_until = None if at_once else now + OVERLAP
    row.secret_sha256 = sha256(secret)
    row.save(update_fields=["former_sha256", "former_until", "secret_sha256"])
    record("sso.secret-renewed", to=application_subject(client_id), by=by, at=now, at_once=at_once)
    return secret


@transaction.atomic(durable=True)
def remove_application(client_id: str, *, by: str, now: datetime) -> None:
    """Remove an application with its tokens and visits. Raises Refusal `sso.application-unknown`."""
    deleted, _ = ApplicationRow.objects.filter(client_id=client_id).delete()
    if not deleted:
        raise Refusal("sso.application-unknown", client_id=client_id)
    record("sso.application-removed", to=application_subject(client_id), by=by, at=now)


@transaction.atomic(durable=True)
def set_logo(client_id: str, content: bytes, *, by: str, now: datetime) -> None:
    """Set the logo (a re-encoded PNG; empty: remove it). Raises Refusal `sso.application-unknown`."""
    row = ApplicationRow.objects.filter(client_id=client_id).first()
    if row is None:
        raise Refusal("sso.application-unknown", client_id=client_id)
    if content:
        Logo.objects.update_or_create(application=row, defaults={"content": content})
    else:
        Logo.objects.filter(application=row).delete()
    row.logo_sha256 = hashlib.sha256(content).hexdigest() if content else ""
    row.save(update_fields=["logo_sha256"])
    record("sso.logo-changed", to=application_subject(client_id), by=by, at=now)


def is_secret_right(application: Application, secret: str, now: datetime) -> bool:
    """Whether this is the application's secret, or the former one while still valid; never ""."""
    digest = sha256(secret)
    current, former, until = application.secret_sha256, application.former_sha256, application.former_until
    is_current = bool(current) and constant_time_compare(digest, current)
    is_former = bool(former) and until is not None and now < until and constant_time_compare(digest, former)
    return bool(secret) and (is_current or is_former)


def needs_secret(registration: Registration) -> bool:
    return registration.protocol is Protocol.OIDC and not registration.public


def save_application(registration: Registration, by: str, now: datetime, **more: str) -> bool:
    """Part: create or replace; False and no journal line when nothing changes."""
    rows = ApplicationRow.objects.filter(client_id=registration.client_id)
    before = rows.values().first()
    _write(registration, now, **more)
    is_changed = before != rows.values().first()
    if is_changed:
        record("sso.application-changed", to=application_subject(registration.client_id), by=by, at=now)
    return is_changed


def _write(registration: Registration, now: datetime, **more: str) -> None:
    _check(registration)
    columns = {field.name: getattr(registration, field.name) for field in fields(Registration)}
    client_id = columns.pop("client_id")
    for name in LISTS:
        columns[name] = list(columns[name])
    for name in ("protocol", "signing", "assurance"):
        columns[name] = columns[name].value
    ApplicationRow.objects.update_or_create(
        client_id=client_id,
        defaults={**columns, **more},
        create_defaults={**columns, **more, "created_at": now},
    )


def _check(registration: Registration) -> None:
    if not _CLIENT_ID.fullmatch(registration.client_id):
        raise Refusal("sso.client-id-malformed", client_id=registration.client_id)
    if not registration.addresses:
        raise Refusal("sso.no-address")
    prefixes = registration.prefixes
    several = (*registration.addresses, *registration.after_sign_out, *registration.proxies, *prefixes)
    alone = (registration.home, registration.tell_sign_out, registration.front_sign_out)
    for address in (*several, *(address for address in alone if address)):
        check_address(address)
    if prefixes and registration.protocol is not Protocol.CAS:
        raise Refusal("sso.prefix-not-for-protocol", client_id=registration.client_id)
    if registration.protocol is Protocol.HEADERS:
        prefixes = registration.addresses
    for address in prefixes:
        check_prefix(address)
    check_released(registration.released)
    check_criteria(registration)
    _check_addresses_free(registration)


def _check_addresses_free(registration: Registration) -> None:
    """The address of a CAS, SAML or header application identifies it: two cannot share one."""
    if registration.protocol not in _UNIQUE_ADDRESSES:
        return
    others = ApplicationRow.objects.filter(protocol=registration.protocol.value)
    for row in others.exclude(client_id=registration.client_id):
        mine = {*registration.addresses, *registration.prefixes}
        if shared := mine & {*row.addresses, *row.prefixes}:
            raise Refusal("sso.address-taken", address=min(shared), client_id=row.client_id)


def sha256(secret: str) -> str:
    """SHA-256 of a secret in hexadecimal; "" for none."""
    return hashlib.sha256(secret.encode()).hexdigest() if secret else ""

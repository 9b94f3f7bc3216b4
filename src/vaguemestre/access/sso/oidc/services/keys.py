"""Signing keys: storage and rotation."""

from datetime import datetime

from django.db import IntegrityError, transaction

from vaguemestre.access.sso.oidc.models import SigningKey
from vaguemestre.access.sso.oidc.rules.keys import PUBLISHED_AFTER, PUBLISHED_BEFORE, generate_key, signer
from vaguemestre.access.sso.oidc.values import Key
from vaguemestre.access.sso.registry.values import Signing
from vaguemestre.foundation.journal.services import record
from vaguemestre.people.credentials.rules.secret_box import seal, unseal
from vaguemestre.people.credentials.values import SecretKeys


def signing_keys(sealing: SecretKeys, now: datetime) -> list[Key]:
    """Every stored key; the first of each kind is created if there is none."""
    keys = _stored_keys(sealing)
    for kind in Signing:
        if not any(key.kind is kind for key in keys):
            _create_key(kind, 1, sealing, signs_from=now)
            keys = _stored_keys(sealing)
    return keys


def signing_key(kind: Signing, sealing: SecretKeys, now: datetime) -> Key:
    """The key that signs now."""
    key = signer(signing_keys(sealing, now), kind, now)
    if key is None:
        raise LookupError(kind.value)
    return key


def rotate_keys(sealing: SecretKeys, *, by: str, now: datetime) -> None:
    """Use case: create a key of each kind, published now, signing in an hour; delete those long replaced."""
    keys = signing_keys(sealing, now)
    for kind in Signing:
        newest = max(key.number for key in keys if key.kind is kind)
        _create_key(kind, newest + 1, sealing, signs_from=now + PUBLISHED_BEFORE)
        current = signer(keys, kind, now)
        if current and current.signs_from < now - PUBLISHED_AFTER:
            SigningKey.objects.filter(kind=kind.value, number__lt=current.number).delete()
    with transaction.atomic(durable=True):
        record("sso.keys-rotated", to="instance", by=by, at=now)


def _create_key(kind: Signing, number: int, sealing: SecretKeys, *, signs_from: datetime) -> None:
    """Create a key. If two processes try at once, one key is stored."""
    pem, kid = generate_key(kind)
    try:
        with transaction.atomic():
            SigningKey.objects.create(
                kind=kind.value,
                number=number,
                kid=kid,
                sealed=seal(pem.encode(), number, sealing),
                signs_from=signs_from,
            )
    except IntegrityError:
        return


def _stored_keys(sealing: SecretKeys) -> list[Key]:
    rows = SigningKey.objects.order_by("kind", "number")
    return [
        Key(
            number=row.number,
            kind=Signing(row.kind),
            kid=row.kid,
            private_pem=unseal(bytes(row.sealed), row.number, sealing).decode(),
            signs_from=row.signs_from,
        )
        for row in rows
    ]

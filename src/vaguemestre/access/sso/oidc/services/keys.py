"""Signing keys at rest."""

from datetime import datetime

from django.db import IntegrityError, transaction

from vaguemestre.access.sso.oidc.models import SigningKey
from vaguemestre.access.sso.oidc.rules.keys import SHOWN_AFTER, SHOWN_BEFORE, fresh_pem, signer
from vaguemestre.access.sso.oidc.values import Key
from vaguemestre.access.sso.registry.values import Signing
from vaguemestre.foundation.journal.services import record
from vaguemestre.people.credentials.rules.secret_box import seal, unseal
from vaguemestre.people.credentials.values import SecretKeys


def keys_now(sealing: SecretKeys, now: datetime) -> list[Key]:
    """Every key kept; the first of each kind is made when there is none."""
    keys = _kept(sealing)
    for kind in Signing:
        if not any(key.kind is kind for key in keys):
            _make(kind, 1, sealing, signs_from=now)
            keys = _kept(sealing)
    return keys


def signing_key(kind: Signing, sealing: SecretKeys, now: datetime) -> Key:
    """The key that signs now."""
    key = signer(keys_now(sealing, now), kind, now)
    if key is None:
        raise LookupError(kind.value)
    return key


def rotate_keys(sealing: SecretKeys, *, by: str, now: datetime) -> None:
    """Use case: a new key of each kind, published now, signing in an hour; those long replaced go."""
    keys = keys_now(sealing, now)
    for kind in Signing:
        newest = max(key.number for key in keys if key.kind is kind)
        _make(kind, newest + 1, sealing, signs_from=now + SHOWN_BEFORE)
        current = signer(keys, kind, now)
        if current and current.signs_from < now - SHOWN_AFTER:
            SigningKey.objects.filter(kind=kind.value, number__lt=current.number).delete()
    with transaction.atomic(durable=True):
        record("sso.keys-rotated", to="instance", by=by, at=now)


def _make(kind: Signing, number: int, sealing: SecretKeys, *, signs_from: datetime) -> None:
    """Two processes may try at once: one key is kept."""
    pem, kid = fresh_pem(kind)
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


def _kept(sealing: SecretKeys) -> list[Key]:
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

"""Our key pairs: storage and rotation."""

from datetime import datetime

from django.db import IntegrityError, transaction

from vaguemestre.access.sso.saml.models import ProviderKey
from vaguemestre.access.sso.saml.rules.pairs import PUBLISHED_BEFORE, generate_pair, signer
from vaguemestre.access.sso.saml.values import SigningPair
from vaguemestre.foundation.journal.services import record
from vaguemestre.people.credentials.rules.secret_box import seal, unseal
from vaguemestre.people.credentials.values import SecretKeys


def signing_pairs(sealing: SecretKeys, host: str, now: datetime) -> list[SigningPair]:
    """Every stored pair, oldest first; the first is created if there is none."""
    if not (pairs := _stored_pairs(sealing)):
        _create_pair(1, sealing, host, now, signs_from=now)
        pairs = _stored_pairs(sealing)
    return pairs


def signing_pair(sealing: SecretKeys, host: str, now: datetime) -> SigningPair:
    """The pair that signs now."""
    pair = signer(signing_pairs(sealing, host, now), now)
    if pair is None:
        raise LookupError(host)
    return pair


def rotate_pair(sealing: SecretKeys, host: str, *, by: str, now: datetime) -> datetime:
    """Use case: create a pair, published from now on; returns when it will sign. Old pairs are deleted."""
    pairs = signing_pairs(sealing, host, now)
    starts = now + PUBLISHED_BEFORE
    _create_pair(pairs[-1].number + 1, sealing, host, now, signs_from=starts)
    current = signer(pairs, now)
    if current:
        ProviderKey.objects.filter(number__lt=current.number).delete()
    with transaction.atomic(durable=True):
        record("sso.saml-key-renewed", to="instance", by=by, at=now)
    return starts


def _create_pair(number: int, sealing: SecretKeys, host: str, now: datetime, *, signs_from: datetime) -> None:
    """Create a pair. If two processes try at once, one pair is stored."""
    private, certificate = generate_pair(host, now)
    try:
        with transaction.atomic():
            ProviderKey.objects.create(
                number=number,
                sealed=seal(private, number, sealing),
                certificate=certificate.decode(),
                signs_from=signs_from,
            )
    except IntegrityError:
        return


def _stored_pairs(sealing: SecretKeys) -> list[SigningPair]:
    return [
        SigningPair(
            row.number,
            unseal(bytes(row.sealed), row.number, sealing),
            row.certificate.encode(),
            row.signs_from,
        )
        for row in ProviderKey.objects.order_by("number")
    ]

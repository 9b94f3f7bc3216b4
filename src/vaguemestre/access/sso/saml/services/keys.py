"""The provider's keys at rest."""

from datetime import datetime

from django.db import IntegrityError, transaction

from vaguemestre.access.sso.saml.models import ProviderKey
from vaguemestre.access.sso.saml.rules.pairs import SHOWN_BEFORE, fresh_pair, signer
from vaguemestre.access.sso.saml.values import SigningPair
from vaguemestre.foundation.journal.services import record
from vaguemestre.people.credentials.rules.secret_box import seal, unseal
from vaguemestre.people.credentials.values import SecretKeys


def pairs_now(sealing: SecretKeys, host: str, now: datetime) -> list[SigningPair]:
    """Every key kept, oldest first; the first is made when there is none."""
    if not (pairs := _kept(sealing)):
        _make(1, sealing, host, now, signs_from=now)
        pairs = _kept(sealing)
    return pairs


def signing_pair(sealing: SecretKeys, host: str, now: datetime) -> SigningPair:
    """The pair that signs now."""
    pair = signer(pairs_now(sealing, host, now), now)
    if pair is None:
        raise LookupError(host)
    return pair


def rotate_pair(sealing: SecretKeys, host: str, *, by: str, now: datetime) -> datetime:
    """Use case: a new pair, in the metadata from now on; when it will sign. Those long replaced go."""
    pairs = pairs_now(sealing, host, now)
    starts = now + SHOWN_BEFORE
    _make(pairs[-1].number + 1, sealing, host, now, signs_from=starts)
    current = signer(pairs, now)
    if current:
        ProviderKey.objects.filter(number__lt=current.number).delete()
    with transaction.atomic(durable=True):
        record("sso.saml-key-renewed", to="instance", by=by, at=now)
    return starts


def _make(number: int, sealing: SecretKeys, host: str, now: datetime, *, signs_from: datetime) -> None:
    """Two processes may try at once: one pair is kept."""
    private, certificate = fresh_pair(host, now)
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


def _kept(sealing: SecretKeys) -> list[SigningPair]:
    return [
        SigningPair(
            row.number,
            unseal(bytes(row.sealed), row.number, sealing),
            row.certificate.encode(),
            row.signs_from,
        )
        for row in ProviderKey.objects.order_by("number")
    ]

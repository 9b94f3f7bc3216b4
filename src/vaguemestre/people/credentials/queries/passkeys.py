"""Queries on passkeys."""

from dataclasses import dataclass, field
from datetime import datetime

from vaguemestre.people.credentials.models import Passkey
from vaguemestre.people.credentials.values import AccountState


@dataclass(frozen=True, slots=True)
class PasskeySummary:
    passkey_id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class RegisteredPasskey:
    """A key that may sign somebody in: the account must be active."""

    passkey_id: int
    account_id: int
    attested: bytes = field(repr=False)
    counter: int


def passkeys_of(account_id: int) -> list[PasskeySummary]:
    rows = Passkey.objects.filter(account_id=account_id, removed_at__isnull=True).order_by("pk")
    return [PasskeySummary(*row) for row in rows.values_list("pk", "name", "created_at", "last_used_at")]


def public_keys_of(account_id: int) -> list[bytes]:
    """The public keys of the account's passkeys: the browser excludes these authenticators."""
    rows = Passkey.objects.filter(account_id=account_id, removed_at__isnull=True).order_by("pk")
    return [bytes(attested) for attested in rows.values_list("attested", flat=True)]


def passkey_by_credential(credential_sha256: str) -> RegisteredPasskey | None:
    """The passkey of that credential id, if its account is active."""
    rows = Passkey.objects.filter(
        credential_sha256=credential_sha256, account__state=AccountState.ACTIVE, removed_at__isnull=True
    )
    row = rows.values_list("pk", "account_id", "attested", "counter").first()
    return RegisteredPasskey(row[0], row[1], bytes(row[2]), row[3]) if row else None

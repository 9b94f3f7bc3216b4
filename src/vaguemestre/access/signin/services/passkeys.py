"""Passkeys: enrolled by somebody signed in, and signed in with. Use cases."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.access.signin.services.security_notices import tell
from vaguemestre.access.signin.values import Asked, Denied, Factor, Granted
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import passkey_by_credential
from vaguemestre.people.credentials.rules.passkeys import (
    Party,
    complete_authentication,
    complete_registration,
    credential_sha256_of,
)
from vaguemestre.people.credentials.services import add_passkey, remove_passkey, use_passkey

_REFUSED = Denied("credentials.passkey-refused")


def keep_passkey(
    account_id: int, party: Party, state: Mapping[str, Any], answer: str, name: str, *, now: datetime
) -> AccountTouched:
    """The key a browser just made. Raises Refusal `credentials.passkey-refused` or `…too-many-passkeys`."""
    new = complete_registration(party, state, answer)
    with transaction.atomic(durable=True):
        number = add_passkey(account_id, new, name, by=f"account:{account_id}", now=now)
        return tell(account_id, "passkey-added", now=now, number=number, detail=f"« {name} »")


@transaction.atomic(durable=True)
def drop_passkey(account_id: int, passkey_id: int, *, now: datetime) -> AccountTouched:
    """Raises Refusal `signin.passkey-gone`."""
    if not remove_passkey(account_id, passkey_id, by=f"account:{account_id}", now=now):
        raise Refusal("signin.passkey-gone")
    return tell(account_id, "passkey-removed", now=now, number=passkey_id)


def by_passkey(
    asked: Asked, party: Party, state: Mapping[str, Any], answer: str, *, now: datetime
) -> Granted | Denied:
    """Sign in with the key an answer names: something held and something known or one is, in one gesture.

    No delay: a signature is not guessed, and others who fail nearby do not keep a key's owner out.
    """
    try:
        held = passkey_by_credential(credential_sha256_of(answer))
        counter = complete_authentication(party, state, answer, held.attested, held.counter) if held else 0
    except Refusal:
        held, counter = None, 0
    with transaction.atomic(durable=True):
        if held is None or not use_passkey(held.passkey_id, held.counter, counter, now=now):
            record("signin.refused", to="nobody", by="anybody", at=now)
            return _REFUSED
    return Granted(held.account_id, asked.shared, Factor.PASSKEY, mine=asked.mine)

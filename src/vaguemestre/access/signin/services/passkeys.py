"""Passkeys: registration and sign-in. Use cases."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.access.signin.services.security_notices import notify_owner
from vaguemestre.access.signin.services.sessions import account_mark
from vaguemestre.access.signin.values import Denied, Factor, Granted, LoginAttempt
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.queries import identified, passkey_by_credential
from vaguemestre.people.credentials.rules.passkeys import (
    Party,
    complete_authentication,
    complete_registration,
    credential_sha256_of,
)
from vaguemestre.people.credentials.services import add_passkey, remove_passkey, use_passkey

_REFUSED = Denied("credentials.passkey-refused")


def register_passkey(
    account_id: int, party: Party, state: Mapping[str, Any], answer: str, name: str, *, now: datetime
) -> AccountTouched:
    """Register a new passkey. Raises Refusal `credentials.passkey-refused` or `…too-many-passkeys`."""
    new = complete_registration(party, state, answer)
    with transaction.atomic(durable=True):
        number = add_passkey(account_id, new, name, by=account_subject(account_id), now=now)
        return notify_owner(account_id, "passkey-added", now=now, number=number, detail=f"« {name} »")


@transaction.atomic(durable=True)
def drop_passkey(account_id: int, passkey_id: int, *, now: datetime) -> AccountTouched:
    """Remove a passkey. Raises Refusal `signin.passkey-gone`."""
    if not remove_passkey(account_id, passkey_id, by=account_subject(account_id), now=now):
        raise Refusal("signin.passkey-gone")
    return notify_owner(account_id, "passkey-removed", now=now, number=passkey_id)


def sign_in_by_passkey(
    attempt: LoginAttempt,
    party: Party,
    state: Mapping[str, Any],
    answer: str,
    *,
    asked_at: datetime,
    now: datetime,
) -> Granted | Denied:
    """Sign in with the passkey the answer names: two factors in one gesture. `asked_at`: the challenge's.

    Not throttled: a signature cannot be guessed, and failures of others must not lock its owner out.
    """
    mark = ""
    try:
        passkey = passkey_by_credential(credential_sha256_of(answer))
        mark = account_mark(identified(passkey.account_id)) if passkey else ""
        counter = (
            complete_authentication(party, state, answer, passkey.attested, passkey.counter) if passkey else 0
        )
    except Refusal:
        passkey, counter = None, 0
    with transaction.atomic(durable=True):
        if passkey is None or not use_passkey(
            passkey.passkey_id, passkey.counter, counter, asked_at=asked_at, now=now
        ):
            record("signin.refused", to="nobody", by="anybody", at=now)
            return _REFUSED
    return Granted(passkey.account_id, attempt.shared, Factor.PASSKEY, mine=attempt.mine, mark=mark)

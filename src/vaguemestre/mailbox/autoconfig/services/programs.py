"""Mail programs let in by the consent of their owner. Use cases.

What a program keeps (the refresh token) is a key of the account like an application password: named, listed
with its last use, revoked the same way. It opens nothing by itself: it is exchanged for a token of an hour
and the next key. A key shown again later is held by two: its line is revoked (RFC 9700 §4.14.2).
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.access.signin.services import tell
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.autoconfig.models import ProgramCode
from vaguemestre.mailbox.autoconfig.rules.programs import Asked, Wrong, verifies
from vaguemestre.people.credentials.ports import Tokens
from vaguemestre.people.credentials.queries import app_passwords_of, find_account
from vaguemestre.people.credentials.services import (
    add_app_password,
    mint_program_token,
    note_app_password_used,
    replace_program_key,
    revoke_app_password,
    revoke_program_key,
    standing_program_key,
)
from vaguemestre.people.credentials.values import TokenKeys

CODE_LIFE = timedelta(minutes=1)
_NO_GRANT = Wrong("invalid_grant", "the code or token is unknown, over, or another's")


@dataclass(frozen=True)
class Granted:
    """Tokens for a program; `key` is what it shows next time."""

    account_id: int
    token: str = field(repr=False)
    life: timedelta
    key: str = field(repr=False)
    touched: AccountTouched | None = None


def give_code(account_id: int, asked: Asked, name: str, *, address: str, now: datetime) -> str:
    """A code for a program its owner agreed to.

    It signs in with the address it said, if that is one of the owner's; else with `address`.
    """
    text = secrets.token_urlsafe(32)
    said = find_account(asked.login) if asked.login else None
    login = asked.login if said and said.account_id == account_id else address
    with transaction.atomic(durable=True):
        ProgramCode.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()
        ProgramCode.objects.create(
            account_id=account_id,
            code_sha256=_sha256(text),
            client_id=asked.client_id,
            name=name[:80],
            login=login.strip().lower(),
            redirect_uri=asked.redirect_uri,
            challenge=asked.challenge,
            expires_at=now + CODE_LIFE,
        )
    return text


def exchange_code(
    keys: TokenKeys,
    tokens: Tokens,
    text: str,
    *,
    redirect_uri: str,
    client_id: str,
    verifier: str,
    now: datetime,
) -> Granted | Wrong:
    """The code against a key and a first token. Used twice, it takes back what it gave (RFC 6749 §4.1.2).

    Raises EngineDown.
    """
    with transaction.atomic(durable=True):
        code = ProgramCode.objects.select_for_update().filter(code_sha256=_sha256(text)).first()
        if code is None:
            return _NO_GRANT
        by = f"account:{code.account_id}"
        if code.used_at is not None:
            if code.app_password_id:
                revoke_app_password(code.account_id, code.app_password_id, by=by, now=now)
            return _NO_GRANT
        code.used_at = now
        code.save(update_fields=["used_at"])
        fits = (code.redirect_uri, code.client_id) == (redirect_uri, client_id)
        if now >= code.expires_at or not fits or not verifies(verifier, code.challenge):
            return _NO_GRANT
        try:
            key = add_app_password(
                code.account_id,
                code.name,
                by=by,
                now=now,
                text=secrets.token_urlsafe(32),
                scope="program",
                login=code.login,
            )
        except Refusal:
            return Wrong("access_denied", "the account has too many application passwords")
        number = app_passwords_of(code.account_id)[0].app_password_id
        code.app_password_id = number
        code.save(update_fields=["app_password_id"])
        touched = tell(
            code.account_id, "app-password-made", now=now, number=number, detail=f"« {code.name} »"
        )
    found = _opened(keys, tokens, _sha256(key), now)
    if found is None:
        return _NO_GRANT
    return Granted(*found, key, touched)


def open_again(keys: TokenKeys, tokens: Tokens, key: str, network: str, *, now: datetime) -> Granted | Wrong:
    """A token for another hour, and the key that comes after this one. Raises EngineDown.

    The next key follows from this one: a program that asks twice at once, or did not hear, is told the same.
    """
    following = _after(key)
    shown, coming = _sha256(key), _sha256(following)
    with transaction.atomic(durable=True):
        standing = standing_program_key(shown, coming, now=now)
    found = _opened(keys, tokens, standing, now) if standing else None
    if found is None:
        return _NO_GRANT
    with transaction.atomic(durable=True):
        replace_program_key(shown, coming, now=now)
        note_app_password_used(found[0], coming, network, now=now)
    return Granted(*found, following)


@transaction.atomic(durable=True)
def take_back(key: str, *, now: datetime) -> None:
    """RFC 7009: the program itself gives its key back. An unknown one is no error."""
    revoke_program_key(_sha256(key), now=now)


def _opened(
    keys: TokenKeys, tokens: Tokens, key_sha256: str, now: datetime
) -> tuple[int, str, timedelta] | None:
    try:
        return mint_program_token(keys, tokens, key_sha256, now)
    except Refusal:
        return None


def _after(key: str) -> str:
    made = salted_hmac("autoconfig.program-key", key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

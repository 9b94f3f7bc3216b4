"""OAuth grants for mail clients, with the consent of the account's owner. Use cases.

The refresh token of a client is a key of the account like an application password: named, listed with its
last use, revoked the same way. It is exchanged for an access token of an hour and the next key. A key that is
reused later has leaked: the grant is revoked (RFC 9700 §4.14.2).
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.access.signin.services import notify_owner
from vaguemestre.foundation.jobs.purge import delete_batch
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.autoconfig.models import ProgramCode
from vaguemestre.mailbox.autoconfig.rules.programs import AuthorizationRequest, OAuthError, verifies
from vaguemestre.people.credentials.events import TokensWithdrawn
from vaguemestre.people.credentials.ports import MailTokens, ProgramToken
from vaguemestre.people.credentials.queries import app_passwords_of, find_account, is_stopped
from vaguemestre.people.credentials.services import (
    add_app_password,
    note_app_password_used,
    replace_program_key,
    revoke_app_password,
    revoke_program_key,
    standing_program_key,
    withdraw_program_tokens,
)
from vaguemestre.people.credentials.values import AppPasswordScope

CODE_LIFETIME = timedelta(minutes=1)
CODES_KEPT = timedelta(days=1)  # a code used twice is recognised
_NO_GRANT = OAuthError("invalid_grant", "the code or token is unknown, over, or another's")


@dataclass(frozen=True)
class ReusedCode(OAuthError):
    """A code given twice. `withdrawn`: the tokens of its first use, for the engines to refuse at once."""

    withdrawn: TokensWithdrawn | None = None


@dataclass(frozen=True)
class TokenGrant:
    """Tokens of a mail client: `token` for access, `key` for the next exchange."""

    account_id: int
    token: str = field(repr=False)
    life: timedelta
    key: str = field(repr=False)
    touched: AccountTouched | None = None


def issue_code(
    account_id: int, request: AuthorizationRequest, name: str, *, address: str, now: datetime
) -> str:
    """Authorization code for a client, with its owner's consent.

    The client signs in under the login it requested, if that is the owner's; else under `address`.
    """
    text = secrets.token_urlsafe(32)
    account = find_account(request.login) if request.login else None
    login = request.login if account and account.account_id == account_id else address
    with transaction.atomic(durable=True):
        ProgramCode.objects.create(
            account_id=account_id,
            code_sha256=_sha256(text),
            client_id=request.client_id,
            name=name[:80],
            login=login.strip().lower(),
            redirect_uri=request.redirect_uri,
            challenge=request.challenge,
            expires_at=now + CODE_LIFETIME,
        )
    return text


def exchange_code(
    mail_tokens: MailTokens,
    text: str,
    *,
    redirect_uri: str,
    client_id: str,
    verifier: str,
    now: datetime,
) -> TokenGrant | OAuthError:
    """Exchange an authorization code for a key and a first access token.

    A code used twice revokes the key it gave (RFC 6749 §4.1.2). Raises EngineDown.
    """
    with transaction.atomic(durable=True):
        code = ProgramCode.objects.select_for_update().filter(code_sha256=_sha256(text)).first()
        if code is None:
            return _NO_GRANT
        if code.used_at is not None:
            return _revoke_granted(code, now)
        code.used_at = now
        code.save(update_fields=["used_at"])
        is_same_client = (code.redirect_uri, code.client_id) == (redirect_uri, client_id)
        if now >= code.expires_at or not is_same_client or not verifies(verifier, code.challenge):
            return _NO_GRANT
        if ProgramCode.objects.filter(is_stopped("account"), pk=code.pk).exists():
            return _NO_GRANT  # consent given before the account was stopped, maybe by somebody else
        try:
            key, touched = _issue_key(code, now)
        except Refusal:
            return OAuthError("access_denied", "the account has too many application passwords")
    minted = _mint_token(mail_tokens, key)
    if minted is None:
        return _NO_GRANT
    with transaction.atomic(durable=True):  # waits for whoever gives the code again meanwhile
        ProgramCode.objects.select_for_update().get(pk=code.pk)
        standing = {row.app_password_id for row in app_passwords_of(code.account_id)}
        if code.app_password_id not in standing:
            return _revoke_granted(code, now)
    return TokenGrant(*minted, key, touched)


def _revoke_granted(code: ProgramCode, now: datetime) -> ReusedCode:
    """Revoke what the first use of that code gave. Inside the caller's transaction."""
    withdrawn = None
    if code.app_password_id:
        withdrawn = withdraw_program_tokens(code.account_id, code.app_password_id)
        by = account_subject(code.account_id)
        revoke_app_password(code.account_id, code.app_password_id, by=by, now=now)
    return ReusedCode(_NO_GRANT.error, _NO_GRANT.words, withdrawn)


def _issue_key(code: ProgramCode, now: datetime) -> tuple[str, AccountTouched]:
    """The first key of a grant, and the notice to the owner. Raises Refusal if the account has too many."""
    key = add_app_password(
        code.account_id,
        code.name,
        by=account_subject(code.account_id),
        now=now,
        text=secrets.token_urlsafe(32),
        scope=AppPasswordScope.PROGRAM,
        login=code.login,
    )
    number = app_passwords_of(code.account_id)[0].app_password_id
    code.app_password_id = number
    code.save(update_fields=["app_password_id"])
    return key, notify_owner(
        code.account_id, "app-password-made", now=now, number=number, detail=f"« {code.name} »"
    )


def refresh_token(
    mail_tokens: MailTokens, key: str, network: str, *, now: datetime
) -> TokenGrant | OAuthError:
    """Exchange a key for an access token of an hour and the next key. Raises EngineDown.

    The next key is derived from this one: concurrent or repeated requests receive the same.
    """
    next_key = _next_key(key)
    current_sha256, next_sha256 = _sha256(key), _sha256(next_key)
    with transaction.atomic(durable=True):
        valid_sha256 = standing_program_key(current_sha256, next_sha256, now=now)
    valid_key = key if valid_sha256 == current_sha256 else next_key
    minted = _mint_token(mail_tokens, valid_key) if valid_sha256 else None
    if minted is None:
        return _NO_GRANT
    with transaction.atomic(durable=True):
        replace_program_key(current_sha256, next_sha256, now=now)
        note_app_password_used(minted.account_id, next_sha256, network, now=now)
    return TokenGrant(*minted, next_key)


@transaction.atomic(durable=True)
def revoke_key(key: str, *, now: datetime) -> None:
    """Revoke a key at the client's request (RFC 7009). An unknown key is no error."""
    revoke_program_key(_sha256(key), now=now)


def _mint_token(mail_tokens: MailTokens, key: str) -> ProgramToken | None:
    """Access token for a key; None if the account may no longer sign in."""
    try:
        return mail_tokens.for_program(key)
    except Refusal:
        return None


def _next_key(key: str) -> str:
    digest = salted_hmac("autoconfig.program-key", key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def delete_old_codes(*, now: datetime) -> None:
    """Delete the consent codes that ended a day ago."""
    delete_batch(ProgramCode.objects.filter(expires_at__lt=now - CODES_KEPT))


def delete_codes_of(account_id: int) -> None:
    """Delete the consent codes of an account that is stopped. Inside the caller's transaction."""
    ProgramCode.objects.filter(account_id=account_id).delete()


def delete_every_code() -> int:
    """Delete the consent codes of everybody, after a restoration. Returns the count."""
    return ProgramCode.objects.all().delete()[0]

"""Authorization codes and tokens: issue, redeem, refresh."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.access.signin.queries import sessions_over
from vaguemestre.access.sso.oidc.models import Code, Token
from vaguemestre.access.sso.oidc.rules.claims import granted_scope
from vaguemestre.access.sso.oidc.rules.pkce import is_verifier_right
from vaguemestre.access.sso.oidc.values import (
    ACR,
    AuthenticationRequest,
    ProtocolError,
    SignInProof,
    TokenGrant,
)
from vaguemestre.access.sso.registry.queries import find_visit, identity_of
from vaguemestre.access.sso.registry.rules.entrance import may_enter
from vaguemestre.access.sso.registry.services import start_visit
from vaguemestre.access.sso.registry.values import Application, Visit
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject, application_subject

CODE_LIFE = timedelta(seconds=60)
ACCESS_LIFE = timedelta(minutes=10)
REFRESH_LIFE = timedelta(hours=12)  # and never longer than the browser session

_INVALID_GRANT = ProtocolError("invalid_grant", "the code or token is unknown, over, or another's")


def issue_code(
    application: Application,
    request: AuthenticationRequest,
    redirect_uri: str,
    *,
    account_id: int,
    session_key: str,
    signed_in: SignInProof,
    acr: str = ACR,
    now: datetime,
) -> str:
    """Use case: issue a code for that request, valid a minute and once."""
    text = secrets.token_urlsafe(32)
    with transaction.atomic(durable=True):
        visit = start_visit(application, account_id, session_key, now=now)
        Code.objects.create(
            visit_id=visit.visit_id,
            code_sha256=_sha256(text),
            redirect_uri=redirect_uri,
            scope=" ".join(granted_scope(request.scope, application.released)),
            nonce=request.nonce,
            challenge=request.challenge,
            signed_in_at=signed_in.at,
            methods=" ".join(signed_in.methods),
            acr=acr,
            expires_at=now + CODE_LIFE,
        )
    return text


def redeem_code(
    application: Application, text: str, redirect_uri: str, verifier: str, *, now: datetime
) -> TokenGrant | ProtocolError:
    """Use case: exchange a code for tokens. A second use revokes those of the first (RFC 6749 §4.1.2).

    Errors are returned, not raised: the use of the code and the revocation must commit.
    """
    with transaction.atomic(durable=True):
        code = Code.objects.select_for_update().filter(code_sha256=_sha256(text)).first()
        visit = find_visit(code.visit_id) if code else None
        if code is None or visit is None or visit.application.client_id != application.client_id:
            return _INVALID_GRANT
        if code.used_at is not None:
            return _revoke_family(code, visit, "sso.code-used-twice", now)
        code.used_at = now
        code.save(update_fields=["used_at"])
        fits = code.redirect_uri == redirect_uri and is_verifier_right(verifier, code.challenge)
        if now >= code.expires_at or not fits or not _is_open(visit, now):
            return _INVALID_GRANT
        return _grant(code, visit, now, nonce=code.nonce)


def refresh_tokens(application: Application, text: str, *, now: datetime) -> TokenGrant | ProtocolError:
    """Use case: exchange a refresh token for new ones. A second use revokes its family (RFC 9700 §4.14)."""
    with transaction.atomic(durable=True):
        code = locked_code_of(_sha256(text))
        token = (
            code.tokens.filter(token_sha256=_sha256(text), kind=Token.Kind.REFRESH).first() if code else None
        )
        visit = find_visit(code.visit_id) if code else None
        if token is None or code is None or visit is None:
            return _INVALID_GRANT
        if visit.application.client_id != application.client_id:
            return _INVALID_GRANT
        if token.used_at is not None:
            return _revoke_family(code, visit, "sso.refresh-used-twice", now)
        if now >= token.expires_at or not _is_open(visit, now):
            return _INVALID_GRANT
        token.used_at = now
        token.save(update_fields=["used_at"])
        Token.objects.filter(code=code, kind=Token.Kind.ACCESS).delete()
        return _grant(code, visit, now)


def locked_code_of(token_sha256: str) -> Code | None:
    """Part: the code that a token came from, its row locked: its tokens are issued and revoked one by one.

    Otherwise a refresh could issue the next tokens while the family is revoked.
    """
    rows = Code.objects.select_for_update(of=("self",)).filter(tokens__token_sha256=token_sha256)
    return rows.first()


def _grant(code: Code, visit: Visit, now: datetime, nonce: str = "") -> TokenGrant:
    return TokenGrant(
        account_id=visit.account_id,
        sid=visit.sid,
        scope=granted_scope(code.scope.split(), visit.application.released),
        access_token=_issue_token(code, Token.Kind.ACCESS, now + ACCESS_LIFE),
        refresh_token=_issue_token(code, Token.Kind.REFRESH, now + REFRESH_LIFE),
        signed_in=SignInProof(code.signed_in_at, tuple(code.methods.split())),
        nonce=nonce,
        acr=code.acr,
    )


def _issue_token(code: Code, kind: Token.Kind, expires_at: datetime) -> str:
    text = secrets.token_urlsafe(32)
    Token.objects.create(code=code, kind=kind, token_sha256=_sha256(text), expires_at=expires_at)
    return text


def _revoke_family(code: Code, visit: Visit, action: str, now: datetime) -> ProtocolError:
    """Revoke every token of a code used twice."""
    Token.objects.filter(code=code).delete()
    record(
        action,
        to=account_subject(visit.account_id),
        by=application_subject(visit.application.client_id),
        at=now,
    )
    return _INVALID_GRANT


def _is_open(visit: Visit, now: datetime) -> bool:
    """Whether the visit and its browser session are open, and the user may still enter the application."""
    if visit.ended_at is not None or sessions_over({visit.session_key}, now):
        return False
    return may_enter(visit.application, identity_of(visit.account_id, now))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

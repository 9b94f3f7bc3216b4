"""Codes: given to whoever is signed in, exchanged once by the application."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.access.signin.queries import sessions_over
from vaguemestre.access.sso.oidc.models import Code, Token
from vaguemestre.access.sso.oidc.rules.claims import granted_scope
from vaguemestre.access.sso.oidc.rules.pkce import verifies
from vaguemestre.access.sso.oidc.values import ACR, Asked, Granted, SignedIn, Wrong
from vaguemestre.access.sso.registry.queries import visit_of
from vaguemestre.access.sso.registry.services import enter
from vaguemestre.access.sso.registry.values import Application, Visit
from vaguemestre.foundation.journal.services import record

CODE_LIFE = timedelta(seconds=60)
ACCESS_LIFE = timedelta(minutes=10)
REFRESH_LIFE = timedelta(hours=12)  # and never longer than the browser session

_NO_GRANT = Wrong("invalid_grant", "the code or token is unknown, over, or another's")


def give_code(
    application: Application,
    asked: Asked,
    redirect_uri: str,
    *,
    account_id: int,
    session_key: str,
    signed_in: SignedIn,
    acr: str = ACR,
    now: datetime,
) -> str:
    """Use case: a code for that request. It lives a minute and serves once."""
    text = secrets.token_urlsafe(32)
    with transaction.atomic(durable=True):
        visit = enter(application, account_id, session_key, now=now)
        Code.objects.create(
            visit_id=visit.visit_id,
            code_sha256=_sha256(text),
            redirect_uri=redirect_uri,
            scope=" ".join(granted_scope(asked.scope, application.released)),
            nonce=asked.nonce,
            challenge=asked.challenge,
            signed_in_at=signed_in.at,
            methods=" ".join(signed_in.methods),
            acr=acr,
            expires_at=now + CODE_LIFE,
        )
    return text


def redeem(
    application: Application, text: str, redirect_uri: str, verifier: str, *, now: datetime
) -> Granted | Wrong:
    """Use case: the code against tokens. A second use takes back what the first gave (RFC 6749 §4.1.2).

    What is refused is a value: the code burnt and the tokens taken back must be kept.
    """
    with transaction.atomic(durable=True):
        code = Code.objects.select_for_update().filter(code_sha256=_sha256(text)).first()
        visit = visit_of(code.visit_id) if code else None
        if code is None or visit is None or visit.application.client_id != application.client_id:
            return _NO_GRANT
        if code.used_at is not None:
            return _taken_back(code, visit, "sso.code-used-twice", now)
        code.used_at = now
        code.save(update_fields=["used_at"])
        fits = code.redirect_uri == redirect_uri and verifies(verifier, code.challenge)
        if now >= code.expires_at or not fits or not _goes_on(visit, now):
            return _NO_GRANT
        return _granted(code, visit, now, nonce=code.nonce)


def refresh(application: Application, text: str, *, now: datetime) -> Granted | Wrong:
    """Use case: a refresh token against new ones. Used twice, its family is taken back (RFC 9700 §4.14)."""
    with transaction.atomic(durable=True):
        found = Token.objects.select_for_update().filter(token_sha256=_sha256(text), kind=Token.Kind.REFRESH)
        token = found.first()
        code = Code.objects.filter(pk=token.code_id).first() if token else None
        visit = visit_of(code.visit_id) if code else None
        if token is None or code is None or visit is None:
            return _NO_GRANT
        if visit.application.client_id != application.client_id:
            return _NO_GRANT
        if token.used_at is not None:
            return _taken_back(code, visit, "sso.refresh-used-twice", now)
        if now >= token.expires_at or not _goes_on(visit, now):
            return _NO_GRANT
        token.used_at = now
        token.save(update_fields=["used_at"])
        Token.objects.filter(code=code, kind=Token.Kind.ACCESS).delete()
        return _granted(code, visit, now)


def _granted(code: Code, visit: Visit, now: datetime, nonce: str = "") -> Granted:
    return Granted(
        account_id=visit.account_id,
        sid=visit.sid,
        scope=granted_scope(code.scope.split(), visit.application.released),
        access_token=_token(code, Token.Kind.ACCESS, now + ACCESS_LIFE),
        refresh_token=_token(code, Token.Kind.REFRESH, now + REFRESH_LIFE),
        signed_in=SignedIn(code.signed_in_at, tuple(code.methods.split())),
        nonce=nonce,
        acr=code.acr,
    )


def _token(code: Code, kind: Token.Kind, expires_at: datetime) -> str:
    text = secrets.token_urlsafe(32)
    Token.objects.create(code=code, kind=kind, token_sha256=_sha256(text), expires_at=expires_at)
    return text


def _taken_back(code: Code, visit: Visit, what: str, now: datetime) -> Wrong:
    Token.objects.filter(code=code).delete()
    record(what, to=f"account:{visit.account_id}", by=f"application:{visit.application.client_id}", at=now)
    return _NO_GRANT


def _goes_on(visit: Visit, now: datetime) -> bool:
    """The browser session it came from is not over, and the account is active."""
    return visit.ended_at is None and not sessions_over({visit.session_key}, now)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

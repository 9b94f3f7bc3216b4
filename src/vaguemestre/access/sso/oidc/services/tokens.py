"""Tokens presented by clients: use, introspection, revocation."""

import hashlib
from datetime import datetime

from django.db import transaction

from vaguemestre.access.sso.oidc.models import Token
from vaguemestre.access.sso.oidc.services.codes import locked_code_of
from vaguemestre.access.sso.registry.queries import find_visit
from vaguemestre.access.sso.registry.values import Application, Visit


def bearer_grant(text: str, now: datetime) -> tuple[Visit, tuple[str, ...]] | None:
    """The visit and scope of a valid access token; None for anything else."""
    rows = Token.objects.select_related("code").filter(
        token_sha256=_sha256(text), kind=Token.Kind.ACCESS, expires_at__gt=now
    )
    token = rows.first()
    visit = find_visit(token.code.visit_id) if token else None
    if token is None or visit is None or visit.ended_at is not None:
        return None
    return visit, tuple(token.code.scope.split())


def introspected_token(application: Application, text: str, now: datetime) -> tuple[Token, Visit] | None:
    """A valid token of that client, and its visit (RFC 7662); None for anything else."""
    rows = Token.objects.select_related("code").filter(
        token_sha256=_sha256(text), used_at=None, expires_at__gt=now
    )
    token = rows.first()
    visit = find_visit(token.code.visit_id) if token else None
    if token is None or visit is None or visit.ended_at is not None:
        return None
    return (token, visit) if visit.application.client_id == application.client_id else None


@transaction.atomic(durable=True)
def revoke_token(application: Application, text: str) -> None:
    """Use case: revoke a token of that client (RFC 7009). A refresh token revokes its whole family."""
    code = locked_code_of(_sha256(text))
    visit = find_visit(code.visit_id) if code else None
    if code is None or visit is None or visit.application.client_id != application.client_id:
        return
    token = code.tokens.filter(token_sha256=_sha256(text)).first()
    if token is None:
        return
    if token.kind == Token.Kind.REFRESH:
        code.tokens.all().delete()
    else:
        token.delete()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

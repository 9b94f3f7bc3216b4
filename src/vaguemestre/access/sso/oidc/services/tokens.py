"""Access tokens presented, and tokens taken back by their application."""

import hashlib
from datetime import datetime

from django.db import transaction

from vaguemestre.access.sso.oidc.models import Token
from vaguemestre.access.sso.registry.queries import visit_of
from vaguemestre.access.sso.registry.values import Application, Visit


def bearer(text: str, now: datetime) -> tuple[Visit, tuple[str, ...]] | None:
    """The visit and scope of a good access token; None for anything else."""
    found = Token.objects.select_related("code").filter(
        token_sha256=_sha256(text), kind=Token.Kind.ACCESS, expires_at__gt=now
    )
    token = found.first()
    visit = visit_of(token.code.visit_id) if token else None
    if token is None or visit is None or visit.ended_at is not None:
        return None
    return visit, tuple(token.code.scope.split())


def looked_into(application: Application, text: str, now: datetime) -> tuple[Token, Visit] | None:
    """RFC 7662: a good token of that application's own, and its visit; None for anything else."""
    found = Token.objects.select_related("code").filter(
        token_sha256=_sha256(text), used_at=None, expires_at__gt=now
    )
    token = found.first()
    visit = visit_of(token.code.visit_id) if token else None
    if token is None or visit is None or visit.ended_at is not None:
        return None
    return (token, visit) if visit.application.client_id == application.client_id else None


@transaction.atomic(durable=True)
def take_back(application: Application, text: str) -> None:
    """Use case: RFC 7009. A refresh token takes its whole family with it; another's token stays."""
    found = Token.objects.filter(
        token_sha256=_sha256(text), code__visit__application_id=application.application_id
    ).first()
    if found is None:
        return
    if found.kind == Token.Kind.REFRESH:
        Token.objects.filter(code_id=found.code_id).delete()
    else:
        found.delete()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

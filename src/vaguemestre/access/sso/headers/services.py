"""Passes given and shown. Use cases."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.access.sso.headers.models import Pass
from vaguemestre.access.sso.registry.services import enter
from vaguemestre.access.sso.registry.values import Application

TICKET_LIFE = timedelta(seconds=30)


@transaction.atomic(durable=True)
def give_ticket(
    application: Application,
    address: str,
    departure: str,
    *,
    account_id: int,
    session_key: str,
    now: datetime,
) -> str:
    """A ticket towards that address, for the browser whose departure has that SHA-256."""
    text = secrets.token_urlsafe(32)
    visit = enter(application, account_id, session_key, now=now)
    Pass.objects.create(
        visit_id=visit.visit_id,
        ticket_sha256=sha256(text),
        departure=departure,
        address=address,
        expires_at=now + TICKET_LIFE,
    )
    return text


@transaction.atomic(durable=True)
def use_ticket(text: str, departure: str, client_id: str, *, now: datetime) -> tuple[str, str] | None:
    """(token, address) against a ticket, once, for the browser that left; None for anything else."""
    found = Pass.objects.select_for_update().filter(ticket_sha256=sha256(text), token_sha256="")
    row = found.first()
    if row is None or row.visit.application.client_id != client_id:
        return None
    if now >= row.expires_at or row.visit.ended_at is not None or row.departure != sha256(departure):
        row.delete()
        return None
    token = secrets.token_urlsafe(32)
    row.token_sha256 = sha256(token)
    row.save(update_fields=["token_sha256"])
    return token, row.address


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

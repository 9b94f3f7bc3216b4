"""Passes: issue and redeem. Use cases."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.access.sso.headers.models import Pass
from vaguemestre.access.sso.registry.services import start_visit
from vaguemestre.access.sso.registry.values import Application

TICKET_LIFE = timedelta(seconds=30)


@transaction.atomic(durable=True)
def issue_ticket(
    application: Application,
    address: str,
    departure: str,
    *,
    account_id: int,
    session_key: str,
    now: datetime,
) -> str:
    """A ticket to that address, bound to the browser whose departure cookie has that SHA-256."""
    text = secrets.token_urlsafe(32)
    visit = start_visit(application, account_id, session_key, now=now)
    Pass.objects.create(
        visit_id=visit.visit_id,
        ticket_sha256=sha256(text),
        departure=departure,
        address=address,
        expires_at=now + TICKET_LIFE,
    )
    return text


@transaction.atomic(durable=True)
def redeem_ticket(text: str, departure: str, client_id: str, *, now: datetime) -> tuple[str, str] | None:
    """(token, address) for a ticket, once, to the browser that departed; None for anything else."""
    rows = Pass.objects.select_for_update().filter(ticket_sha256=sha256(text), token_sha256="")
    row = rows.first()
    if row is None or row.visit.application.client_id != client_id:
        return None
    is_of_browser = bool(departure) and row.departure == sha256(departure)  # one that never departed has none
    if now >= row.expires_at or row.visit.ended_at is not None or not is_of_browser:
        row.delete()
        return None
    token = secrets.token_urlsafe(32)
    row.token_sha256 = sha256(token)
    row.save(update_fields=["token_sha256"])
    return token, row.address


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

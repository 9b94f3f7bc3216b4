"""Tickets given and used. Use cases."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.signin.queries import sessions_over
from vaguemestre.sso.cas.models import Ticket
from vaguemestre.sso.cas.values import Failure, Validated
from vaguemestre.sso.registry.queries import visit_of
from vaguemestre.sso.registry.services import enter, name_visit
from vaguemestre.sso.registry.values import Application

TICKET_LIFE = timedelta(seconds=20)


@transaction.atomic(durable=True)
def give_ticket(
    application: Application,
    service: str,
    *,
    account_id: int,
    session_key: str,
    signed_in_at: datetime,
    fresh: bool,
    now: datetime,
) -> str:
    """A ticket for that service; each has a visit of its own, since services are told sign-outs by ticket."""
    text = f"ST-{secrets.token_hex(24)}"  # letters, digits and hyphens only (CAS 3.0 §3.7): clients insist
    visit = enter(application, account_id, session_key, now=now, service=service, anew=True)
    Ticket.objects.create(
        visit_id=visit.visit_id,
        ticket_sha256=_sha256(text),
        service=service,
        signed_in_at=signed_in_at,
        fresh=fresh,
        expires_at=now + TICKET_LIFE,
    )
    return text


@transaction.atomic(durable=True)
def use_ticket(text: str, service: str, *, renew: bool, now: datetime) -> Validated | Failure:
    """Whose ticket it is. It serves once, whatever comes of it: what is refused is a value, and kept."""
    ticket = Ticket.objects.select_for_update().filter(ticket_sha256=_sha256(text)).first()
    if ticket is None or ticket.used_at is not None:
        return Failure.TICKET
    ticket.used_at = now
    ticket.save(update_fields=["used_at"])
    visit = visit_of(ticket.visit_id)
    over = visit is None or visit.ended_at is not None or bool(sessions_over({visit.session_key}, now))
    if visit is None or over or now >= ticket.expires_at:
        return Failure.TICKET
    if ticket.service != service or service not in visit.application.addresses:
        return Failure.SERVICE
    if renew and not ticket.fresh:
        return Failure.KIND
    name_visit(visit.visit_id, text)
    return Validated(visit.visit_id, visit.account_id, ticket.signed_in_at, ticket.fresh)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

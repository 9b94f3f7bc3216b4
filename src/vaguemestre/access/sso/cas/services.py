"""Tickets: issue and validate. Use cases."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.access.signin.queries import open_session, sessions_over
from vaguemestre.access.sso.cas.models import ProxyGrant, Ticket
from vaguemestre.access.sso.cas.values import Failure, ProxyGranting, ValidatedTicket
from vaguemestre.access.sso.registry.queries import find_visit, has_agreed, identity_of
from vaguemestre.access.sso.registry.rules.addresses import is_service_of
from vaguemestre.access.sso.registry.rules.entrance import may_enter, obstacle
from vaguemestre.access.sso.registry.rules.methods import methods_of
from vaguemestre.access.sso.registry.services import set_visit_reference, start_visit
from vaguemestre.access.sso.registry.values import Application, Visit

TICKET_LIFE = timedelta(seconds=10)


@transaction.atomic(durable=True)
def issue_ticket(
    application: Application,
    service: str,
    *,
    account_id: int,
    session_key: str,
    signed_in_at: datetime,
    fresh: bool,
    now: datetime,
) -> str:
    """A service ticket. Each has a visit of its own: services are signed out by ticket."""
    text = f"ST-{secrets.token_hex(24)}"  # letters, digits and hyphens only (CAS 3.0 §3.7): clients check
    visit = start_visit(application, account_id, session_key, now=now, service=service, anew=True)
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
def grant_proxies(validated: ValidatedTicket, callback: str, *, now: datetime) -> ProxyGranting:
    """A proxy-granting ticket for that visit, to send to its callback."""
    granting = ProxyGranting(f"PGT-{secrets.token_hex(24)}", f"PGTIOU-{secrets.token_hex(24)}")
    ProxyGrant.objects.create(
        visit_id=validated.visit_id,
        ticket_sha256=_sha256(granting.ticket),
        chain=[callback, *validated.proxies],
        signed_in_at=validated.signed_in_at,
        created_at=now,
    )
    return granting


@transaction.atomic(durable=True)
def issue_proxy_ticket(text: str, application: Application, service: str, *, now: datetime) -> str | Failure:
    """A proxy ticket for that service, while the visit of the grant lasts.

    Its user enters as by the door: no second factor or agreement that the application asks is spared. A
    service that may ask no longer, or whose user may enter it no longer, carries nobody further.
    """
    grant = ProxyGrant.objects.filter(ticket_sha256=_sha256(text)).first()
    visit = find_visit(grant.visit_id) if grant else None
    session = open_session(visit.session_key, now) if visit and visit.ended_at is None else None
    if grant is None or visit is None or session is None:
        return Failure.TICKET
    identity = identity_of(visit.account_id, now)
    if grant.chain[0] not in visit.application.proxies or not may_enter(visit.application, identity):
        return Failure.TICKET
    agreed = not application.consent or has_agreed(application, visit.account_id)
    methods = methods_of(session.who.by)
    if obstacle(application, identity, methods, agreed=agreed):
        return Failure.UNAUTHORIZED
    ticket = f"PT-{secrets.token_hex(24)}"
    onward = start_visit(
        application, visit.account_id, visit.session_key, now=now, service=service, anew=True
    )
    Ticket.objects.create(
        visit_id=onward.visit_id,
        ticket_sha256=_sha256(ticket),
        service=service,
        signed_in_at=grant.signed_in_at,
        proxies=grant.chain,
        expires_at=now + TICKET_LIFE,
    )
    return ticket


@transaction.atomic(durable=True)
def validate_ticket(
    text: str, service: str, *, renew: bool, now: datetime, proxied: bool = False
) -> ValidatedTicket | Failure:
    """Validate a ticket and use it up. Failures are returned, not raised, so that the use is committed.

    `proxied`: proxy tickets are accepted too.
    """
    ticket = Ticket.objects.select_for_update().filter(ticket_sha256=_sha256(text)).first()
    if ticket is None or ticket.used_at is not None:
        return Failure.TICKET
    ticket.used_at = now
    ticket.save(update_fields=["used_at"])
    visit = find_visit(ticket.visit_id)
    if visit is None or _is_over(visit, now) or now >= ticket.expires_at:
        return Failure.TICKET
    if ticket.service != service or not is_service_of(visit.application, service):
        return Failure.SERVICE
    if (renew and not ticket.fresh) or (ticket.proxies and not proxied):
        return Failure.KIND
    set_visit_reference(visit.visit_id, text)
    return ValidatedTicket(
        visit.visit_id, visit.account_id, ticket.signed_in_at, ticket.fresh, tuple(ticket.proxies)
    )


def _is_over(visit: Visit, now: datetime) -> bool:
    return visit.ended_at is not None or bool(sessions_over({visit.session_key}, now))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

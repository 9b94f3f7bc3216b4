"""Visits of users to applications, and their single sign-out."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import batched

from django.db import transaction
from django.db.models import F, Q

from vaguemestre.access.signin.queries import sessions_over
from vaguemestre.access.sso.registry.events import VisitEnded
from vaguemestre.access.sso.registry.models import Consent, Pseudonym, Subject, Tally
from vaguemestre.access.sso.registry.models import Visit as VisitRow
from vaguemestre.access.sso.registry.queries import sessions_with_visits, visit_from
from vaguemestre.access.sso.registry.values import Application, Visit
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject, application_subject
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import account_facts
from vaguemestre.people.credentials.values import AccountState

MAX_AGE = timedelta(days=2)  # longer than any session, and than retries to notify an application
_OPEN_STATES = (AccountState.ACTIVE, AccountState.PENDING)


def start_visit(
    application: Application,
    account_id: int,
    session_key: str,
    *,
    now: datetime,
    service: str = "",
    anew: bool = False,
) -> Visit:
    """Part: the visit of that session to that application, started if needed (`anew`: always)."""
    row = None
    if not anew:
        current = VisitRow.objects.filter(
            application_id=application.application_id,
            account_id=account_id,
            session_key=session_key,
            ended_at=None,
        )
        row = current.order_by("id").first()
    if row is None or application.pairwise:
        _draw_subject(application, account_id)
    if row is None:
        row = VisitRow.objects.create(
            application_id=application.application_id,
            account_id=account_id,
            session_key=session_key,
            sid=secrets.token_urlsafe(18),
            service=service,
            started_at=now,
        )
        _count(application.application_id, "entered", now)
        record(
            "sso.entered",
            to=application_subject(application.client_id),
            by=account_subject(account_id),
            at=now,
        )
    return visit_from(row, application)


@transaction.atomic(durable=True)
def record_consent(application: Application, account_id: int, *, now: datetime) -> None:
    """Use case: record the user's consent to the attributes released today."""
    Consent.objects.update_or_create(
        account_id=account_id,
        application_id=application.application_id,
        defaults={"released": list(application.released), "given_at": now},
    )
    record(
        "sso.agreed", to=application_subject(application.client_id), by=account_subject(account_id), at=now
    )


@transaction.atomic(durable=True)
def record_preview(application: Application, account_id: int, *, by: str, now: datetime) -> None:
    """Use case: journal that an administrator previewed a user's released attributes."""
    record("sso.looked-at", to=account_subject(account_id), by=by, at=now, application=application.client_id)


@transaction.atomic(durable=True)
def record_refusal(application: Application, account_id: int, reason: str, *, now: datetime) -> None:
    """Use case: count and journal a refused entry."""
    _count(application.application_id, "refused", now)
    record(
        "sso.turned-away",
        to=application_subject(application.client_id),
        by=account_subject(account_id),
        at=now,
        reason=reason,
    )


@transaction.atomic(durable=True)
def end_visits_of_sessions(session_keys: Collection[str], *, now: datetime) -> None:
    """Use case: end the visits of those sessions; applications will be notified. Idempotent."""
    _end_visits(Q(session_key__in=session_keys), now)


@transaction.atomic(durable=True)
def end_visits_of_accounts(account_ids: Collection[int], *, now: datetime) -> None:
    """Use case: end the visits of those accounts that are no longer open. Idempotent."""
    shut = [facts.account_id for facts in account_facts(account_ids, now) if facts.state not in _OPEN_STATES]
    if shut:
        _end_visits(Q(account_id__in=shut), now)


@transaction.atomic(durable=True)
def end_visit(account_id: int, visit_id: int, *, now: datetime) -> None:
    """Use case: end one visit of that account; its application will be notified."""
    _end_visits(Q(pk=visit_id, account_id=account_id), now)


def move_visits(session_keys: Collection[str], to_key: str) -> None:
    """Use case: move open visits to the session that replaces these."""
    VisitRow.objects.filter(session_key__in=session_keys, ended_at=None).update(session_key=to_key)


def end_visits_of_expired(now: datetime) -> None:
    """Use case: end the visits of sessions that expired."""
    for batch in batched(sessions_with_visits(), 1000, strict=False):
        if over := sessions_over(batch, now):
            end_visits_of_sessions(over, now=now)


def set_visit_reference(visit_id: int, reference: str) -> None:
    """Part: set the reference by which the application knows the visit."""
    VisitRow.objects.filter(pk=visit_id).update(reference=reference)


def delete_visit(visit_id: int) -> None:
    """Delete a visit whose application is notified, or need not be."""
    VisitRow.objects.filter(pk=visit_id).delete()


def delete_old_visits(now: datetime) -> None:
    """Delete visits older than any session."""
    VisitRow.objects.filter(started_at__lt=now - MAX_AGE).delete()


def _draw_subject(application: Application, account_id: int) -> None:
    """Draw the subject identifiers at the first visit; they never change."""
    Subject.objects.get_or_create(account_id=account_id, defaults={"sub": secrets.token_urlsafe(24)})
    if application.pairwise:
        Pseudonym.objects.get_or_create(
            account_id=account_id,
            application_id=application.application_id,
            defaults={"name": secrets.token_urlsafe(24)},
        )


def _count(application_id: int, column: str, now: datetime) -> None:
    rows = Tally.objects.filter(application_id=application_id, day=paris_day(now))
    if not rows.update(**{column: F(column) + 1}):
        Tally.objects.get_or_create(application_id=application_id, day=paris_day(now))
        rows.update(**{column: F(column) + 1})


def _end_visits(which: Q, now: datetime) -> None:
    ids = list(VisitRow.objects.filter(which, ended_at=None).values_list("pk", flat=True))
    VisitRow.objects.filter(pk__in=ids).update(ended_at=now)
    for visit_id in ids:
        announce(VisitEnded(visit_id))

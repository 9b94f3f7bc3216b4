"""People entering applications, and leaving them all at once."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from vaguemestre.credentials.queries import facts_of
from vaguemestre.jobs.services import announce
from vaguemestre.journal.services import record
from vaguemestre.sso.registry.events import VisitEnded
from vaguemestre.sso.registry.models import Subject
from vaguemestre.sso.registry.models import Visit as VisitRow
from vaguemestre.sso.registry.queries import visit_from
from vaguemestre.sso.registry.values import Application, Visit

_KEPT = timedelta(days=2)  # longer than any session, and than telling an absent application
_OPEN = ("active", "pending")


def enter(
    application: Application,
    account_id: int,
    session_key: str,
    *,
    now: datetime,
    service: str = "",
    anew: bool = False,
) -> Visit:
    """Part: the visit of that session to that application, begun if need be (`anew`: always)."""
    Subject.objects.get_or_create(account_id=account_id, defaults={"sub": secrets.token_urlsafe(24)})
    row = None
    if not anew:
        current = VisitRow.objects.select_related("application").filter(
            application_id=application.application_id,
            account_id=account_id,
            session_key=session_key,
            ended_at=None,
        )
        row = current.first()
    if row is None:
        row = VisitRow.objects.create(
            application_id=application.application_id,
            account_id=account_id,
            session_key=session_key,
            sid=secrets.token_urlsafe(18),
            service=service,
            started_at=now,
        )
        record(
            "sso.entered",
            to=f"application:{application.client_id}",
            by=f"account:{account_id}",
            at=now,
        )
    return visit_from(row)


@transaction.atomic(durable=True)
def end_visits_of_sessions(session_keys: Collection[str], *, now: datetime) -> None:
    """Use case: those sessions are over; the applications will be told. Safe to run twice."""
    _end(Q(session_key__in=session_keys), now)


@transaction.atomic(durable=True)
def end_visits_of_accounts(account_ids: Collection[int], *, now: datetime) -> None:
    """Use case: of those accounts, the ones shut leave every application. Safe to run twice."""
    shut = [facts.account_id for facts in facts_of(account_ids, now) if facts.state not in _OPEN]
    if shut:
        _end(Q(account_id__in=shut), now)


@transaction.atomic(durable=True)
def carry_on(session_keys: Collection[str], to_key: str) -> None:
    """Use case: the same person goes on in another session; their visits too."""
    VisitRow.objects.filter(session_key__in=session_keys, ended_at=None).update(session_key=to_key)


def name_visit(visit_id: int, reference: str) -> None:
    """Part: by what the application knows that visit."""
    VisitRow.objects.filter(pk=visit_id).update(reference=reference)


def forget_visit(visit_id: int) -> None:
    """The application was told, or need not be."""
    VisitRow.objects.filter(pk=visit_id).delete()


def sweep(now: datetime) -> None:
    """Forget visits older than any session."""
    VisitRow.objects.filter(started_at__lt=now - _KEPT).delete()


def _end(which: Q, now: datetime) -> None:
    ids = list(VisitRow.objects.filter(which, ended_at=None).values_list("pk", flat=True))
    VisitRow.objects.filter(pk__in=ids).update(ended_at=now)
    for visit_id in ids:
        announce(VisitEnded(visit_id))

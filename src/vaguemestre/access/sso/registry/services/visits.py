"""People entering applications, and leaving them all at once."""

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
from vaguemestre.access.sso.registry.queries import sessions_inside, visit_from
from vaguemestre.access.sso.registry.values import Application, Visit
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import account_facts

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
        _named(application, account_id)
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
            to=f"application:{application.client_id}",
            by=f"account:{account_id}",
            at=now,
        )
    return visit_from(row, application)


@transaction.atomic(durable=True)
def agree(application: Application, account_id: int, *, now: datetime) -> None:
    """Use case: that person says yes to what this application is told today."""
    Consent.objects.update_or_create(
        account_id=account_id,
        application_id=application.application_id,
        defaults={"released": list(application.released), "given_at": now},
    )
    record("sso.agreed", to=f"application:{application.client_id}", by=f"account:{account_id}", at=now)


@transaction.atomic(durable=True)
def look_at(application: Application, account_id: int, *, by: str, now: datetime) -> None:
    """Use case: an administrator looks at what an application would be told of somebody."""
    record("sso.looked-at", to=f"account:{account_id}", by=by, at=now, application=application.client_id)


@transaction.atomic(durable=True)
def turn_away(application: Application, account_id: int, reason: str, *, now: datetime) -> None:
    """Use case: somebody did not enter."""
    _count(application.application_id, "refused", now)
    record(
        "sso.turned-away",
        to=f"application:{application.client_id}",
        by=f"account:{account_id}",
        at=now,
        reason=reason,
    )


@transaction.atomic(durable=True)
def end_visits_of_sessions(session_keys: Collection[str], *, now: datetime) -> None:
    """Use case: those sessions are over; the applications will be told. Safe to run twice."""
    _end(Q(session_key__in=session_keys), now)


@transaction.atomic(durable=True)
def end_visits_of_accounts(account_ids: Collection[int], *, now: datetime) -> None:
    """Use case: of those accounts, the ones shut leave every application. Safe to run twice."""
    shut = [facts.account_id for facts in account_facts(account_ids, now) if facts.state not in _OPEN]
    if shut:
        _end(Q(account_id__in=shut), now)


@transaction.atomic(durable=True)
def end_visit(account_id: int, visit_id: int, *, now: datetime) -> None:
    """Use case: out of one application, which will be told. Somebody else's visit is left alone."""
    _end(Q(pk=visit_id, account_id=account_id), now)


def carry_on(session_keys: Collection[str], to_key: str) -> None:
    """Use case: the same person goes on in another session; their visits too."""
    VisitRow.objects.filter(session_key__in=session_keys, ended_at=None).update(session_key=to_key)


def end_visits_of_expired(now: datetime) -> None:
    """Round: sessions end by themselves too, and nobody says so."""
    for some in batched(sessions_inside(), 1000, strict=False):
        if over := sessions_over(some, now):
            end_visits_of_sessions(over, now=now)


def name_visit(visit_id: int, reference: str) -> None:
    """Part: by what the application knows that visit."""
    VisitRow.objects.filter(pk=visit_id).update(reference=reference)


def forget_visit(visit_id: int) -> None:
    """The application was told, or need not be."""
    VisitRow.objects.filter(pk=visit_id).delete()


def sweep(now: datetime) -> None:
    """Forget visits older than any session."""
    VisitRow.objects.filter(started_at__lt=now - _KEPT).delete()


def _named(application: Application, account_id: int) -> None:
    """Their names in applications are drawn at the first visit, and stay."""
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


def _end(which: Q, now: datetime) -> None:
    ids = list(VisitRow.objects.filter(which, ended_at=None).values_list("pk", flat=True))
    VisitRow.objects.filter(pk__in=ids).update(ended_at=now)
    for visit_id in ids:
        announce(VisitEnded(visit_id))

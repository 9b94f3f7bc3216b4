"""The beginning and the end of the first day, and what was seen of the DNS."""

from datetime import datetime

from django.db import transaction

from vaguemestre.desks.firstday.models import FirstDay
from vaguemestre.foundation.journal.services import record


def begin_first_day(*, now: datetime) -> None:
    """Show the card from now on. Inside the caller's transaction."""
    FirstDay.objects.create(begun_at=now)


@transaction.atomic(durable=True)
def close_card(*, by: str, now: datetime) -> None:
    """Use case: an administrator closes the card for good, whatever remains."""
    if FirstDay.objects.filter(ended_at__isnull=True).update(ended_at=now):
        record("firstday.closed", to="first-day", by=by, at=now)


@transaction.atomic(durable=True)
def end_first_day(*, now: datetime) -> None:
    """Use case: all is done. What comes undone later is for alarms to tell."""
    FirstDay.objects.filter(ended_at__isnull=True).update(ended_at=now)


@transaction.atomic(durable=True)
def record_dns_right(*, now: datetime) -> None:
    """Use case: remember that the zone said all it must, so that it is not asked again."""
    FirstDay.objects.filter(ended_at__isnull=True, dns_right_at__isnull=True).update(dns_right_at=now)

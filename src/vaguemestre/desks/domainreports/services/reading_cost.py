"""How long the reports of each sender were read today: a flood is set aside before it is unpacked."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from vaguemestre.desks.domainreports.models import DomainReport, ReadingCost
from vaguemestre.desks.domainreports.services.storage import Refused
from vaguemestre.desks.domainreports.values import ReportSender, Trust

MAX_SECONDS_A_DAY = {
    Trust.AUTHENTIC: 120,  # of each domain
    Trust.UNKNOWN: 600,  # of all of them together: the filter was away
    Trust.FORGED: 120,  # of all of them together
}
_REGULAR_DAYS = 60


def check_cost(sender: ReportSender, now: datetime) -> None:
    """Raises Refused if the reports of that sender took too long already."""
    row = ReadingCost.objects.filter(day=now.date(), sender=_key(sender)).first()
    if row is not None and row.milliseconds >= 1000 * MAX_SECONDS_A_DAY[sender.trust]:
        raise Refused("too-many")


@transaction.atomic
def add_cost(sender: ReportSender, seconds: float, now: datetime) -> None:
    """Add what the reading of a message took, whatever came of it."""
    row, _ = ReadingCost.objects.get_or_create(day=now.date(), sender=_key(sender))
    ReadingCost.objects.filter(pk=row.pk).update(milliseconds=F("milliseconds") + round(1000 * seconds))


def regular_reporters(now: datetime) -> set[str]:
    """The domains whose reports were stored before today: theirs are read first."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = DomainReport.objects.filter(
        trust=Trust.AUTHENTIC, received_at__lt=midnight, received_at__gte=now - timedelta(days=_REGULAR_DAYS)
    )
    return set(rows.order_by().values_list("sender", flat=True).distinct()) - {""}


def _key(sender: ReportSender) -> str:
    """A domain, which has a point; or what all the others have in common."""
    return sender.domain or sender.trust

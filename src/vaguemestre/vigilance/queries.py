"""Reading what readers said."""

from django.db.models import Count, Q

from vaguemestre.vigilance.models import Report, SenderChoice
from vaguemestre.vigilance.values import Reported, Showing

_MOST = 200


def showing_of(account_id: int, address: str) -> Showing:
    """What that reader chose for that sender's pictures."""
    chosen = SenderChoice.objects.filter(account_id=account_id, address=address.lower()[:254])
    return Showing(chosen.values_list("showing", flat=True).first() or Showing.ASK)


def reports(*, done: bool = False, kind: str = "") -> tuple[Reported, ...]:
    """The administrators' queue, newest first; those dealt with when `done`."""
    rows = Report.objects.filter(done_at__isnull=not done).select_related("account")
    if kind:
        rows = rows.filter(kind=kind)
    rows = rows.order_by("-at")[:_MOST]
    senders = {row.sender for row in rows}
    waiting = Report.objects.filter(Q(done_at__isnull=True), sender__in=senders)
    counts = dict(waiting.values_list("sender").annotate(count=Count("id")))
    return tuple(
        Reported(
            id=row.pk,
            kind=row.kind,
            sender=row.sender,
            subject=row.subject,
            header=row.header,
            by=row.account.username,
            at=row.at,
            count=counts.get(row.sender, 0),
            is_done=row.done_at is not None,
        )
        for row in rows
    )


def count_waiting() -> int:
    return Report.objects.filter(done_at__isnull=True).count()

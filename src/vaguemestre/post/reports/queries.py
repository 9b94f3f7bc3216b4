"""Reading what readers said."""

from django.db.models import Count, Q

from vaguemestre.foundation.kernel.orders import column_of
from vaguemestre.post.reports.models import Report, SenderChoice
from vaguemestre.post.reports.values import Reported, Showing

# How administrators may put them in order, and what it means here.
ORDERS = {"date": "at", "expediteur": "sender", "objet": "subject"}


def showing_of(account_id: int, address: str) -> Showing:
    """What that reader chose for that sender's pictures."""
    chosen = SenderChoice.objects.filter(account_id=account_id, address=address.lower()[:254])
    return Showing(chosen.values_list("showing", flat=True).first() or Showing.ASK)


def reports_page(
    *,
    done: bool = False,
    kind: str = "",
    search: str = "",
    order: str = "-date",
    first: int = 0,
    count: int = 30,
) -> tuple[tuple[Reported, ...], int]:
    """A page of the administrators' queue, and how many wait; those dealt with when `done`.

    `order`: one of ORDERS, `-` before it to turn it. `search`: words of a sender, a subject, a reader.
    """
    rows = Report.objects.filter(done_at__isnull=not done).select_related("account")
    if kind:
        rows = rows.filter(kind=kind)
    for word in search.split()[:6]:
        rows = rows.filter(
            Q(sender__icontains=word) | Q(subject__icontains=word) | Q(account__username__iexact=word)
        )
    total = rows.count()
    shown = list(rows.order_by(column_of(order, ORDERS), "-pk")[first : first + count])
    senders = {row.sender for row in shown}
    waiting = Report.objects.filter(Q(done_at__isnull=True), sender__in=senders)
    counts = dict(waiting.values_list("sender").annotate(count=Count("id")))
    told = (
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
        for row in shown
    )
    return tuple(told), total


def count_waiting() -> int:
    return Report.objects.filter(done_at__isnull=True).count()

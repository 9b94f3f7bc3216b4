"""Reads of abuse reports and image policies."""

from django.db.models import Count, Q

from vaguemestre.foundation.kernel.orders import column_of
from vaguemestre.people.credentials.queries import in_academy
from vaguemestre.post.reports.models import Report, SenderImages
from vaguemestre.post.reports.values import ImagePolicy, Reported, ReportedLetter

# Orders an administrator may choose → columns.
ORDERS = {"date": "at", "expediteur": "sender", "objet": "subject"}


def image_policy(account_id: int, address: str) -> ImagePolicy:
    """The reader's policy for the images of that sender."""
    rows = SenderImages.objects.filter(account_id=account_id, address=address.lower()[:254])
    return ImagePolicy(rows.values_list("policy", flat=True).first() or ImagePolicy.ASK)


def reports_page(
    *,
    done: bool = False,
    kind: str = "",
    search: str = "",
    order: str = "-date",
    first: int = 0,
    count: int = 30,
    academy_id: int = 0,
) -> tuple[tuple[Reported, ...], int]:
    """A page of open reports, or of closed ones if `done`, and how many there are.

    `order`: one of ORDERS, reversed by a leading `-`. `search`: words of a sender, a subject, a username.
    `academy_id`: only what its people report; 0 for all.
    """
    rows = Report.objects.filter(
        in_academy(academy_id, "account__"), done_at__isnull=not done
    ).select_related("account")
    if kind:
        rows = rows.filter(kind=kind)
    for word in search.split()[:6]:
        rows = rows.filter(
            Q(sender__icontains=word) | Q(subject__icontains=word) | Q(account__username__iexact=word)
        )
    total = rows.count()
    page = list(rows.order_by(column_of(order, ORDERS), "-pk")[first : first + count])
    senders = {row.sender for row in page}
    of_academy = in_academy(academy_id, "account__")
    open_reports = Report.objects.filter(of_academy, done_at__isnull=True, sender__in=senders)
    counts = dict(open_reports.values_list("sender").annotate(count=Count("id")))
    return tuple(_reported(row, counts.get(row.sender, 0)) for row in page), total


def reported_letter(report_id: int) -> ReportedLetter | None:
    """What a report says of its message, to look for it elsewhere."""
    row = Report.objects.filter(pk=report_id).first()
    return ReportedLetter(row.message_id, row.sender, row.subject, row.header) if row else None


def _reported(row: Report, count: int) -> Reported:
    return Reported(
        id=row.pk,
        kind=row.kind,
        sender=row.sender,
        subject=row.subject,
        header=row.header,
        by=row.account.username,
        at=row.at,
        count=count,
        is_done=row.done_at is not None,
    )


def count_waiting() -> int:
    """How many reports are open."""
    return Report.objects.filter(done_at__isnull=True).count()

"""Reads of the quarantine."""

from collections.abc import Sequence

from django.db.models import Q

from vaguemestre.post.quarantine.models import QuarantinedMessage
from vaguemestre.post.quarantine.values import Quarantined, Reason, State

# Sort keys of the administrators' page → columns.
ORDERS = {"date": "arrived_at", "boite": "mailbox", "expediteur": "sender", "motif": "reason"}


def own_messages(account_id: int, *, first: int, count: int) -> tuple[Sequence[Quarantined], int]:
    """A page of what is in quarantine for that account, newest first, and how much there is in all."""
    rows = QuarantinedMessage.objects.filter(account_id=account_id).exclude(state=State.RELEASED)
    page = rows.order_by("-arrived_at", "-pk")[first : first + count]
    return [_line(row) for row in page], rows.count()


def verdicts_page(
    *, search: str, reason: str, order: str, first: int, count: int
) -> tuple[Sequence[Quarantined], int]:
    """A page of verdicts whose mailbox, envelope sender or detail contain `search`; without subjects."""
    matches = Q(mailbox__icontains=search) | Q(sender__icontains=search) | Q(detail__icontains=search)
    rows = QuarantinedMessage.objects.filter(matches if search else Q())
    if reason:
        rows = rows.filter(reason=reason)
    page = rows.order_by(order, "-pk").defer("subject", "author")[first : first + count]
    return [_line(row, with_words=False) for row in page], rows.count()


def _line(row: QuarantinedMessage, *, with_words: bool = True) -> Quarantined:
    return Quarantined(
        number=row.pk,
        mailbox=row.mailbox,
        arrived_at=row.arrived_at,
        reason=Reason(row.reason),
        detail=row.detail,
        sender=row.sender,
        author=row.author if with_words else "",
        subject=row.subject if with_words else "",
        state=State(row.state),
    )

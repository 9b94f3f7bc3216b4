"""The mailboxes that a message reached, as the steps of messages tell."""

from collections import defaultdict
from datetime import timedelta

from vaguemestre.desks.removals.models import Removal, RemovalBox
from vaguemestre.desks.removals.values import BoxPhase
from vaguemestre.people.credentials.queries import accounts_of_mailboxes
from vaguemestre.post.trace.queries import mailboxes_of, message_ids_of_sender

SENDER_SPAN = timedelta(days=30)  # of an envelope sender, what came since that long before the report
_ROWS_PER_QUERY = 500


def list_boxes(removal: Removal) -> None:
    """Add the mailboxes that are not listed yet, and to those listed the Message-IDs that came since."""
    message_ids = {removal.message_id} if removal.message_id else set()
    if removal.sender:
        message_ids |= message_ids_of_sender(removal.sender, removal.asked_at - SENDER_SPAN)
    by_mailbox: dict[str, set[str]] = defaultdict(set)
    for mailbox, message_id in mailboxes_of(message_ids):
        by_mailbox[mailbox].add(message_id)
    known = {row.mailbox: row for row in RemovalBox.objects.filter(removal=removal)}
    changed = [row for name, row in known.items() if by_mailbox.get(name, set()) - set(row.message_ids)]
    for row in changed:
        row.message_ids = sorted({*row.message_ids, *by_mailbox[row.mailbox]})
        row.phase = BoxPhase.LISTED  # what arrived meanwhile is looked for as well
    RemovalBox.objects.bulk_update(changed, ("message_ids", "phase"), batch_size=_ROWS_PER_QUERY)
    new = sorted(by_mailbox.keys() - known.keys())
    accounts = accounts_of_mailboxes(new)
    RemovalBox.objects.bulk_create(
        (
            RemovalBox(
                removal=removal,
                mailbox=name,
                account_id=accounts.get(name),
                message_ids=sorted(by_mailbox[name]),
            )
            for name in new
        ),
        batch_size=_ROWS_PER_QUERY,
    )

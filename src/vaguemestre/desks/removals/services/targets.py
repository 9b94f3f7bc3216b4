"""The mailboxes that a message reached, as the steps of messages tell."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from vaguemestre.desks.removals.models import Removal, RemovalBox
from vaguemestre.desks.removals.queries import criteria_of
from vaguemestre.desks.removals.rules.marks import content_marks
from vaguemestre.desks.removals.rules.queue_ids import queue_id_in
from vaguemestre.desks.removals.services.list_copies import sent_on_by_lists
from vaguemestre.desks.removals.values import SENDER_SPAN, BoxPhase, RemovalState, SoughtMail
from vaguemestre.people.credentials.queries import accounts_of_mailboxes
from vaguemestre.post.trace.queries import (
    mailboxes_of,
    queue_ids_of_sender,
    queue_ids_with_marks,
    senders_by_queue_id,
    steps_by_queue_id,
)
from vaguemestre.post.trace.rules.stored import stored_at
from vaguemestre.post.trace.values import StepKind

_ROWS_PER_QUERY = 500

type MailboxesOf = Callable[[Collection[str]], Mapping[str, str]]


@dataclass(frozen=True)
class TargetSearch:
    """What the search for targets needs: whose an address is, and the key of marks of messages."""

    mailboxes_of: MailboxesOf
    marks_key: str


@dataclass
class Targets:
    """What is looked for, by queue identifier and by Message-ID, and in which mailboxes."""

    queue_ids: frozenset[str]
    queue_ids_by_message_id: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    written_by: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # login → Message-IDs
    arrivals: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    message_ids: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def sought_in(self, box: RemovalBox, subject: str) -> SoughtMail:
        same = (self.queue_ids_by_message_id.get(message_id, set()) for message_id in box.message_ids)
        return SoughtMail(
            queue_ids=frozenset(box.arrivals).union(*same),
            arrivals=tuple(sorted(box.arrivals.items())),
            message_ids=tuple(box.message_ids),
            written_here=frozenset(self.written_by.get(box.mailbox, set())),
            subject=subject,
        )


def list_boxes(removal: Removal, search: TargetSearch) -> Targets:
    """List the mailboxes that the messages reached since the last time, and what came since to those listed.

    Raises EngineDown.
    """
    targets = _targets(removal, search)
    known = {row.mailbox: row for row in RemovalBox.objects.filter(removal=removal)}
    changed = [row for row in known.values() if _gains(row, targets)]
    for row in changed:
        row.phase = BoxPhase.LISTED  # what arrived meanwhile is looked for as well
    columns = ("message_ids", "arrivals", "phase")
    RemovalBox.objects.bulk_update(changed, columns, batch_size=_ROWS_PER_QUERY)
    new = sorted((targets.arrivals.keys() | targets.message_ids.keys()) - known.keys())
    accounts = accounts_of_mailboxes(new)
    rows = [RemovalBox(removal=removal, mailbox=name, account_id=accounts.get(name)) for name in new]
    for row in rows:
        _gains(row, targets)
    RemovalBox.objects.bulk_create(rows, batch_size=_ROWS_PER_QUERY)
    return targets


def _gains(row: RemovalBox, targets: Targets) -> bool:
    """Add to the row what newly reached its mailbox; returns whether anything did."""
    arrivals = targets.arrivals.get(row.mailbox, {})
    message_ids = targets.message_ids.get(row.mailbox, set())
    if arrivals.keys() <= row.arrivals.keys() and message_ids <= set(row.message_ids):
        return False
    row.arrivals = {**row.arrivals, **arrivals}
    row.message_ids = sorted({*row.message_ids, *message_ids})
    return True


def queue_ids_of(removal: Removal, marks_key: str) -> frozenset[str]:
    """The messages of our queue that the removal is about.

    With a sender, a Message-ID only counts where that sender used it: anybody may write it. A subject alone
    is anybody's: once counted, only what was shown is meant.
    """
    criteria = criteria_of(removal)
    if criteria.is_by_content:
        marks = content_marks(criteria, marks_key)
        marked_ids = frozenset(queue_ids_with_marks(marks, removal.asked_at - SENDER_SPAN))
        is_settled = not criteria.has_content and removal.state != RemovalState.COUNTING
        return marked_ids & _queue_ids_listed(removal) if is_settled else marked_ids
    queue_ids: set[str] = set()
    sender = removal.sender
    if queue_id := queue_id_in(removal.message_id):
        queue_ids.add(queue_id)
    elif removal.message_id:
        senders = senders_by_queue_id(removal.message_id).items()
        queue_ids = {queue_id for queue_id, user in senders if sender.lower() in ("", user.lower())}
    if sender:
        queue_ids |= queue_ids_of_sender(sender, removal.asked_at - SENDER_SPAN)
    return frozenset(queue_ids)


def _queue_ids_listed(removal: Removal) -> frozenset[str]:
    boxes = RemovalBox.objects.filter(removal=removal)
    return frozenset(
        queue_id for arrivals in boxes.values_list("arrivals", flat=True) for queue_id in arrivals
    )


def _targets(removal: Removal, search: TargetSearch) -> Targets:
    targets = Targets(queue_ids_of(removal, search.marks_key))
    delivered = _read_steps(targets, targets.queue_ids)
    if copies := sent_on_by_lists(delivered, targets.queue_ids_by_message_id) - targets.queue_ids:
        targets.queue_ids |= copies
        for address, arrivals in _read_steps(targets, copies).items():
            delivered[address] |= arrivals
    owners = search.mailboxes_of(sorted(delivered)) if delivered else {}
    for address, arrivals in delivered.items():
        if mailbox := owners.get(address):
            targets.arrivals[mailbox] |= arrivals
    for mailbox, message_id in mailboxes_of(targets.queue_ids_by_message_id.keys()):
        targets.message_ids[mailbox].add(message_id)
    return targets


def _read_steps(targets: Targets, queue_ids: frozenset[str]) -> defaultdict[str, dict[str, int]]:
    """Fill in Message-IDs and their writers. Returns address → queue identifier → when stored."""
    logins: dict[str, str] = {}
    delivered: defaultdict[str, dict[str, int]] = defaultdict(dict)
    kinds = (StepKind.IDENTIFIED, StepKind.RECEIVED, StepKind.DELIVERED)
    for step in steps_by_queue_id(queue_ids, *kinds):
        if step.kind is StepKind.IDENTIFIED and step.message_id:
            targets.queue_ids_by_message_id[step.message_id].add(step.queue_id)
        elif step.kind is StepKind.RECEIVED:
            logins[step.queue_id] = step.recipient.lower()
        elif address := stored_at(step.detail):
            delivered[address][step.queue_id] = int(step.at.timestamp())
    for message_id, bearers in targets.queue_ids_by_message_id.items():
        for login in {logins.get(queue_id, "") for queue_id in bearers} - {""}:
            targets.written_by[login].add(message_id)
    return delivered

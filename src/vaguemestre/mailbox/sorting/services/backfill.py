"""Run a filter on messages already received."""

import time
from datetime import datetime
from itertools import batched

from django.db import transaction
from django.db.models import F

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.sorting import queries
from vaguemestre.mailbox.sorting.events import BackfillRequested
from vaguemestre.mailbox.sorting.models import PassRow
from vaguemestre.mailbox.sorting.ports import OpenInbox
from vaguemestre.mailbox.sorting.rules.filters import matches, needs_full_message
from vaguemestre.mailbox.sorting.values import BackfillState, Filter, Owner

_BATCH_MESSAGES = 50
_RUN_SECONDS = 5.0  # of one job; other jobs then have their turn


@transaction.atomic(durable=True)
def request_backfill(account_id: int, filter_id: int, *, by: str, now: datetime) -> BackfillRequested:
    """Ask the worker to run the filter; replaces an earlier request. Raises Refusal `sorting.filter-gone`."""
    mail_filter = queries.filter_of(account_id, filter_id)
    if mail_filter is None:
        raise Refusal("sorting.filter-gone")
    fresh = {
        "wanted_id": filter_id, "name": mail_filter.name, "state": BackfillState.RUNNING,
        "seen": 0, "whole": 0, "taken": 0, "cursor": 0,
    }  # fmt: skip
    PassRow.objects.update_or_create(account_id=account_id, defaults=fresh)
    PassRow.objects.filter(account_id=account_id).update(number=F("number") + 1)
    record("sorting.filter-passed", to=account_subject(account_id), by=by, at=now, name=mail_filter.name)
    event = BackfillRequested(account_id, PassRow.objects.get(account_id=account_id).number)
    announce(event)
    return event


def run_backfill(account_id: int, number: int, open_inbox: OpenInbox, *, now: datetime) -> None:
    """Apply the filter to every matching message of the inbox, oldest first, then announce the rest.

    Each job takes `_RUN_SECONDS`: texts of a large inbox take minutes, and others wait for the same worker.
    Resumes where it stopped; after a crash, one batch at most is treated twice. Nothing is forwarded, since
    those messages came long ago. Raises EngineDown.
    """
    row = PassRow.objects.filter(account_id=account_id, number=number, state=BackfillState.RUNNING).first()
    owner = queries.owner_of(account_id, now)
    mail_filter = queries.filter_of(account_id, row.wanted_id) if row and row.wanted_id else None
    if row is None:
        return
    same_request = PassRow.objects.filter(account_id=account_id, number=number)
    if mail_filter is None or owner is None:
        same_request.update(state=BackfillState.FAILED)
        return
    try:
        is_over = _apply_filter(row, mail_filter, owner, open_inbox)
    except Refusal:  # the folder is gone or the mailbox full
        same_request.update(state=BackfillState.FAILED)
        return
    running = same_request.filter(state=BackfillState.RUNNING)
    if is_over:
        running.update(state=BackfillState.DONE)
        return
    with transaction.atomic(durable=True):
        if running.exists():
            announce(BackfillRequested(account_id, number))


def _apply_filter(row: PassRow, mail_filter: Filter, owner: Owner, open_inbox: OpenInbox) -> bool:
    """Apply it to batches for `_RUN_SECONDS`. False if messages are left."""
    until = time.monotonic() + _RUN_SECONDS
    same_request = PassRow.objects.filter(account_id=row.account_id, number=row.number)
    domains = (*owner.internal_domains, *owner.proved_domains)
    with open_inbox(owner.mailbox) as inbox:
        keys = [key for key in inbox.keys() if _uid(key) > row.cursor]  # noqa: SIM118 (a port, not a dict)
        same_request.update(whole=row.seen + len(keys))
        for number, batch in enumerate(batched(keys, _BATCH_MESSAGES)):
            if number and time.monotonic() >= until:
                return False
            summaries = inbox.summaries(batch, whole=needs_full_message(mail_filter))
            matching_keys = [summary.key for summary in summaries if matches(mail_filter, summary, domains)]
            if matching_keys:
                inbox.apply(matching_keys, mail_filter.outcome)
            counts = {"seen": F("seen") + len(batch), "taken": F("taken") + len(matching_keys)}
            if not same_request.update(cursor=_uid(batch[-1]), **counts):
                return True  # replaced by a newer request
    return True


def _uid(key: str) -> int:
    return int(key.rpartition("/")[2])

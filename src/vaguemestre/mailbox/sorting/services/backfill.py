"""A filter carried to the messages that were already there."""

from datetime import datetime
from itertools import batched

from django.db import transaction
from django.db.models import F

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.sorting import queries
from vaguemestre.mailbox.sorting.events import PassAsked
from vaguemestre.mailbox.sorting.models import PassRow
from vaguemestre.mailbox.sorting.ports import OpenReceived
from vaguemestre.mailbox.sorting.rules.filters import fits, needs_whole
from vaguemestre.mailbox.sorting.values import Filter, Owner

_AT_A_TIME = 50


@transaction.atomic(durable=True)
def ask_pass(account_id: int, filter_id: int, *, by: str, now: datetime) -> PassAsked:
    """The worker will do it; one at a time, the last asked. Raises Refusal `sorting.filter-gone`."""
    wanted = queries.filter_of(account_id, filter_id)
    if wanted is None:
        raise Refusal("sorting.filter-gone")
    fresh = {
        "wanted_id": filter_id, "name": wanted.name, "state": "running",
        "seen": 0, "whole": 0, "taken": 0, "cursor": 0,
    }  # fmt: skip
    PassRow.objects.update_or_create(account_id=account_id, defaults=fresh)
    PassRow.objects.filter(account_id=account_id).update(number=F("number") + 1)
    record("sorting.filter-passed", to=f"account:{account_id}", by=by, at=now, name=wanted.name)
    event = PassAsked(account_id, PassRow.objects.get(account_id=account_id).number)
    announce(event)
    return event


def carry_pass(account_id: int, number: int, open_received: OpenReceived, *, now: datetime) -> None:
    """Look at every message of the inbox, oldest first, and do to those that fit what the filter says.

    Taken up where it stopped: a message is not treated twice, save those of one handful when a machine dies.
    Nothing is forwarded: those messages came long ago. Raises EngineDown.
    """
    row = PassRow.objects.filter(account_id=account_id, number=number, state="running").first()
    owner = queries.owner_of(account_id, now)
    wanted = queries.filter_of(account_id, row.wanted_id) if row and row.wanted_id else None
    if row is None:
        return
    mine = PassRow.objects.filter(account_id=account_id, number=number)
    if wanted is None or owner is None:
        mine.update(state="failed")
        return
    try:
        _carry(row, wanted, owner, open_received)
    except Refusal:  # its folder is gone, or the box is full
        mine.update(state="failed")
        return
    mine.filter(state="running").update(state="done")


def _carry(row: PassRow, wanted: Filter, owner: Owner, open_received: OpenReceived) -> None:
    mine = PassRow.objects.filter(account_id=row.account_id, number=row.number)
    domains = (*owner.internal_domains, *owner.proved_domains)
    with open_received(owner.mailbox) as box:
        keys = [key for key in box.keys() if _number(key) > row.cursor]  # noqa: SIM118 (a port, not a dict)
        mine.update(whole=row.seen + len(keys))
        for some in batched(keys, _AT_A_TIME):
            glances = box.look(some, whole=needs_whole(wanted))
            taken = [glance.key for glance in glances if fits(wanted, glance, domains)]
            if taken:
                box.carry(taken, wanted.outcome)
            so_far = {"seen": F("seen") + len(some), "taken": F("taken") + len(taken)}
            if not mine.update(cursor=_number(some[-1]), **so_far):
                return  # another was asked meanwhile


def _number(key: str) -> int:
    return int(key.rpartition("/")[2])

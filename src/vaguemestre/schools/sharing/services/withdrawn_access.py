"""Access of people who left or are away for long: suspended until they return."""

from datetime import datetime

from django.db import transaction

from vaguemestre.access.signin.services import notify_owner
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.people.credentials.queries import names_of
from vaguemestre.people.lifecycle.queries import withdrawn_among
from vaguemestre.schools.sharing.events import AccessEnded
from vaguemestre.schools.sharing.models import Member
from vaguemestre.schools.sharing.services.collaboration import release_threads_of
from vaguemestre.schools.sharing.services.members import end_sending
from vaguemestre.schools.sharing.values import BoxKind


@transaction.atomic(durable=True)
def suspend_withdrawn_access(account_id: int, *, by: str, now: datetime) -> list[AccessEnded]:
    """Use case: cut a withdrawn person's open access to others' mailboxes, and others' access to theirs.

    Memberships are kept: access resumes when the person returns (`queries.access`). What they took charge of
    is given back, and whoever lent them a mailbox is told: both count on somebody who does not come.
    """
    if not withdrawn_among([account_id]):
        return []
    rows = Member.objects.filter(ended_at__isnull=True).select_related("box")
    events = []
    for row in rows.filter(account_id=account_id) | rows.filter(box__account_id=account_id):
        end_sending(row.box.account_id, row.account_id, by=by, now=now)
        if row.account_id == account_id:
            release_threads_of(row.box_id, account_id, by=by, now=now)
            _tell_lender(row, now)
        events.append(AccessEnded(row.box_id, row.account_id))
        announce(events[-1])
    return events


def _tell_lender(row: Member, now: datetime) -> None:
    if row.box.kind == BoxKind.PERSON:
        name = names_of([row.account_id]).get(row.account_id, "")
        notify_owner(row.box.account_id, "delegate-away", now=now, detail=f"Collègue : {name}")

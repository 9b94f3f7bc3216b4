"""Whether an accepted letter may still leave: asked again before its copies are made."""

from datetime import datetime

from django.db import transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import list_subject
from vaguemestre.people.credentials.queries import identified
from vaguemestre.schools.lists import queries
from vaguemestre.schools.lists.events import NoticeDue
from vaguemestre.schools.lists.models import ListLetter
from vaguemestre.schools.lists.values import DECIDER_LEFT, NoticeKind, State, Writers


def hold_if_right_lost(row: ListLetter, now: datetime) -> bool:
    """Give the letter back to the managers if whoever accepted it, or its author, lost the right meanwhile.

    Returns whether it does not leave.
    """
    reason = _lost_right(row, now)
    if not reason:
        return False
    is_refused = reason != DECIDER_LEFT and row.list.refuses_others
    state = State.REFUSED if is_refused else State.HELD
    with transaction.atomic(durable=True):
        accepted = ListLetter.objects.filter(pk=row.pk, state=State.SENDING, planned_at=None)
        if accepted.update(state=state, reason=reason, due_at=None, decided_by=None, decided_at=None):
            record(f"lists.letter-{state}", to=list_subject(row.list_id), by="system", at=now, reason=reason)
            announce(NoticeDue(row.pk, NoticeKind.REFUSED if is_refused else NoticeKind.HELD))
            if not is_refused:
                announce(NoticeDue(row.pk, NoticeKind.TO_DECIDE))
    return True


def _lost_right(row: ListLetter, now: datetime) -> str:
    """Code of the reason; "" if the letter may leave."""
    if row.decided_by_id:
        return "" if queries.role_in(row.list_id, row.decided_by_id, now) else DECIDER_LEFT
    author_id = row.author_id or 0
    if author_id and queries.role_in(row.list_id, author_id, now):
        return ""
    may_write = row.list.writers == Writers.ANYBODY
    if author_id and not may_write:
        may_write = queries.may_write_to(row.list, author_id, identified(author_id).person_id or 0, now)
    if not may_write:
        return "lists.not-a-writer"
    return "lists.moderated" if row.list.is_moderated else ""

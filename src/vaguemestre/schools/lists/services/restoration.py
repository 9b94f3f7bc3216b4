"""Lists of a restored database: no letter is sent a second time unless a manager decides so."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import list_subject
from vaguemestre.schools.lists.models import ListLetter, MailingList
from vaguemestre.schools.lists.services.arrival import RESTORED
from vaguemestre.schools.lists.values import State


@transaction.atomic(durable=True)
def stop_restored_letters(*, now: datetime) -> int:
    """Stop the letters that were being sent or were due when a backup was made. Returns the count.

    Those that wait for a decision, and those found in the mailboxes until `now`, say that they may have been
    sent: the position of each list is that of the backup.
    """
    MailingList.objects.filter(closed_at__isnull=True).update(restored_at=now)
    ListLetter.objects.filter(state=State.HELD).update(reason=RESTORED)
    due = ListLetter.objects.filter(Q(state=State.SENDING) | Q(state=State.SCHEDULED, due_at__lte=now))
    letters = list(due.values_list("pk", "list_id"))
    due.update(state=State.STOPPED, reason=RESTORED)
    for _, list_id in letters:
        record("lists.letter-stopped", to=list_subject(list_id), by="system", at=now, reason=RESTORED)
    return len(letters)

"""After a restoration no mailing goes on by itself: its copies may have been sent since the backup."""

from datetime import timedelta

import pytest
from tests.access.signin.people import NOON
from tests.rows import make

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.mailbox.compose.models import Mailing
from vaguemestre.mailbox.compose.services.restoration import stop_restored_mailings
from vaguemestre.mailbox.compose.values import MailingState


@pytest.mark.django_db(transaction=True)
def test_a_mailing_that_had_begun_is_stopped_and_its_writer_decides() -> None:
    begun = make(Mailing, state=MailingState.RUNNING, due_at=None)
    due = make(Mailing, state=MailingState.RUNNING, due_at=NOON)
    scheduled = make(Mailing, state=MailingState.RUNNING, due_at=NOON + timedelta(hours=1))
    ended = make(Mailing, state=MailingState.DONE, due_at=None)
    assert stop_restored_mailings(now=NOON) == 2
    assert dict(Mailing.objects.values_list("pk", "state")) == {
        begun.pk: MailingState.STOPPED,
        due.pk: MailingState.STOPPED,
        scheduled.pk: MailingState.RUNNING,
        ended.pk: MailingState.DONE,
    }
    assert Entry.objects.filter(action="compose.mailing-stopped").count() == 2
    assert stop_restored_mailings(now=NOON) == 0

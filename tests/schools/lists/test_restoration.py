"""After a backup was restored, no letter of a list goes out a second time by itself."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.schools.lists.conftest import (
    Clock,
    Queue,
    address_of,
    arrives,
    carried,
    made,
    message,
    reads,
    with_people,
)

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.people.credentials.models import Account
from vaguemestre.schools.lists import services
from vaguemestre.schools.lists.models import ListLetter, MailingList
from vaguemestre.schools.lists.services.fanout import FanoutContext

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def row(owner: Account, subscriber: Account) -> MailingList:
    mailing_list = made(owner)
    with_people(mailing_list, owner, address_of(subscriber), "one@dehors.example")
    return mailing_list


def test_a_letter_read_since_the_backup_is_held_and_the_next_one_is_sent(
    mailboxes: MemoryMailboxes,
    means: FanoutContext,
    queue: Queue,
    clock: Clock,
    owner: Account,
    row: MailingList,
) -> None:
    position = (row.uid_validity, row.last_uid)
    [letter] = arrives(mailboxes, row, message(address_of(owner), row.address))
    carried(letter, means, clock)
    sent = len(queue.sent)
    ListLetter.objects.all().delete()  # the database is that of before
    MailingList.objects.update(uid_validity=position[0], last_uid=position[1])
    services.stop_restored_letters(now=timezone.now())
    assert reads(mailboxes, row) == 1
    [again] = ListLetter.objects.all()
    assert (again.state, again.reason) == ("held", "lists.restored")
    services.fan_out(again.pk, means)
    assert len(queue.sent) == sent
    MailingList.objects.update(restored_at=timezone.now() - timedelta(seconds=30))
    later = arrives(mailboxes, row, message(address_of(owner), row.address))[-1]
    assert later.state == "sending"


@pytest.mark.parametrize("state", ["sending", "scheduled"])
def test_a_letter_that_was_being_sent_stops(
    mailboxes: MemoryMailboxes,
    means: FanoutContext,
    queue: Queue,
    owner: Account,
    row: MailingList,
    state: str,
) -> None:
    [letter] = arrives(mailboxes, row, message(address_of(owner), row.address))
    ListLetter.objects.update(state=state, due_at=timezone.now())
    assert services.stop_restored_letters(now=timezone.now()) == 1
    services.fan_out(letter.pk, means)
    assert queue.sent == []
    assert ListLetter.objects.get().state == "stopped"


def test_a_letter_for_later_stays_for_later(
    mailboxes: MemoryMailboxes, owner: Account, row: MailingList
) -> None:
    arrives(mailboxes, row, message(address_of(owner), row.address))
    ListLetter.objects.update(state="scheduled", due_at=timezone.now() + timedelta(days=1))
    assert services.stop_restored_letters(now=timezone.now()) == 0
    assert ListLetter.objects.get().state == "scheduled"

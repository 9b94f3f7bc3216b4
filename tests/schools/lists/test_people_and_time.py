"""What a list keeps of letters and people: stopped and resumed by who may, forgotten when it is time."""

from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.access.signin.people import account
from tests.schools.lists.conftest import DOMAIN, address_of, arrives, made, message, with_people

from vaguemestre.access.signin.ports import deliver_notice
from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.foundation.jobs.rules import job_words
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.outbox.values import DeliveryEvent, DeliveryState
from vaguemestre.schools.lists import services
from vaguemestre.schools.lists.events import FanoutDue, ListMailDelivered, NoticeDue
from vaguemestre.schools.lists.handlers import send_notices
from vaguemestre.schools.lists.models import Batch, LetterCopy, ListLetter, ListRole, MailingList, Subscriber
from vaguemestre.schools.lists.values import NoticeKind

pytestmark = pytest.mark.django_db(transaction=True)


def letter(row: MailingList, **changed: Any) -> ListLetter:
    given = {
        "uid_validity": 1, "uid": ListLetter.objects.count() + 1, "sender": "a@b.fr", "sender_name": "A",
        "size": 1, "received_at": timezone.now(), "state": "sending",
    }  # fmt: skip
    return ListLetter.objects.create(list=row, **{**given, **changed})


def announced(event: type) -> list[Any]:
    words = [job_words(job.args_kwargs) for job in DBTaskResult.objects.order_by("enqueued_at")]
    return [event(**word.fields) for word in words if word and word.event.endswith(f":{event.__name__}")]


def test_an_author_kept_waiting_is_spoken_to(
    mailboxes: MemoryMailboxes, owner: Account, stranger: Account
) -> None:
    row = made(owner)
    waiting = arrives(mailboxes, row, message(address_of(stranger), row.address))[0]
    assert (waiting.reason, waiting.author_id) == ("lists.not-a-writer", stranger.pk)
    told: list[str] = []
    before = deliver_notice.get()
    deliver_notice.replace(
        lambda mailbox, content, message_id, at: told.append(
            message_from_bytes(content, policy=policy.default).get_body(("plain",)).get_content()
        )
    )
    try:
        send_notices(NoticeDue(waiting.pk, NoticeKind.HELD))
    finally:
        deliver_notice.replace(before)
    assert "Vous n’êtes pas de ceux qui écrivent à cette liste." in told[0]
    assert "Son auteur" not in told[0]


def test_an_answer_to_a_notice_of_a_list_does_not_reach_its_members(
    mailboxes: MemoryMailboxes, owner: Account, stranger: Account
) -> None:
    row = made(owner)
    waiting = arrives(mailboxes, row, message(address_of(stranger), row.address))[0]
    answered: list[str] = []
    before = deliver_notice.get()
    deliver_notice.replace(
        lambda mailbox, content, message_id, at: answered.append(
            message_from_bytes(content, policy=policy.default)["Reply-To"] or row.address
        )
    )
    try:
        send_notices(NoticeDue(waiting.pk, NoticeKind.TO_DECIDE))
        send_notices(NoticeDue(waiting.pk, NoticeKind.HELD))
    finally:
        deliver_notice.replace(before)
    domain = row.address.partition("@")[2]
    assert answered == [f"ne-pas-repondre@{domain}"] * 2


def test_a_list_is_read_when_mail_was_delivered_there_and_nowhere_else(owner: Account) -> None:
    first, second = made(owner), made(owner)
    DBTaskResult.objects.all().delete()

    def told(recipient: str, state: DeliveryState) -> DeliveryEvent:
        return DeliveryEvent("Q1", recipient, state, "", "", timezone.now())

    services.handle_deliveries([])
    services.handle_deliveries(
        [
            told(first.address, DeliveryState.DELAYED),
            told("marie@ac-amiens.test", DeliveryState.DELIVERED),
            *[told(second.address, DeliveryState.DELIVERED)] * 2,
        ]
    )
    assert announced(ListMailDelivered) == [ListMailDelivered(second.pk)]
    services.announce_mail(first.pk)
    assert announced(ListMailDelivered)[-1] == ListMailDelivered(first.pk)
    services.resume_fanout(7)
    assert announced(FanoutDue) == [FanoutDue(7)]


def test_a_letter_is_stopped_and_resumed_once_by_who_manages_the_list(
    owner: Account, stranger: Account
) -> None:
    row = made(owner)
    sent = letter(row)
    DBTaskResult.objects.all().delete()
    act: Any = {"by": "test", "now": timezone.now()}
    for change in (services.stop_letter, services.resume_letter):
        with pytest.raises(Refusal):
            change(row.pk, stranger.pk, str(sent.public_id), **act)
        with pytest.raises(Refusal, match="gone"):
            change(made(owner).pk, owner.pk, str(sent.public_id), **act)
    DBTaskResult.objects.all().delete()
    for _ in range(2):
        services.stop_letter(row.pk, owner.pk, str(sent.public_id), **act)
    assert ListLetter.objects.get().state == "stopped"
    for _ in range(2):
        services.resume_letter(row.pk, owner.pk, str(sent.public_id), **act)
    assert ListLetter.objects.get().state == "sending"
    assert announced(FanoutDue) == [FanoutDue(sent.pk)]


def test_who_received_a_letter_is_kept_for_its_days_after_its_end(owner: Account) -> None:
    row, now = made(owner), timezone.now()
    for ended_at in (now - timedelta(days=31), now - timedelta(days=29), None):
        sent = letter(row, ended_at=ended_at)
        LetterCopy.objects.create(letter=sent, number=1, address="x@y.fr")
        Batch.objects.create(letter=sent, number=1)
    services.delete_old_copies(30, now=now)
    assert ListLetter.objects.count() == 3, "the letters themselves stay"
    for table in (LetterCopy, Batch):
        ended = table._default_manager.filter(letter__ended_at__lt=now - timedelta(days=30))
        assert (ended.count(), table._default_manager.count()) == (0, 2)


def test_whoever_leaves_an_academie_leaves_its_lists_and_no_other(
    owner: Account, subscriber: Account
) -> None:
    here, there = made(owner), made(owner)
    for row in (here, there):
        with_people(row, owner, address_of(subscriber))
        ListRole.objects.create(list=row, account=subscriber, role="moderator")
    MailingList.objects.filter(pk=there.pk).update(address="conseil@ac-lille.test")
    services.leave_academy(subscriber.pk, subscriber.person_id or 0, DOMAIN, by="system", now=timezone.now())
    mine = {"person_id": subscriber.person_id}
    assert [one.list_id for one in Subscriber.objects.filter(**mine)] == [there.pk]
    assert [one.list_id for one in ListRole.objects.filter(account=subscriber)] == [there.pk]
    assert ListRole.objects.filter(list=here, account=owner).exists()


def test_a_forgotten_person_is_in_no_list_and_their_copies_have_no_name(
    owner: Account, subscriber: Account
) -> None:
    row, other = made(owner), account("autre")
    with_people(row, owner, address_of(subscriber), address_of(other))
    ListRole.objects.create(list=row, account=subscriber, role="moderator")
    sent = letter(row, author=subscriber)
    for number, who in enumerate((subscriber, other)):
        LetterCopy.objects.create(
            letter=sent, number=number, address=address_of(who), name="X", person=who.person, reasons=["x"]
        )
    services.forget_person(subscriber.pk, subscriber.person_id or 0)
    assert [one.person_id for one in Subscriber.objects.all()] == [other.person_id]
    assert [one.account_id for one in ListRole.objects.all()] == [owner.pk]
    assert ListLetter.objects.get().sender_name == ""
    copies = LetterCopy.objects.order_by("number").values_list("address", "name", "reasons")
    assert list(copies) == [(address_of(subscriber), "", []), (address_of(other), "X", ["x"])]

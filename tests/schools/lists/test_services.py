"""Mail that comes to a list is judged once, and each recipient receives it once, whatever is killed."""

import email
import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.access.signin.people import account
from tests.schools.lists.conftest import (
    DOMAIN,
    Clock,
    Killed,
    Queue,
    address_of,
    arrives,
    carried,
    made,
    message,
    reads,
    received,
    sealed,
    submitted,
    with_people,
)

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import EngineDown, Refusal
from vaguemestre.foundation.kernel.seals import with_voucher
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.values import AccountRole
from vaguemestre.people.directory.models import Assignment, MailAddress, Person, TakenName
from vaguemestre.people.directory.services import take_address
from vaguemestre.post.mailstore.ports import Mailbox
from vaguemestre.post.mailstore.values import MailLogin
from vaguemestre.post.outbox.models import Submission
from vaguemestre.post.outbox.services import LEASE
from vaguemestre.post.outbox.values import Acceptance, Origin
from vaguemestre.schools.lists import queries, services
from vaguemestre.schools.lists.models import LetterCopy, ListLetter, MailingList
from vaguemestre.schools.lists.services import fanout
from vaguemestre.schools.lists.services.administration import Creator, NewList
from vaguemestre.schools.lists.services.fanout import FanoutContext
from vaguemestre.schools.lists.values import Criteria, Kind, Role, Rule, Writers

pytestmark = pytest.mark.django_db(transaction=True)
HERE = Rule((Criteria(uais=("0800001A",)),))


def outside(number: int) -> list[str]:
    return [f"parent{n}@famille.example" for n in range(number)]


def test_a_flood_of_a_list_holds_up_neither_mail_nor_other_lists(
    mailboxes: MemoryMailboxes, owner: Account
) -> None:
    """Its address is known: letters of 18 MB were read one after the other by who sends everybody's mail."""
    row = made(owner)
    for number in range(5):
        content = message("x@dehors.example", row.address, f"n° {number}")
        mailboxes.box(row.address).append("INBOX", content, (), timezone.now())
    jobs = DBTaskResult.objects.filter(args_kwargs__args__1__endswith=":ListMailDelivered")
    seconds = iter(range(0, 1000, 8))
    reads(mailboxes, row, lambda: next(seconds))
    assert MailingList.objects.get().last_uid == 2
    assert [job.queue_name for job in jobs] == ["untrusted"]
    jobs.delete()
    reads(mailboxes, row, lambda: 0.0)
    assert MailingList.objects.get().last_uid == 5
    assert not jobs.exists(), "nothing is left"


def test_a_subscribers_message_reaches_each_once_and_says_why(
    mailboxes: MemoryMailboxes,
    means: FanoutContext,
    queue: Queue,
    clock: Clock,
    owner: Account,
    subscriber: Account,
) -> None:
    row = made(owner)
    with_people(row, owner, address_of(subscriber), *outside(3), address_of(subscriber).upper())
    letter = arrives(mailboxes, row, message(address_of(subscriber), row.address))[0]
    assert carried(letter, means, clock).state == "sent"
    assert sorted(queue.reached) == sorted([address_of(subscriber), *outside(3)])
    reasons = queries.reasons_for_person(letter.pk, subscriber.person_id or 0)
    assert reasons
    assert "inscription par un propriétaire" in reasons[0]
    assert {sender.partition("@")[2] for sender, _, _ in queue.sent} == {DOMAIN}
    assert reads(mailboxes, row) == 0, "read once"
    assert ListLetter.objects.count() == 1


def test_the_same_message_again_goes_nowhere(
    mailboxes: MemoryMailboxes, owner: Account, subscriber: Account
) -> None:
    row = made(owner)
    with_people(row, owner, address_of(subscriber))
    content = message(address_of(subscriber), row.address)
    assert len(arrives(mailboxes, row, content)) == 1
    assert len(arrives(mailboxes, row, content)) == 1
    mailboxes.box(row.address).make_folder("INBOX")  # as after a restored backup: other numbers
    assert len(arrives(mailboxes, row, content)) == 1


def test_somebody_matched_twice_and_by_two_lists_receives_one_copy(
    mailboxes: MemoryMailboxes,
    means: FanoutContext,
    queue: Queue,
    clock: Clock,
    owner: Account,
    subscriber: Account,
) -> None:
    post = subscriber.person.assignments.get()
    Assignment.objects.create(
        person=subscriber.person, structure=post.structure, starts_on=post.starts_on, function="DOC"
    )
    first = made(owner, Kind.RULE, HERE, writers=Writers.INSIDE)
    second = made(owner, Kind.RULE, HERE, writers=Writers.INSIDE)
    content = message(address_of(subscriber), f"{first.address}, {second.address}")
    for row in (first, second):
        carried(arrives(mailboxes, row, content)[0], means, clock)
    assert sorted(queue.reached) == sorted([address_of(subscriber), address_of(owner)])


def test_a_message_with_the_identifier_of_anothers_keeps_nobody_from_receiving_it(
    mailboxes: MemoryMailboxes,
    means: FanoutContext,
    queue: Queue,
    clock: Clock,
    owner: Account,
    subscriber: Account,
    stranger: Account,
) -> None:
    first, second = made(stranger, writers=Writers.INSIDE), made(owner, writers=Writers.INSIDE)
    for row, manager in ((first, stranger), (second, owner)):
        with_people(row, manager, address_of(subscriber))
    for row, author in ((first, stranger), (second, owner)):
        content = message(address_of(author), row.address, Message_ID="<pareil@exemple.test>")
        carried(arrives(mailboxes, row, content)[0], means, clock)
    assert queue.reached == [address_of(subscriber)] * 2


@pytest.mark.parametrize("forged", [True, False])
def test_nobody_writes_in_a_members_name_from_outside(
    mailboxes: MemoryMailboxes, owner: Account, subscriber: Account, stranger: Account, *, forged: bool
) -> None:
    row = made(owner)
    with_people(row, owner, address_of(subscriber))
    envelope = "pirate@dehors.example" if forged else address_of(stranger)
    letter = arrives(mailboxes, row, message(address_of(subscriber), row.address, return_path=envelope))[0]
    assert (letter.state, letter.reason, letter.author_id) == ("held", "lists.not-a-writer", None)


@pytest.mark.parametrize("is_moderated", [True, False])
@pytest.mark.parametrize("refuses_others", [True, False])
@pytest.mark.parametrize("writers", list(Writers))
def test_a_managers_private_letter_redirected_to_the_list_is_nobodys(
    mailboxes: MemoryMailboxes, owner: Account, stranger: Account, *,
    writers: Writers, refuses_others: bool, is_moderated: bool,
) -> None:  # fmt: skip
    row = made(owner, writers=writers, refuses_others=refuses_others, is_moderated=is_moderated)
    mark = b"X-Sieve-Redirected-From: " + address_of(stranger).encode() + b"\r\n"
    for recipient in (address_of(stranger), row.address):  # the second: its author wrote that field
        private = mark + message(address_of(owner), recipient, "Pour vous seul")
        letter = arrives(mailboxes, row, private, written_to=recipient)[-1]
        assert (letter.state, letter.reason) == ("refused" if refuses_others else "held", "lists.redirected")
        assert letter.author_id is None
    assert ListLetter.objects.count() == 2


def test_what_its_author_sent_elsewhere_is_not_a_managers_even_without_a_mark(
    mailboxes: MemoryMailboxes, owner: Account, stranger: Account
) -> None:
    row = made(owner, writers=Writers.MANAGERS)
    private = message(address_of(owner), address_of(stranger))
    (letter,) = arrives(mailboxes, row, private, written_to=address_of(stranger))
    assert (letter.state, letter.reason, letter.author_id) == ("held", "lists.not-a-writer", None)
    replied = message(address_of(owner), row.address)
    submitted(replied, row.address)
    Submission.objects.filter(recipients=[row.address]).update(origin=Origin.REDIRECTED)
    letter = arrives(mailboxes, row, replied, written_to=address_of(stranger))[-1]
    assert letter.author_id is None, "a redirect that was let through is no submission"


def test_only_what_its_author_submitted_is_the_authors(
    mailboxes: MemoryMailboxes, owner: Account, stranger: Account
) -> None:
    row = made(owner, writers=Writers.MANAGERS)
    bare = message(address_of(owner), row.address)
    true = sealed(bare)
    submitted(bare, row.address)
    for content in (
        bare,
        true.replace(b"tous", b"toi"),
        with_voucher(bare, b"another key", "mail.ac-amiens.test", address_of(owner)),
        with_voucher(bare, settings.SEAL_KEY, "mail.dehors.example", address_of(owner)),
        with_voucher(bare, settings.SEAL_KEY, "mail.ac-amiens.test", address_of(stranger)),
    ):
        letter = received(mailboxes, row, content)[-1]
        assert (letter.state, letter.author_id) == ("held", None)
    letter = received(mailboxes, row, true)[-1]
    assert (letter.state, letter.author_id) == ("sending", owner.pk)


@pytest.mark.heavy
def test_a_redirected_copy_neither_precedes_nor_follows_the_true_letter(
    mailboxes: MemoryMailboxes, owner: Account, stranger: Account
) -> None:
    row = made(owner, writers=Writers.MANAGERS)
    true = message(address_of(owner), row.address)
    sent_on = b"X-Sieve-Redirected-From: " + address_of(stranger).encode() + b"\r\n" + true
    states = [letter.state for letter in arrives(mailboxes, row, sent_on)]
    assert states == ["held"]
    letters = arrives(mailboxes, row, true)
    assert [letter.state for letter in letters] == ["held", "sending"]
    assert len(arrives(mailboxes, row, sent_on)) == 2


def test_a_redirected_letter_that_a_manager_accepts_leaves_under_the_lists_address(
    mailboxes: MemoryMailboxes, means: FanoutContext, queue: Queue, clock: Clock, owner: Account,
    moderator: Account, stranger: Account,
) -> None:  # fmt: skip
    row = made(owner)
    with_people(row, owner, address_of(stranger))
    mark = b"X-Sieve-Redirected-From: " + address_of(stranger).encode() + b"\r\n"
    (letter,) = arrives(mailboxes, row, mark + message(address_of(owner), address_of(stranger)))
    services.accept_letter(
        row.pk, owner.pk, str(letter.public_id), due_at=None, by="test", now=timezone.now()
    )
    carried(letter, means, clock)
    (_, _, content) = queue.sent[0]
    copy = email.message_from_bytes(content)
    assert row.address in copy["From"]
    assert address_of(owner) not in copy["From"], "the seal vouches for From"


def test_held_mail_goes_through_at_its_hour_or_not_at_all(
    mailboxes: MemoryMailboxes, means: FanoutContext, queue: Queue, clock: Clock, owner: Account,
    moderator: Account, subscriber: Account,
) -> None:  # fmt: skip
    row = made(owner, is_moderated=True)
    services.set_role(row.pk, owner.pk, address_of(moderator), Role.MODERATOR, by="test", now=timezone.now())
    with_people(row, owner, address_of(subscriber))
    for subject in "abc":
        arrives(mailboxes, row, message(address_of(subscriber), row.address, subject))
    first, second, third = ListLetter.objects.order_by("pk")
    now = clock()
    later = now + timedelta(hours=1)
    act = {"by": "test", "now": now}
    services.accept_letter(row.pk, moderator.pk, str(first.public_id), due_at=later, **act)  # type: ignore[arg-type]
    services.refuse_letter(row.pk, moderator.pk, str(second.public_id), "Hors sujet", **act)  # type: ignore[arg-type]
    services.drop_letter(row.pk, moderator.pk, str(third.public_id), **act)  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="decided-already"):
        services.drop_letter(row.pk, owner.pk, str(second.public_id), **act)  # type: ignore[arg-type]
    with pytest.raises(Refusal, match=r"lists\.gone"):
        services.accept_letter(row.pk, subscriber.pk, str(first.public_id), due_at=None, **act)  # type: ignore[arg-type]
    services.fan_out(first.pk, means)
    assert queue.reached == []
    clock.now = later
    assert carried(first, means, clock).state == "sent"
    assert queue.reached == [address_of(subscriber)]


@pytest.mark.heavy
def test_two_hundred_answers_to_all_of_a_large_list_are_held(
    mailboxes: MemoryMailboxes,
    means: FanoutContext,
    queue: Queue,
    clock: Clock,
    owner: Account,
    subscriber: Account,
) -> None:
    row = made(owner, writers=Writers.INSIDE)
    with_people(row, owner, address_of(subscriber), *outside(150))
    first = arrives(mailboxes, row, message(address_of(owner), row.address))[0]
    carried(first, means, clock)
    box = mailboxes.box(row.address)
    for _ in range(200):
        answer = message(address_of(subscriber), row.address, "Re: Réunion", In_Reply_To=first.message_id)
        submitted(answer, row.address)
        box.append("INBOX", sealed(answer), (), timezone.now())
    reads(mailboxes, row)
    states = list(ListLetter.objects.exclude(pk=first.pk).values_list("state", "reason"))
    assert states == [("held", "lists.answer-to-many")] * 200
    assert len(queue.reached) == 151


def test_lists_do_not_play_ball_and_machines_are_not_answered(
    mailboxes: MemoryMailboxes, means: FanoutContext, queue: Queue, clock: Clock, owner: Account
) -> None:
    row = made(owner, writers=Writers.ANYBODY)
    with_people(row, owner, "parent@famille.example")
    letter = arrives(mailboxes, row, message("a@dehors.example", row.address))[0]
    carried(letter, means, clock)
    back = b"Return-Path: <a@dehors.example>\r\n" + queue.sent[0][2]
    bounce = message("mailer-daemon@dehors.example", row.address, return_path="")
    away = message("parent@famille.example", row.address, Auto_Submitted="auto-replied")
    for content in (back, bounce, away):
        assert len(arrives(mailboxes, row, content)) == 1
    assert mailboxes.box(row.address).page("INBOX", 0, 10).total == 1, "nothing of them is kept"
    elsewhere = message("a@dehors.example", row.address, List_Id="<autre.exemple.fr>")
    assert arrives(mailboxes, row, elsewhere)[-1].reason == "lists.other-list"


def test_a_letter_that_cannot_be_read_stops_no_list(mailboxes: MemoryMailboxes, owner: Account) -> None:
    """One, of anybody, and the list never read another."""
    row = made(owner, writers=Writers.ANYBODY)
    head = message("a@dehors.example", row.address).partition(b"Content-Type")[0]
    levels = (b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(60))
    assert received(mailboxes, row, head + b"".join(levels) + b"Bonjour") == []
    assert len(arrives(mailboxes, row, message("b@dehors.example", row.address))) == 1


@pytest.mark.heavy
def test_whoever_cannot_be_written_to_holds_nobody_back(
    mailboxes: MemoryMailboxes, means: FanoutContext, queue: Queue, clock: Clock, owner: Account
) -> None:
    people = [account(f"agent{n}") for n in range(9)]
    row = made(owner, Kind.RULE, HERE)
    queue.refused = {address_of(people[2]), address_of(people[7])}
    letter = arrives(mailboxes, row, message(address_of(owner), row.address))[0]
    assert carried(letter, means, clock).state == "sent"
    expected = {address_of(one) for one in (owner, *people)} - queue.refused
    assert sorted(queue.reached) == sorted(expected)
    assert queries.delivery_counts(letter).by_state == {"accepted": 8, "refused": 2}
    shown = {one.address: one.state for one in queries.copy_statuses(letter, search="", offset=0, limit=50)}
    assert {address for address, mark in shown.items() if mark == "refused"} == queue.refused


def crowd(like: Account, count: int) -> list[str]:
    """So many agents of one school, made straight in the tables; their addresses."""
    told = like.person
    assert told is not None
    school = told.assignments.get().structure
    people = Person.objects.bulk_create(
        [
            Person(
                academy=told.academy,
                dossier=f"F{n}",
                birth_name=f"Foule{n}",
                first_name="Ali",
                birth_date=told.birth_date,
                category="2D_PUBLIC",
            )
            for n in range(count)
        ],
        batch_size=2000,
    )
    addresses = [f"ali.foule{n}@{DOMAIN}" for n in range(count)]
    MailAddress.objects.bulk_create(
        [
            MailAddress(person=person, address=address, is_primary=True)
            for person, address in zip(people, addresses, strict=True)
        ],
        batch_size=2000,
    )
    Assignment.objects.bulk_create(
        [
            Assignment(person=person, structure=school, function="FOULE", starts_on=date(2020, 9, 1))
            for person in people
        ],
        batch_size=2000,
    )
    Account.objects.bulk_create(
        [
            Account(person=person, username=f"foule{n}", mailbox=f"foule{n}@{DOMAIN}", state="active")
            for n, person in enumerate(people)
        ],
        batch_size=2000,
    )
    return addresses


@pytest.mark.heavy
def test_each_exactly_once_whatever_is_killed(
    mailboxes: MemoryMailboxes, means: FanoutContext, queue: Queue, clock: Clock, owner: Account,
    how_many: Callable[[int, int], int],
) -> None:  # fmt: skip
    """Killed before and after the queue takes a batch, at drawn moments."""
    drawn, count = random.Random(20261125), how_many(1500, 45_000)
    addresses = crowd(owner, count)
    row = made(owner, Kind.RULE, Rule((Criteria(functions=("FOULE",)),)))
    letter = arrives(mailboxes, row, message(address_of(owner), row.address))[0]
    for _ in range(3):
        setattr(queue, drawn.choice(("kill_before", "kill_after")), drawn.randrange(1, how_many(5, 9)))
        while queue.kill_before or queue.kill_after:  # few copies at once: it may take several goes
            assert carried(letter, means, clock, most=1).state == "sending"
    assert carried(letter, means, clock, most=2000).state == "sent"
    assert sorted(queue.reached) == sorted(addresses)
    assert queries.reasons_for_person(letter.pk, 0) is None


def test_a_batch_whose_worker_died_is_looked_at_again_once_its_lease_is_over(
    mailboxes: MemoryMailboxes, means: FanoutContext, queue: Queue, clock: Clock, owner: Account
) -> None:
    row = made(owner)
    with_people(row, owner, *outside(3))
    letter = arrives(mailboxes, row, message(address_of(owner), row.address))[0]
    queue.kill_after = 1
    with pytest.raises(Killed):
        services.fan_out(letter.pk, means)
    DBTaskResult.objects.all().delete()
    services.fan_out(letter.pk, means)
    due = DBTaskResult.objects.get(args_kwargs__args__1__endswith=":FanoutDue")
    assert due.run_after == clock.now + LEASE
    assert len(queue.reached) == 1
    assert carried(letter, means, clock).state == "sent"
    assert sorted(queue.reached) == outside(3)


def test_a_batch_that_perhaps_left_is_not_sent_again_and_says_so(
    mailboxes: MemoryMailboxes, means: FanoutContext, queue: Queue, clock: Clock, owner: Account
) -> None:
    row = made(owner)
    with_people(row, owner, *outside(3))
    letter = arrives(mailboxes, row, message(address_of(owner), row.address))[0]
    queue.kill_before = 1
    with pytest.raises(Killed):
        services.fan_out(letter.pk, means)
    queue.unseen = Acceptance.UNTOLD
    assert carried(letter, means, clock).state == "sent"
    statuses = queries.copy_statuses(ListLetter.objects.get(pk=letter.pk), search="", offset=0, limit=9)
    told = [status.reason for status in statuses]
    assert (len(queue.reached), told.count("outbox.perhaps-left")) == (2, 1)


def test_a_batch_tried_meanwhile_by_another_worker_is_asked_about_before_it_leaves_again(
    mailboxes: MemoryMailboxes, means: FanoutContext, queue: Queue, clock: Clock, owner: Account
) -> None:
    """While one reads the letter in the mailbox, another submits, and loses the answer."""
    row = made(owner)
    with_people(row, owner, *outside(1))
    letter = arrives(mailboxes, row, message(address_of(owner), row.address))[0]

    def loses_the_answer(mailbox: str, *given: object, **named: object) -> None:
        queue.submit(mailbox, *given, **named)  # type: ignore[arg-type]
        raise EngineDown("lost after it had arrived")

    def opened_while_another_tries(login: MailLogin) -> AbstractContextManager[Mailbox]:
        with pytest.raises(EngineDown):
            services.fan_out(letter.pk, replace(means, submit=loses_the_answer))
        return mailboxes(login)

    services.fan_out(letter.pk, replace(means, open_mailbox=opened_while_another_tries))
    assert carried(letter, means, clock).state == "sent"
    assert queue.reached == outside(1)


@pytest.mark.heavy
def test_however_slow_the_queue_no_more_than_so_many_copies_wait_in_it(
    mailboxes: MemoryMailboxes, means: FanoutContext, queue: Queue, clock: Clock, owner: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(fanout, "MAX_IN_FLIGHT", 30)
    monkeypatch.setattr(fanout, "COPIES_PER_BATCH", 10)
    crowd(owner, 100)
    row = made(owner, Kind.RULE, Rule((Criteria(functions=("FOULE",)),)))
    letter = arrives(mailboxes, row, message(address_of(owner), row.address))[0]
    for _ in range(4):  # two minutes each, and nothing is delivered
        carried(letter, means, clock, most=1)
    assert len(queue.reached) == 30
    clock.now += fanout.IN_FLIGHT_FOR
    carried(letter, means, clock, most=1)
    assert len(queue.reached) == 60  # those that nobody ever hears of hold nobody back for ever


def test_a_large_list_survives_the_kills_of_its_plan_too(
    mailboxes: MemoryMailboxes, means: FanoutContext, queue: Queue, clock: Clock, owner: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(fanout, "_COPIES_PER_TRANSACTION", 3)
    row = made(owner)
    with_people(row, owner, *outside(10))
    letter = arrives(mailboxes, row, message(address_of(owner), row.address))[0]
    create = LetterCopy.objects.bulk_create
    calls = iter(range(100))

    def dies(*given: object, **named: object) -> object:
        if next(calls) == 2:
            raise Killed
        return create(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(LetterCopy.objects, "bulk_create", dies)
    assert carried(letter, means, clock).state == "sent"
    assert sorted(queue.reached) == sorted(outside(10))


def test_an_address_is_never_anybodys_again(owner: Account) -> None:
    row = made(owner)
    services.close_list(row.pk, owner.pk, by="test", now=timezone.now())
    maker = Creator(owner.pk, owner.person_id or 0, AccountRole.ADMINISTRATOR)
    name = row.address.partition("@")[0].removeprefix("liste.")
    with pytest.raises(Refusal, match="address-taken"):
        services.create_list(
            maker, NewList("Autre", name, Kind.MANUAL), DOMAIN, by="test", now=timezone.now()
        )
    with pytest.raises(Refusal, match="address-taken"), transaction.atomic():
        take_address(None, row.address)
    assert TakenName.objects.filter(name=row.address).exists()
    assert Account.objects.get(pk=row.account_id).state == "closed"
    assert queries.list_cards(owner.pk, owner.person_id or 0, timezone.now()) == ()


def test_who_makes_lists_and_for_which_school(owner: Account, subscriber: Account) -> None:
    now = timezone.now()
    maker = Creator(subscriber.pk, subscriber.person_id or 0, AccountRole.AGENT)
    wanted = NewList("Profs", "profs", Kind.RULE, within="0800001A")
    with pytest.raises(Refusal, match="not-allowed"):
        services.create_list(maker, wanted, DOMAIN, by="test", now=now)
    subscriber.person.assignments.update(function="DIR")
    list_id = services.create_list(maker, wanted, DOMAIN, by="test", now=now)
    row = MailingList.objects.get(pk=list_id)
    assert row.address == f"liste.0800001a.profs@{DOMAIN}"
    services.change_rule(list_id, subscriber.pk, Rule((Criteria(functions=("DIR",)),)), by="test", now=now)
    row.refresh_from_db()
    assert row.rule["any"] == [{"functions": ["DIR"], "uais": ["0800001A"]}]
    with pytest.raises(Refusal, match=r"lists\.gone"):
        services.change_rule(list_id, owner.pk, HERE, by="test", now=now)


def test_a_list_has_an_owner_and_no_list_in_it(owner: Account, subscriber: Account) -> None:
    row, other = made(owner), made(owner)
    now = timezone.now()
    with pytest.raises(Refusal, match="last-owner"):
        services.remove_role(row.pk, owner.pk, owner.pk, by="test", now=now)
    services.remove_role(row.pk, owner.pk, subscriber.pk, by="test", now=now)  # who manages nothing
    assert not Entry.objects.filter(action="lists.manager-removed").exists()
    with pytest.raises(Refusal, match="last-owner"):
        services.set_role(row.pk, owner.pk, address_of(owner), Role.MODERATOR, by="test", now=now)
    with pytest.raises(Refusal, match="in-itself"):
        with_people(row, owner, other.address)
    with pytest.raises(Refusal, match="nobody-inside"):
        services.set_role(row.pk, owner.pk, f"personne@{DOMAIN}", Role.OWNER, by="test", now=now)


def test_whoever_left_the_academie_receives_nothing_more(owner: Account, subscriber: Account) -> None:
    row, rule = made(owner), made(owner, Kind.RULE, HERE)
    with_people(row, owner, address_of(subscriber))
    now = timezone.now()
    assert [one.person_id for one in queries.members_of(row, now)] == [subscriber.person_id]
    Account.objects.filter(pk=subscriber.pk).update(state="closed")
    assert queries.members_of(row, now) == ()
    assert subscriber.person_id not in {one.person_id for one in queries.members_of(rule, now)}


def test_the_list_of_a_school_is_its_heads_and_a_lost_one_the_administrators(
    owner: Account, subscriber: Account, moderator: Account
) -> None:
    subscriber.person.assignments.update(function="DIR")
    now = timezone.now()
    maker = Creator(subscriber.pk, subscriber.person_id or 0, AccountRole.AGENT)
    wanted = NewList("Profs", "profs", Kind.RULE, within="0800001A")
    list_id = services.create_list(maker, wanted, DOMAIN, by="test", now=now)
    assert queries.role_in(list_id, moderator.pk, now) is None
    moderator.person.assignments.update(function="DIR")
    assert queries.role_in(list_id, moderator.pk, now) == "owner", "whoever leads the school"
    assert moderator.pk in queries.manager_accounts(list_id, now)
    assert [one.list_id for one in queries.list_cards(moderator.pk, moderator.person_id or 0, now)] == [
        list_id
    ]
    moderator.person.assignments.update(function="ENS")
    assert queries.role_in(list_id, moderator.pk, now) is None
    assert queries.role_in(list_id, owner.pk, now) is None, "not lost yet"
    Account.objects.filter(pk=subscriber.pk).update(state="closed")
    assert queries.role_in(list_id, owner.pk, now) == "owner"

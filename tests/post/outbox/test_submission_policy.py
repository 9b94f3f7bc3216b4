"""What the submission door decides is written down first, counted once, and never lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries
from tests.access.signin.people import account
from tests.access.signin.races import at_once

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Person
from vaguemestre.post.outbox import services
from vaguemestre.post.outbox.models import KnownRecipient, Submission
from vaguemestre.post.outbox.rules.limits import Limits, Window
from vaguemestre.post.outbox.rules.replies import smtp_reply
from vaguemestre.post.outbox.values import (
    Decision,
    FieldCorrection,
    SignInTimes,
    SubmissionRequest,
    Verdict,
)

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
SMALL = Limits(by_sender=(Window(10, 5, 8),), by_network=(), strangers=100)


def submission(who: Account, number: int = 0, to: int = 1, **changed: Any) -> SubmissionRequest:
    given: dict[str, Any] = {
        "queue_id": f"4dgX2Q0mzk{number:04}",
        "mailbox": who.mailbox,
        "sender": who.mailbox,
        "recipients": tuple(f"p{number}.{n}@dehors.example" for n in range(to)),
        "network": "",
        "message_id": f"<m{number}@x>",
        "authors": (who.mailbox,),
    }
    return SubmissionRequest(**{**given, **changed})


def judge(
    who: Account, *submissions: SubmissionRequest, limits: Limits = SMALL, at: datetime = NOON
) -> list[Verdict]:
    own = {who.mailbox}
    return [
        services.judge_submission(one, own, limits, {"liste@ac-amiens.test"}, now=at) for one in submissions
    ]


def answers(verdicts: list[Verdict]) -> str:
    return "".join(verdict.decision[0] for verdict in verdicts)


def test_beyond_the_first_limit_held_beyond_the_second_refused() -> None:
    who = account(username="marie")
    verdicts = judge(who, *(submission(who, n) for n in range(10)))
    assert answers(verdicts) == "ttttthhhrr"
    assert Submission.objects.filter(hold="held").count() == 3
    assert Submission.objects.count() == 8, "what is refused counts for nothing"
    assert Entry.objects.filter(action="outbox.message-held").count() == 3
    assert (
        smtp_reply(verdicts[-1])
        == "550 5.7.28 Trop de destinataires en peu de temps : reessayez apres 12 h 10"
    )
    assert answers(judge(who, submission(who, 11), at=NOON + timedelta(minutes=11))) == "t"


def test_the_first_messages_of_an_account_at_once_are_judged_one_after_another() -> None:
    who = account(username="marie")
    verdicts = at_once(10, lambda number: judge(who, submission(who, number))[0])
    assert sorted(answers(verdicts)) == sorted("ttttthhhrr")


def test_the_same_queue_identifier_is_counted_once() -> None:
    who = account(username="marie")
    assert answers(judge(who, *(submission(who, 1) for _ in range(9)))) == "ttttttttt"
    assert Submission.objects.count() == 1


def test_lists_are_not_counted() -> None:
    who = account(username="marie")
    own = {"liste@ac-amiens.test"}
    sent = submission(who, 1, to=400, sender="liste@ac-amiens.test", authors=("liste@ac-amiens.test",))
    assert services.judge_submission(sent, own, SMALL, own, now=NOON).decision is Decision.TAKE
    assert answers(judge(who, submission(who, 2))) == "t"


def test_a_large_send_that_was_announced_passes_uncounted_and_no_more() -> None:
    who = account(username="marie")
    with transaction.atomic():
        services.announce_bulk_send(who.pk, 20, by="test", now=NOON)
    assert answers(judge(who, *(submission(who, n) for n in range(20)))) == "t" * 20
    assert answers(judge(who, submission(who, 21, to=9))) == "r"
    with pytest.raises(Refusal):
        services.announce_bulk_send(who.pk, 5001, by="test", now=NOON)


def test_whoever_wrote_to_a_class_may_still_write_to_somebody_new() -> None:
    who = account(username="marie")
    limits = Limits(strangers=3)
    with transaction.atomic():
        services.announce_bulk_send(who.pk, 5, by="test", now=NOON)
    assert answers(judge(who, *(submission(who, n) for n in range(5)), limits=limits)) == "t" * 5
    assert answers(judge(who, *(submission(who, n) for n in range(5, 9)), limits=limits)) == "ttth"
    assert KnownRecipient.objects.filter(address="p0.0@dehors.example").exists(), "no stranger any more"


def test_somebody_elses_name_is_refused_and_journaled() -> None:
    who = account(username="marie")
    (verdict,) = judge(who, submission(who, authors=("recteur@ac-amiens.test",)))
    assert (verdict.decision, verdict.code) == (Decision.REFUSE, "outbox.from-somebody-else")
    assert Entry.objects.filter(action="outbox.author-refused").count() == 1


def test_a_burst_is_held_until_the_person_says_that_it_is_theirs_then_never_that_day() -> None:
    who = account(username="marie")
    limits = Limits(strangers=3)
    assert answers(judge(who, *(submission(who, n) for n in range(5)), limits=limits)) == "ttthh"
    held = list(Submission.objects.filter(hold="held").values_list("pk", flat=True))
    ended = services.release_held(who.pk, held, by="test", now=NOON)
    assert len(ended) == 2
    assert services.release_held(who.pk, held, by="test", now=NOON) == [], "released once"
    assert services.discard_held(who.pk, held, by="test", now=NOON) == []
    assert answers(judge(who, *(submission(who, n) for n in range(5, 9)), limits=limits)) == "tttt"


class Queue:
    """That of one machine, and what it was told of the messages it holds."""

    def __init__(self, held: set[str]) -> None:
        self.held, self.told = held, list[tuple[str, bool]]()

    def __call__(self, queue_id: str, *, discard: bool) -> bool:
        if queue_id not in self.held:
            return False
        self.held.remove(queue_id)
        self.told.append((queue_id, discard))
        return True


def test_nobody_ends_the_hold_of_somebody_elses_message() -> None:
    who, other = account(username="marie"), account(username="paul")
    judge(who, *(submission(who, n) for n in range(6)))
    held = list(Submission.objects.filter(hold="held").values_list("pk", flat=True))
    assert services.release_held(other.pk, held, by="test", now=NOON) == []


def test_what_was_decided_of_a_held_message_is_what_its_queue_is_told() -> None:
    who = account(username="marie")
    judge(who, *(submission(who, n) for n in range(7)))
    first, second = Submission.objects.filter(hold="held").order_by("pk")
    queue = Queue({first.queue_id, second.queue_id})
    services.end_hold(first.pk, queue, now=NOON)
    assert queue.told == [], "nothing was decided yet"
    services.release_held(who.pk, [first.pk], by="test", now=NOON)
    services.discard_held(who.pk, [second.pk], by="test", now=NOON)
    services.end_hold(first.pk, queue, now=NOON)
    services.end_hold(second.pk, queue, now=NOON)
    assert queue.told == [(first.queue_id, False), (second.queue_id, True)]


def test_a_decision_reaches_the_machine_that_holds_the_message_whichever_ran_the_job() -> None:
    who = account(username="marie")
    judge(who, *(submission(who, n) for n in range(6)))
    held = Submission.objects.get(hold="held")
    here, elsewhere = Queue(set()), Queue({held.queue_id})
    services.end_holds(elsewhere, now=NOON)
    assert elsewhere.told == [], "nothing was decided yet"
    services.release_held(who.pk, [held.pk], by="test", now=NOON)
    services.end_hold(held.pk, here, now=NOON)
    services.end_holds(elsewhere, now=NOON)
    assert elsewhere.told == [(held.queue_id, False)]


def test_a_released_message_that_an_administrator_holds_again_stays_held() -> None:
    who = account(username="marie")
    judge(who, *(submission(who, n) for n in range(6)))
    held = Submission.objects.get(hold="held")
    queue = Queue({held.queue_id})
    services.release_held(who.pk, [held.pk], by="test", now=NOON)
    services.end_hold(held.pk, queue, now=NOON)
    queue.held.add(held.queue_id)
    services.end_holds(queue, now=NOON)
    services.end_hold(held.pk, queue, now=NOON)
    assert queue.held == {held.queue_id}


def test_a_connection_older_than_a_withdrawal_has_to_sign_in_again() -> None:
    who = account(username="marie")
    for opened, answer in ((99.0, Decision.REFUSE), (101.0, Decision.TAKE)):
        sent = submission(who, int(opened), signed_in_between=SignInTimes(opened, opened))
        verdict = services.judge_submission(sent, {who.mailbox}, SMALL, (), now=NOON, withdrawn_at=100.0)
        assert verdict.decision is answer
        assert smtp_reply(verdict)[:3] == ("421" if answer is Decision.REFUSE else "")
    assert Submission.objects.count() == 1


@pytest.mark.parametrize("changed", [{"state": "suspended"}, {"state": "closed"}, {"mailbox_state": "held"}])
def test_an_account_that_nothing_opens_sends_nothing_whatever_its_connection(changed: dict[str, str]) -> None:
    who = account(username="marie")
    Account.objects.filter(pk=who.pk).update(**changed)
    (verdict,) = judge(who, submission(who))
    assert (verdict.decision, smtp_reply(verdict)[:3]) == (Decision.REFUSE, "421")


def test_who_signs_as_the_rectorate_leaves_under_ones_own_name_for_one_more_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    who = account(username="marie", last_name="Dupont")
    signed, name = f"Rectorat <{who.mailbox}>", f"{who.person.shown_name} <{who.mailbox}>"
    judge(who, submission(who, 0))
    with CaptureQueriesContext(connection) as unnamed:
        judge(who, submission(who, 1))
    with django_assert_num_queries(len(unnamed) + 1):
        (verdict,) = judge(who, submission(who, 2, authors=(name,)))
    assert verdict == Verdict(Decision.TAKE)
    for named in ({"authors": (signed,)}, {"senders": (signed,)}, {"authors": (signed,), "by_token": True}):
        for _ in range(2):  # Postfix may ask again about the same message
            (verdict,) = judge(who, submission(who, 3, **named))
            assert verdict == Verdict(Decision.TAKE, corrections=(FieldCorrection(signed, name),))
    for number in range(4, 7):
        (verdict,) = judge(who, submission(who, number, authors=(signed,)))
    assert (verdict.decision, verdict.corrections) == (Decision.HOLD, (FieldCorrection(signed, name),))


@pytest.mark.parametrize(
    ("name", "leaves"),
    [
        ("Jean Dupont (Anne Martin, rectorat)", False),
        ("Dupont, Martin Anne", False),
        ("Jean Dupont - ANNE MARTIN", False),
        ("Jean Dupont pour Anne Martin", False),
        ("Jean Dupont (SVT, collège Anne Martin)", True),
        ("Jean Dupont, Martin", True),
        ("Jean Dupont (rectorat)", True),
    ],
)
def test_nobody_signs_with_another_agents_name_beside_ones_own(name: str, leaves: bool) -> None:
    account(username="amartin", first_name="Anne", last_name="Martin")
    Person.objects.update(sorted_as="martin anne")
    who = account(username="jdupont", first_name="Jean", last_name="Dupont")
    signed = f'"{name}" <{who.mailbox}>'
    (verdict,) = judge(who, submission(who, authors=(signed,)))
    expected = () if leaves else (FieldCorrection(signed, f"Jean Dupont <{who.mailbox}>"),)
    assert verdict.corrections == expected


def test_a_shared_mailbox_signs_with_its_title_in_programs_and_as_chosen_on_its_pages() -> None:
    who = account(username="marie")
    Account.objects.filter(pk=who.pk).update(person=None, role=Account.Role.BOX)

    def sent(number: int, name: str, title: str, **changed: Any) -> tuple[FieldCorrection, ...]:
        request = submission(who, number, authors=(f"{name} <{who.mailbox}>",), **changed)
        return services.judge_submission(
            request, {who.mailbox}, Limits(), (), now=NOON, title_of_box={who.pk: title}.__getitem__
        ).corrections

    box = "College Jules Verne"
    assert sent(1, "Rectorat", box) == (
        FieldCorrection(f"Rectorat <{who.mailbox}>", f"{box} <{who.mailbox}>"),
    )
    assert sent(2, f"{box} - vie scolaire", box) == ()
    assert sent(3, "Vie scolaire", box, by_token=True) == ()
    assert sent(4, "Une liste", "") == (), "neither a person nor a box"

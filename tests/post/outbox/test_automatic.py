"""What Sieve sends is judged: in whose name, to where, how much."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.access.signin.people import account
from tests.post.outbox.test_submission_policy import NOON, SMALL, answers, judge, submission

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.outbox import queries, services
from vaguemestre.post.outbox.models import Submission
from vaguemestre.post.outbox.rules.limits import Window
from vaguemestre.post.outbox.rules.replies import smtp_reply
from vaguemestre.post.outbox.values import Decision, Origin, SubmissionRequest, Verdict

pytestmark = pytest.mark.django_db(transaction=True)


def reply(who: Account, number: int = 0, **changed: Any) -> SubmissionRequest:
    return submission(who, number, sender="", origin=Origin.REPLIED, **changed)


def redirect(who: Account, number: int = 0, **changed: Any) -> SubmissionRequest:
    given = {"sender": "jean@dehors.example", "authors": ("jean@dehors.example",), **changed}
    return submission(who, number, origin=Origin.REDIRECTED, **given)


def automatic(
    who: Account,
    one: SubmissionRequest,
    *,
    leaves: bool = False,
    reaches_list: bool = False,
    **changed: Any,
) -> Verdict:
    limits = replace(SMALL, **changed)
    return services.judge_automatic(
        one, {who.mailbox}, limits, leaves_academy=leaves, reaches_list=reaches_list, now=NOON
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"authors": ("recteur@ac-amiens.test",)},
        {"authors": ()},
        {"authors": ("marie@ac-amiens.test", "recteur@ac-amiens.test")},
        {"authors": ("recteur@ac-amiens.test <marie@ac-amiens.test>",)},
        {"sender": "recteur@ac-amiens.test"},
    ],
)
def test_a_reply_speaks_for_the_mailbox_of_its_script_alone(changed: dict[str, Any]) -> None:
    who = account(username="marie")
    assert automatic(who, replace(reply(who), **changed)).decision is Decision.REFUSE
    assert Entry.objects.filter(action="outbox.script-refused").count() == 1
    assert not Submission.objects.exists()


def test_replies_have_a_ceiling_of_their_own() -> None:
    who = account(username="marie")
    verdicts = [automatic(who, reply(who, n), replies=(Window(10, 12, 12),)) for n in range(14)]
    assert answers(verdicts) == "t" * 12 + "rr"
    assert answers(judge(who, submission(who, 20))) == "t", "being away keeps nobody from writing"
    services_later = services.judge_automatic(
        reply(who, 30),
        {who.mailbox},
        SMALL,
        leaves_academy=False,
        reaches_list=False,
        now=NOON + timedelta(hours=1),
    )
    assert services_later.decision is Decision.TAKE


def test_redirects_have_the_limits_of_their_owner_and_are_never_held() -> None:
    who = account(username="marie")
    assert answers([automatic(who, redirect(who, n)) for n in range(9)]) == "tttttrrrr"
    assert Submission.objects.filter(hold="held").count() == 0


def test_whoever_floods_a_mailbox_that_redirects_keeps_its_owner_from_no_writing() -> None:
    who = account(username="marie")
    services.announce_bulk_send(who.pk, 8, by=f"account:{who.pk}", now=NOON)
    assert answers([automatic(who, redirect(who, n)) for n in range(9)]) == "tttttrrrr"
    sent = judge(who, *(submission(who, n) for n in range(20, 28)))
    assert answers(sent) == "tttttttt", "what was announced is for these"
    other = account(username="jean")
    assert answers(judge(other, *(submission(other, n) for n in range(40, 47)))) == "ttttthh"
    assert answers([automatic(other, redirect(other, n)) for n in range(50, 52)]) == "tt"


def test_nothing_is_sent_on_where_it_may_not_go_nor_by_whom_nothing_opens() -> None:
    who = account(username="marie")
    refused = automatic(who, redirect(who, sender=""), leaves=True)
    assert smtp_reply(refused).startswith("550"), "refused for good, the message stays in the mailbox"
    Account.objects.filter(pk=who.pk).update(state="suspended")
    assert automatic(who, redirect(who, 1)).decision is Decision.REFUSE
    assert automatic(who, reply(who, 2)).decision is Decision.TAKE, "whoever left is still answered for"


def test_the_same_message_again_is_counted_once_and_the_page_of_sent_mail_does_not_show_it() -> None:
    who = account(username="marie")
    for _ in range(3):
        assert automatic(who, redirect(who, 1)).decision is Decision.TAKE
    assert Submission.objects.get().counted == 1
    assert queries.submissions_of(who.pk, limit=10) == ()


def test_a_filter_sends_nothing_on_to_a_list_and_an_absence_answers_it() -> None:
    who = account(username="marie")
    refused = automatic(who, redirect(who), reaches_list=True)
    assert smtp_reply(refused).startswith("550"), "refused for good, the message stays in the mailbox"
    assert Entry.objects.get(action="outbox.script-refused").details["reason"] == "outbox.redirect-list"
    assert not Submission.objects.exists()
    assert automatic(who, reply(who, 1), reaches_list=True).decision is Decision.TAKE
    assert queries.submitted_recipients("<n@x>", "jean@dehors.example") == frozenset()

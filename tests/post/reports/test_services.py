"""What readers say of senders is theirs alone; a report is filed once and closed for all."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.access.signin.people import account

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.post.reports.models import Report, SenderImages, Vote
from vaguemestre.post.reports.queries import count_waiting, image_policy, reports_page
from vaguemestre.post.reports.services import (
    cast_vote,
    close_reports,
    delete_old_reports,
    file_report,
    forget_person,
    set_image_policy,
)
from vaguemestre.post.reports.values import ImagePolicy, ReportKind, VotedMessage

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


def report(who: int, message_id: str = "<m@x>", kind: ReportKind = ReportKind.PHISHING) -> None:
    file_report(
        who, kind, message_id=message_id, sender="Voleur@X.example", subject="s", header="h\x00", now=NOW
    )


def test_a_choice_is_of_one_reader_about_one_sender() -> None:
    who, other = account().pk, account("autre").pk
    set_image_policy(who, "A@b.example", ImagePolicy.NEVER)
    assert image_policy(who, "a@B.example") is ImagePolicy.NEVER
    assert image_policy(other, "a@b.example") is ImagePolicy.ASK
    set_image_policy(who, "a@b.example", ImagePolicy.ASK)
    assert image_policy(who, "a@b.example") is ImagePolicy.ASK


def test_the_same_report_is_filed_once_and_in_the_journal() -> None:
    who = account().pk
    report(who)
    report(who)
    report(account("autre").pk)
    assert count_waiting() == 2
    assert {one.count for one in reports_page()[0]} == {2}
    assert reports_page(kind="junk") == ((), 0)
    assert Entry.objects.filter(action="reports.message-reported").count() == 2


def test_closing_is_by_sender_and_in_the_journal() -> None:
    report(account().pk)
    assert close_reports("voleur@x.example", by="account:1", now=NOW) == 1
    assert close_reports("voleur@x.example", by="account:1", now=NOW) == 0
    assert reports_page() == ((), 0)
    assert Entry.objects.filter(action="reports.reports-closed").count() == 1


def owners() -> list[set[int]]:
    """Whose image policies, reports and votes there are."""
    tables = (SenderImages, Report, Vote)
    return [set(table._default_manager.values_list("account_id", flat=True)) for table in tables]


def test_a_person_who_is_forgotten_leaves_neither_choice_nor_report_nor_vote() -> None:
    who, other = account().pk, account("autre").pk
    for reader in (who, other):
        set_image_policy(reader, "a@b.example", ImagePolicy.ALWAYS)
        report(reader)
        cast_vote(reader, b"x", VotedMessage("a@x.fr", "INBOX", "<m@x>"), is_junk=True, now=NOW)
    forget_person(who)
    assert owners() == [{other}, {other}, {other}]


def test_reports_and_votes_are_kept_for_their_days_and_choices_for_good() -> None:
    who = account().pk
    set_image_policy(who, "a@b.example", ImagePolicy.ALWAYS)
    report(who)
    cast_vote(who, b"x", VotedMessage("a@x.fr", "INBOX", "<m@x>"), is_junk=True, now=NOW)
    delete_old_reports(30, now=NOW + timedelta(days=30))
    assert owners() == [{who}, {who}, {who}], "on its last day"
    delete_old_reports(30, now=NOW + timedelta(days=30, seconds=1))
    assert owners() == [{who}, set(), set()]

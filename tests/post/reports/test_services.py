"""What readers say of senders is theirs alone; a report is filed once and closed for all."""

from datetime import UTC, datetime

import pytest
from tests.access.signin.people import account

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.post.reports.queries import count_waiting, reports_page, showing_of
from vaguemestre.post.reports.services import choose_showing, close_reports, file_report
from vaguemestre.post.reports.values import Kind, Showing

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


def report(who: int, message_id: str = "<m@x>", kind: Kind = Kind.PHISHING) -> None:
    file_report(
        who, kind, message_id=message_id, sender="Voleur@X.example", subject="s", header="h\x00", now=NOW
    )


def test_a_choice_is_of_one_reader_about_one_sender() -> None:
    who, other = account().pk, account("autre").pk
    choose_showing(who, "A@b.example", Showing.NEVER)
    assert showing_of(who, "a@B.example") is Showing.NEVER
    assert showing_of(other, "a@b.example") is Showing.ASK
    choose_showing(who, "a@b.example", Showing.ASK)
    assert showing_of(who, "a@b.example") is Showing.ASK


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

"""What readers say of senders is theirs alone; a report is filed once and closed for all."""

from datetime import UTC, datetime

import pytest
from tests.access.signin.people import account

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.post.reports.queries import count_waiting, image_policy, reports_page
from vaguemestre.post.reports.services import close_reports, file_report, set_image_policy
from vaguemestre.post.reports.values import ImagePolicy, ReportKind

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

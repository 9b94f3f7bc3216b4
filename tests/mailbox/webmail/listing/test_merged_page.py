"""One list over several mailboxes, by date; one that is away hides no other."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.access.signin.people import NOON

from vaguemestre.engines.memory.mailbox import ALL, MemoryMailboxes
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.mailbox.webmail.services import message_lists
from vaguemestre.mailbox.webmail.services.merged_list import MergedPage, merged_page
from vaguemestre.mailbox.webmail.values import OpenableBox, SharedMailbox
from vaguemestre.post.mailstore.values import MailLogin, Order, Use, View

NAMES = ("moi", "secretariat", "cpe")


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    message_lists._uses.clear()


def boxes() -> list[OpenableBox]:
    return [
        OpenableBox(SharedMailbox(number, name, f"{name}@x.fr", f"/{name}/"), MailLogin(f"{name}@x.fr"))
        for number, name in enumerate(NAMES)
    ]


def put(mails: MemoryMailboxes, name: str, hour: int, folder: str = "INBOX", *flags: str) -> None:
    date = NOON + timedelta(hours=hour)
    content = (
        f"From: a@x.fr\r\nSubject: {name} {hour}\r\nDate: {date:%a, %d %b %Y %H:%M:%S +0000}\r\n\r\nx\r\n"
    )
    mails.box(f"{name}@x.fr").append(folder, content.encode(), flags, date)


def subjects(page: MergedPage) -> list[str]:
    return [one.row.summary.subject for one in page.rows]


def filled() -> MemoryMailboxes:
    mails = MemoryMailboxes()
    for hour, name in enumerate((*NAMES, *NAMES)):
        put(mails, name, hour, "INBOX", *(["\\Seen"] if hour < 2 else []))
    return mails


def test_the_latest_of_all_come_first_and_pages_follow_on(monkeypatch: pytest.MonkeyPatch) -> None:
    mails = filled()
    whole = merged_page(boxes(), mails, View(order=Order.SENDER, is_reversed=True), 0)
    assert subjects(whole) == [f"{NAMES[hour % 3]} {hour}" for hour in range(5, -1, -1)]
    assert (whole.total, whole.unread, whole.silent) == (6, 4, ())
    assert whole.uses == {number: {"INBOX": Use.INBOX} for number in range(3)}
    monkeypatch.setattr(message_lists, "PAGE_SIZE", 2)
    paged = [subjects(merged_page(boxes(), mails, View(), offset)) for offset in (0, 2, 4)]
    assert [one for page in paged for one in page] == subjects(whole)


def test_a_search_goes_through_all_mail_of_each() -> None:
    mails = filled()
    put(mails, "cpe", 9, "Archive")
    page = merged_page(boxes(), mails, View(terms=("cpe",)), 0)
    assert subjects(page) == ["cpe 9", "cpe 5", "cpe 2"]
    assert page.uses[2]["Archive"] is Use.ARCHIVE
    assert {one.row.ref.folder for one in page.rows} <= {ALL, "INBOX", "Archive"}


@pytest.mark.parametrize("error", [EngineDown("away"), EngineRefused("no"), Refusal("webmail.closed")])
def test_a_mailbox_that_does_not_answer_is_named_and_the_others_are_shown(error: Exception) -> None:
    mails = filled()

    def strike(login: MailLogin) -> None:
        if login.mailbox == "cpe@x.fr":
            raise error

    before: Callable[[MailLogin], None] = strike
    mails._before_open = before
    page = merged_page(boxes(), mails, View(), 0)
    assert page.silent == ("cpe",)
    assert subjects(page) == ["secretariat 4", "moi 3", "secretariat 1", "moi 0"]
    assert page.total == 4


def test_the_validator_changes_with_any_of_the_folders() -> None:
    mails = filled()
    before = merged_page(boxes(), mails, View(), 0).validator
    assert merged_page(boxes(), mails, View(), 0).validator == before
    put(mails, "secretariat", 10)
    assert merged_page(boxes(), mails, View(), 0).validator != before

"""A filter is tried on whole messages within a budget: whoever tries one holds a thread of the pages."""

from datetime import UTC, datetime

import pytest
from tests.processor import least_seconds

from vaguemestre.engines.imap.adapters import filter_adapter
from vaguemestre.engines.imap.adapters.filter_adapter import FilterAdapter, read_message
from vaguemestre.engines.memory.mailbox import MemoryMailboxes

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MARIE = "marie@ac-amiens.test"
SMALL, LARGE = 600_000, 2_500_000


def adapter(*sizes: int) -> FilterAdapter:
    mailboxes = MemoryMailboxes()
    for number, size in enumerate(sizes):
        header = f"From: a@b.example\r\nSubject: n{number}\r\nMessage-ID: <{number}@b>\r\n\r\n"
        content = header.encode() + b"mot " * (size // 4)
        mailboxes.box(MARIE).append("INBOX", content, (), NOON)
    return FilterAdapter(mailboxes)


@pytest.mark.heavy
def test_no_more_is_read_than_somebody_may_wait_for() -> None:
    tried = adapter(*([SMALL] * 60)).recent(MARIE, "", 200, whole=True)
    assert 0 < len(tried) <= filter_adapter._MAX_BYTES_AT_ONCE // SMALL
    assert len(adapter(*([SMALL] * 60)).recent(MARIE, "", 200)) == 60


def test_a_very_large_message_does_not_hide_those_before_it() -> None:
    tried = adapter(SMALL, LARGE, SMALL).recent(MARIE, "", 200, whole=True)
    assert {message.subject for message in tried} == {"n0", "n2"}


def test_a_text_is_looked_at_up_to_a_million_characters() -> None:
    (message,) = adapter(1_900_000).recent(MARIE, "", 200, whole=True)
    assert len(message.text) == filter_adapter._MAX_TEXT_CHARACTERS


@pytest.mark.parametrize("mark", [b"<", b"<a ", b"<!--"])
def test_a_text_of_marks_that_never_end_is_read_once(mark: bytes) -> None:
    """200 kB of « < » from a stranger held a worker of the pages for 17 s, 2 MB for half an hour."""
    raw = b"From: a@b.test\r\nContent-Type: text/html\r\n\r\n" + mark * (200_000 // len(mark))
    assert least_seconds(lambda: read_message(raw), 0.3) < 0.3


@pytest.mark.parametrize("name", ["From", "To", "Cc"])
def test_a_filter_is_tried_on_what_names_people_in_brackets_without_end(name: str) -> None:
    raw = f"{name}: {'(' * 700}{')' * 700} a@b.example\r\nSubject: crochets\r\n\r\nBonjour\r\n"
    assert read_message(raw.encode()).subject == "crochets"


def test_a_filter_is_tried_on_messages_within_one_another() -> None:
    raw = b"From: a@b.example\nSubject: dedans\n" + b"Content-Type: message/rfc822\n\n" * 3_000
    assert read_message(raw).subject == "dedans"


def test_a_folder_in_the_trash_is_called_as_people_know_it() -> None:
    mailboxes = MemoryMailboxes()
    for name in ("Trash/Parents", "Classes/6e"):
        mailboxes.box(MARIE).make_folder(name)
    labels = {choice.name: choice.label for choice in FilterAdapter(mailboxes).folders(MARIE, "")}
    assert labels["Trash/Parents"] == "Corbeille / Parents"
    assert labels["Classes/6e"] == "Classes / 6e"
    assert labels["Trash"] == "Corbeille"

"""A ticket says whose stream to open, to us only, for a while."""

from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.foundation.kernel.tickets import Ticket, issue, read

WHO = Ticket("nmarin@ac-amiens.test", "abcdef0123456789")


def test_a_fresh_ticket_is_read_back() -> None:
    assert read("key", issue("key", WHO, now=1000), now=1059, life=60) == WHO


def test_an_old_ticket_is_nothing() -> None:
    assert read("key", issue("key", WHO, now=1000), now=1062, life=60) is None


def test_a_ticket_of_another_key_is_nothing() -> None:
    assert read("other", issue("key", WHO, now=1000), now=1000, life=60) is None


def test_a_ticket_shows_neither_mailbox_nor_session() -> None:
    text = issue("key", WHO, now=1000)
    assert "nmarin" not in text
    assert WHO.session_key not in text


@given(st.text())
def test_anything_else_is_nothing(text: str) -> None:
    assert read("key", text, now=1000, life=60) is None

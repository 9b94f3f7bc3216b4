"""Two copies of a message are told to be one, whatever a program wrote around them."""

from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.mailbox.portability.rules.identity import header_of, mark_of, on_the_wire

MESSAGE = (
    b"Message-ID: <a@x.example>\r\nDate: Mon, 2 Nov 2026 08:00:00 +0100\r\nSubject: Une\r\n sortie\r\n\r\n"
    b"Oui.\r\n"
)


def mark(content: bytes) -> object:
    made = on_the_wire(content)
    return mark_of(header_of(made), len(made))


def test_line_ends_make_no_other_message() -> None:
    assert mark(MESSAGE.replace(b"\r\n", b"\n")) == mark(MESSAGE) == mark(MESSAGE.replace(b"\r\n", b"\r"))


def test_an_mbox_s_bookkeeping_makes_no_other_message() -> None:
    assert mark(b"Status: RO\nX-Keywords: a\n b\n" + MESSAGE) == mark(MESSAGE)


def test_the_naming_fields_alone_name_as_the_whole_header_does() -> None:
    naming = (
        b"SUBJECT: Une sortie\r\nmessage-id:  <a@x.example>\r\nDate: Mon, 2 Nov 2026 08:00:00 +0100\r\n\r\n"
    )
    assert mark_of(naming, 7) == mark_of(header_of(MESSAGE), 7)


def test_another_body_of_another_size_is_another_message() -> None:
    assert mark(MESSAGE + b"Non.\r\n") != mark(MESSAGE)


@given(st.binary(max_size=300))
def test_what_is_ready_for_the_wire_stays_as_it_is(content: bytes) -> None:
    made = on_the_wire(content)
    assert on_the_wire(made) == made
    assert b"\0" not in made
    assert b"\r" not in made.replace(b"\r\n", b"")
    assert b"\n" not in made.replace(b"\r\n", b"")

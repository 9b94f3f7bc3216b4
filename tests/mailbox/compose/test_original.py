"""Of an original message: what a reply quotes, what a forward attaches, and nobody hidden is told."""

import pytest

from vaguemestre.mailbox.compose.rules.original import (
    file_name,
    message_name,
    message_parts,
    strip_brackets,
    without_bcc,
)
from vaguemestre.post.mailstore.values import Part

HTML = Part("1.1", "text/html")
TEXT = Part("1.2", "text/plain")
LOGO = Part("2", "image/png", content_id="<logo@x>", name="logo.png")


def whole(*children: Part) -> Part:
    return Part("", "multipart/mixed", children=children)


def test_a_picture_of_the_text_is_no_attachment_and_a_drawing_is() -> None:
    drawing = Part("3", "image/svg+xml", content_id="<d@x>", name="plan.svg")
    parts = message_parts(whole(HTML, TEXT, LOGO, drawing))
    assert (parts.html, parts.text) == (HTML, TEXT)
    assert (parts.pictures, parts.files) == ((LOGO,), (drawing,))


def test_without_a_rich_text_pictures_are_attached() -> None:
    parts = message_parts(whole(TEXT, LOGO))
    assert (parts.html, parts.pictures, parts.files) == (None, (), (LOGO,))


def test_a_text_sent_as_a_file_is_attached_not_quoted() -> None:
    notes = Part("2", "text/plain", disposition="attachment", name="notes.txt")
    parts = message_parts(whole(notes, TEXT, Part("3", "text/plain")))
    assert (parts.text, parts.files) == (TEXT, (notes,)), "a second text without a name is nobody's file"


def test_an_enclosed_message_is_one_file_whatever_it_holds() -> None:
    enclosed = Part("2", "message/rfc822", children=(Part("2.1", "text/plain"),))
    parts = message_parts(whole(TEXT, enclosed, Part("3", "multipart/mixed")))
    assert parts.files == (enclosed,)
    assert file_name(enclosed) == "message.eml"
    assert (file_name(LOGO), file_name(Part("4", "application/pdf"))) == ("logo.png", "piece-4")


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("Conseil: 3/4 ?", "Conseil 3 4.eml"),
        ("..", "message.eml"),
        ("", "message.eml"),
        ("a" * 90, f"{'a' * 80}.eml"),
    ],
)
def test_a_message_is_saved_under_a_name_that_every_system_takes(subject: str, name: str) -> None:
    assert message_name(subject) == name


def test_a_content_id_is_compared_without_its_brackets() -> None:
    assert strip_brackets(" <logo@x> ") == "logo@x"


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_forwarded_message_tells_nobody_hidden(end: bytes) -> None:
    raw = end.join(
        (b"From: a@x", b"BCC: b@x,", b"\tc@x", b"Resent-Bcc: d@x", b"Subject: s", b"", b"Bcc: text")
    )
    assert without_bcc(raw) == b"From: a@x\r\nSubject: s\r\n\r\nBcc: text\r\n"


def test_a_message_that_is_only_a_header_stays_one() -> None:
    assert without_bcc(b"Subject: s\nBcc: b@x") == b"Subject: s\r\n"

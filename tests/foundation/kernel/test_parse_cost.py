"""A message whose parsing would take minutes is known by its lines and its parts."""

import email
import time
from email.message import EmailMessage

import pytest

from vaguemestre.foundation.kernel.text.parse_cost import is_costly


def nested(levels: int, lines: int) -> bytes:
    parts = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(levels))
    return f"From: a@b\nMIME-Version: 1.0\n{parts}Content-Type: text/plain\n\n".encode() + b"-\n" * lines


@pytest.mark.parametrize(("levels", "lines"), [(40, 1_000_000), (200, 200_000), (290, 150_000)])
def test_parts_in_parts_under_many_lines_are_costly(levels: int, lines: int) -> None:
    assert is_costly(nested(levels, lines))


@pytest.mark.heavy
def test_a_message_with_twenty_megabytes_of_files_is_not() -> None:
    message = EmailMessage()
    message.set_content("Bonjour")
    for _ in range(20):
        message.add_attachment(b"\0" * 750_000, maintype="application", subtype="pdf", filename="a.pdf")
    raw = message.as_bytes()
    assert len(raw) > 20_000_000
    assert not is_costly(raw)


@pytest.mark.heavy
def test_what_is_not_costly_is_parsed_in_a_few_seconds_of_processor() -> None:
    raw = nested(100, 250_000)
    assert not is_costly(raw)
    before = time.process_time()
    email.message_from_bytes(raw)
    assert time.process_time() - before < 15

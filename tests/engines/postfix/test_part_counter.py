"""A message that would hold the filter is known as it passes, however it hides what it is made of."""

import base64
import binascii
import quopri
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.processor import least_seconds

from vaguemestre.engines.postfix.part_counter import MAX_PARTS, PartCounter

_MANY = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * (MAX_PARTS + 1)
_PIECES = (
    b"\r\n", b"\n", b"\r", b"--b", b"--b--", b"--c", b"Content-Type: message/rfc822", b"x", b"=2D", b"LS1iCg",
    b"Content-Type: multipart/mixed;\r\n boundary=b", b"Content-Transfer-Encoding: base64", b"=",
    b"Content-Transfer-Encoding: quoted-printable",
)  # fmt: skip


def counted(kind: str, body: bytes, encoding: str = "7bit", chunk_bytes: int = 65_535) -> int:
    return counter_of(kind, body, encoding, chunk_bytes).count


def counter_of(kind: str, body: bytes, encoding: str = "7bit", chunk_bytes: int = 65_535) -> PartCounter:
    counter = PartCounter()
    counter.add_field("Content-Type", kind.encode())
    counter.add_field("Content-Transfer-Encoding", encoding.encode())
    for start in range(0, len(body), chunk_bytes):
        counter.add_body(body[start : start + chunk_bytes])
    return counter


def in_base64(octets: bytes) -> bytes:
    return base64.encodebytes(octets).replace(b"\n", b"\r\n")


def in_quoted_printable(octets: bytes) -> bytes:
    return quopri.encodestring(octets).replace(b"--b", b"=2D=2Db")


def in_uuencode(octets: bytes) -> bytes:
    return b"".join(binascii.b2a_uu(octets[start : start + 45]) for start in range(0, len(octets), 45))


def padded(octets: bytes) -> bytes:
    """The filter passes over a padding that ends nothing."""
    text = base64.b64encode(octets)
    return b"\r\n".join(text[start : start + 61] + b"=" for start in range(0, len(text), 61))


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        ("base64", in_base64),
        ("BASE64 (a comment)", in_base64),
        ("quoted-printable", in_quoted_printable),
        ("x-uuencode", in_uuencode),
        ("base64", padded),
        ("base64", lambda octets: in_base64(b"\r\n" + octets)),
    ],
)
@pytest.mark.parametrize("kind", ["message/rfc822", '"message" / rfc822', "(a) message/global"])
def test_parts_in_an_encoded_message_are_counted(
    kind: str, encoding: str, encode: Callable[[bytes], bytes]
) -> None:
    body = encode(_MANY)
    assert counted(kind, body, encoding) > MAX_PARTS
    part = f"--o\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode() + body
    assert counted("multipart/mixed; boundary=o", part, chunk_bytes=777) > MAX_PARTS
    inner = b"Content-Type: multipart/mixed; boundary=o\r\n\r\n" + part
    twice = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + in_base64(inner)
    assert counted("message/rfc822", twice) > MAX_PARTS


def test_messages_that_enclose_one_another_count_as_too_many() -> None:
    """A hundred of them before 18 MB of text took the filter five seconds, five hundred half a minute."""
    one = b"Content-Type: message/rfc822\r\n\r\n"
    assert counted("message/rfc822", one * 30 + b"x") > MAX_PARTS
    assert counted("message/rfc822", (b"\r\n" + one) * 30 + b"x") > MAX_PARTS
    assert counted("message/rfc822", (b"--z\r\n" + one) * 30 + b"x") > MAX_PARTS
    assert counted("message/rfc822", one * 5 + b"x") < 10


def test_a_hundred_messages_side_by_side_are_a_hundred_parts() -> None:
    for text in (b"bonjour\r\n", b"bonjour\r\n\r\n--un reste\r\n\r\n"):
        part = b"--o\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\n" + text
        assert counted('multipart/mixed; boundary="o"', part * 100 + b"--o--\r\n") < 300


def test_a_file_in_base64_is_not_read() -> None:
    """Lines of two dashes are nothing in an attached script."""
    part = b"--o\r\nContent-Type: text/x-sql\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    assert counted("multipart/mixed; boundary=o", part + in_base64(b"-- a comment\r\n" * 10_000)) == 1


@pytest.mark.parametrize(
    ("kind", "may_have"),
    [
        ("multipart/mixed; boundary=b", True), ("MultiPart/mixed", True), ("message/rfc822", True),
        ("text/plain", False), ("text/plain; boundary=b", False), ("application/sql", False), ("", False),
    ],
)  # fmt: skip
def test_lines_of_dashes_in_a_text_alone_are_no_parts(kind: str, *, may_have: bool) -> None:
    """Of a message with parts, the filter takes any such line for a boundary, whatever was declared."""
    counter = counter_of(kind, b"--another\r\n\r\nx\r\n" * 300)
    assert (counter.count, counter.may_have_parts) == (300, may_have)


@given(st.text("\r\n-b", max_size=60), st.lists(st.integers(0, 60), max_size=6))
def test_lines_that_may_begin_a_part_are_counted_wherever_the_body_is_cut(text: str, cuts: list[int]) -> None:
    whole, cut = PartCounter(), PartCounter()
    whole.add_body(text.encode())
    places = [0, *sorted(cuts), len(text)]
    for start, end in pairwise(places):
        cut.add_body(text[start:end].encode())
    assert cut.count == whole.count
    assert whole.count == sum(line.startswith("--") for line in text.replace("\r", "\n").split("\n"))


@given(st.lists(st.sampled_from(_PIECES), max_size=60), st.integers(1, 50))
def test_what_is_counted_does_not_depend_on_where_the_body_is_cut(pieces: list[bytes], size: int) -> None:
    body = b"".join(pieces)
    kind = "multipart/mixed; boundary=b"
    assert counted(kind, body, chunk_bytes=size) == counted(kind, body)


@pytest.mark.parametrize("line", [b"\r\n", b"--x\r\n", b"x" * 70, b"\r", b"a:b\r\n", b"Content-Type: x\r\n"])
@pytest.mark.parametrize("kind", ["multipart/mixed; boundary=x", "message/rfc822"])
def test_no_body_is_dear_to_count(kind: str, line: bytes) -> None:
    body = line * (2_000_000 // len(line))
    assert least_seconds(lambda: counted(kind, body), 0.7) < 0.7


@pytest.mark.heavy
@pytest.mark.parametrize("value", [b"8bit", b"x" * 900])
def test_encodings_said_over_and_over_cost_no_more_than_other_lines(value: bytes) -> None:
    """Each was kept beside all before it: a header of 16 MB took the gate 13 seconds."""
    line = b"Content-Transfer-Encoding: " + value + b"\r\n"
    few, many = (b"--b\r\n" + line * (size // len(line)) for size in (1_000_000, 8_000_000))
    kind = "multipart/mixed; boundary=b"
    once = least_seconds(lambda: counted(kind, few), 0.02)
    assert least_seconds(lambda: counted(kind, many), 16 * once) < 16 * once


def test_a_header_that_comes_in_small_pieces_is_looked_at_once() -> None:
    """Lines of two dashes cut an encoded message, and each piece made its header be read again."""
    lines = b"".join(b"\n--x\n" + base64.encodebytes(b"y\n" * 30) for _ in range(MAX_PARTS - 100))
    body = b"Content-Transfer-Encoding: base64\r\nContent-Type: message/rfc822\r\n\r\n" + lines
    assert least_seconds(lambda: counted("message/rfc822", body), 0.5) < 0.5

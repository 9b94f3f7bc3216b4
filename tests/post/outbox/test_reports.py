"""Delivery reports and receipts: what each says, and that nothing hurts."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.processor import least_seconds

from vaguemestre.post.outbox.rules.delivery_status import overall_state, supersedes
from vaguemestre.post.outbox.rules.reports import Report, read_report
from vaguemestre.post.outbox.values import DeliveryState, DeliveryStatus

AT = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
STATUS = b"""Reporting-MTA: dns; mx.dehors.example

Final-Recipient: rfc822; Parent@dehors.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

Final-Recipient: rfc822; other@dehors.example
Action: unheard-of
Status: 2.0.0
"""
RECEIPT = b"""Final-Recipient: rfc822; parent@dehors.example
Original-Message-ID: <m1@x>
Disposition: manual-action/MDN-sent-manually; displayed
"""


def report(
    kind: str, block: bytes, returned: str = "message/rfc822", inner: bytes = b"Message-ID: <m1@x>\n\n"
) -> bytes:
    parts = [b"Content-Type: text/plain\n\nRapport\n", f"Content-Type: {kind}\n\n".encode() + block]
    if returned:
        parts.append(f"Content-Type: {returned}\n\n".encode() + inner)
    body = b"".join(b"--b\n" + part + b"\n" for part in parts)
    return b"Content-Type: multipart/report; boundary=b\n\n" + body + b"--b--\n"


@pytest.mark.parametrize(
    ("returned", "inner"),
    [("message/rfc822", b"Message-ID: <m1@x>\n\ntexte\n"), ("text/rfc822-headers", b"Message-ID: <m1@x>\n")],
)
def test_a_refusal_names_its_recipient_and_what_the_other_server_said(returned: str, inner: bytes) -> None:
    content = report("message/delivery-status", STATUS, returned, inner)
    assert read_report(content) == (
        Report("<m1@x>", "parent@dehors.example", DeliveryState.REFUSED, "5.1.1", "550 5.1.1 no such user"),
    )


def test_a_receipt_says_that_a_message_was_read() -> None:
    content = report("message/disposition-notification", RECEIPT, returned="")
    assert read_report(content) == (Report("<m1@x>", "parent@dehors.example", DeliveryState.READ),)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Subject: x\n\nBonjour",
        b"Content-Type: multipart/report; boundary=b\n\nrien",
        report("text/plain", b"rien"),
        report("message/delivery-status", STATUS, returned=""),
        report("message/delivery-status", STATUS, "text/plain", b"rien"),
        report("message/disposition-notification", RECEIPT.replace(b"displayed", b"deleted")),
    ],
)
def test_what_is_no_report_or_does_not_say_of_what_tells_nothing(content: bytes) -> None:
    assert read_report(content) == ()


@given(
    st.binary(max_size=300), st.sampled_from(["message/delivery-status", "message/disposition-notification"])
)
def test_no_bytes_of_a_stranger_break_the_reading(block: bytes, kind: str) -> None:
    assert isinstance(read_report(report(kind, block)), tuple)


def test_a_later_bounce_replaces_a_delivery_and_a_late_delay_does_not() -> None:
    assert supersedes(DeliveryState.DELIVERED, DeliveryState.REFUSED)
    assert supersedes(DeliveryState.REFUSED, DeliveryState.READ)
    assert not supersedes(DeliveryState.DELIVERED, DeliveryState.DELAYED)


@pytest.mark.parametrize(
    ("states", "shown"),
    [
        (["read", "refused"], DeliveryState.REFUSED),
        (["delivered", "delayed"], DeliveryState.DELAYED),
        (["read", "delivered"], DeliveryState.DELIVERED),
        (["read", "read"], DeliveryState.READ),
    ],
)
def test_a_message_is_shown_by_the_worst_of_its_recipients(states: list[str], shown: DeliveryState) -> None:
    statuses = [DeliveryStatus(f"{n}@x", DeliveryState(state), AT) for n, state in enumerate(states)]
    assert overall_state(statuses) is shown


@pytest.mark.parametrize(
    "level", [b"Content-Type: message/rfc822\r\n\r\n", b"Content-Type: multipart/report\r\n\r\n"]
)
def test_a_report_of_parts_in_parts_without_end_is_none(level: bytes) -> None:
    deep = b"".join(
        b'Content-Type: multipart/report; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(1_000)
    )
    assert read_report(deep + b"x") == ()
    assert read_report(level * 3_000 + b"x") == ()


@pytest.mark.parametrize(
    "content",
    [
        report(
            "message/delivery-status",
            STATUS,
            "text/rfc822-headers",
            b"Content-Type: message/rfc822\n\n" * 2_900,
        ),
        report("message/delivery-status", b"Content-Type: message/rfc822\n\n" * 2_900),
        report("application/octet-stream", b"Content-Type: multipart/x; boundary=c\n\n--c\n" * 1_900),
    ],
)
def test_a_report_of_messages_within_one_another_says_nothing(content: bytes) -> None:
    assert read_report(content) == ()


@pytest.mark.parametrize(("levels", "line"), [(600, b"\n"), (1, b"--b\n\n"), (200, b"--\n"), (40, b"a\n")])
def test_a_report_made_to_be_read_slowly_is_not_read(levels: int, line: bytes) -> None:
    parts = b"".join(b"Content-Type: multipart/x; boundary=%d\n\n--%d\n" % (n, n) for n in range(levels))
    slow = b"Content-Type: multipart/report; boundary=b\n\n--b\n" + parts
    slow += line * ((98_000 - len(slow)) // len(line))
    assert least_seconds(lambda: read_report(slow), 0.05) < 0.05

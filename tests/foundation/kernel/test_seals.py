"""The submission seal: what breaks it, and what relays may do without breaking it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.foundation.kernel.seals import (
    SEALED_FIELDS,
    SealBuilder,
    is_seal_valid,
    seal_of,
    vouched_author,
    voucher_value,
    with_voucher,
)
from vaguemestre.post.mailstore.values import FIELDS

KEY = b"k" * 32
AUTHOR = "marie.dupont@ac-amiens.test"
LETTER = (
    b"Received: from a\r\n by b\r\nFrom: Marie Dupont <marie.dupont@ac-amiens.test>\r\n"
    b"To: paul@ac-amiens.test\r\nSubject: Conseil de classe\r\n du 4e B\r\n"
    b"Message-ID: <1@x>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    b"Bonjour,\r\n\r\n  \xc3\xa0 jeudi.\r\n"
)
SEAL = seal_of(LETTER, KEY, AUTHOR)


@pytest.mark.parametrize(
    "carried",
    [
        LETTER,
        b"Return-Path: <x@y>\r\nDelivered-To: z\r\n" + LETTER,
        LETTER.replace(b"\r\n", b"\n"),
        LETTER.replace(b"classe\r\n du", b"classe du"),
        LETTER.replace(b"Subject:", b"SUBJECT:  "),
        LETTER + b"\r\n\r\n",
        LETTER.replace(b"a\r\n by b", b"elsewhere"),
        LETTER.replace(b"Conseil de", b"Conseil  de"),
        LETTER.replace(b"Bonjour,", b"Bonjour, \t"),
        LETTER.replace(b"  \xc3\xa0", b"\t\xc3\xa0"),
    ],
)
def test_a_seal_holds_whatever_relays_do(carried: bytes) -> None:
    assert is_seal_valid(SEAL, carried, KEY, AUTHOR)
    assert is_seal_valid(SEAL.upper(), carried, KEY, AUTHOR)


@pytest.mark.parametrize(
    "changed",
    [
        LETTER.replace(b"jeudi", b"mardi"),
        LETTER.replace(b"jeudi", b"je udi"),
        LETTER.replace(b"jeudi", b"je\rudi"),
        LETTER.replace(b"jeudi", b"je\r\nudi"),
        LETTER.replace(b"\r\n\r\n  \xc3", b"\r\n  \xc3"),
        LETTER.replace(b"  \xc3\xa0", b"\xc3\xa0"),
        LETTER.replace(b"4e B", b"4eB"),
        LETTER.replace(b"de classe", b"declasse"),
        LETTER.replace(b"Marie Dupont", b"Philippe Vasseur"),
        LETTER.replace(b"marie.dupont@", b"philippe.vasseur@"),
        LETTER.replace(b"4e B", b"4e A"),
        LETTER.replace(b"<1@x>", b"<2@x>"),
        LETTER.replace(b"text/plain", b"text/html"),
        b"From: Philippe Vasseur <philippe.vasseur@ac-amiens.test>\r\n" + LETTER,
        b"Reply-To: evil@dehors.example\r\n" + LETTER,
        LETTER.replace(b"\r\n\r\nBonjour", b"\r\n\r\nBonjour\r\n\r\nBonjour"),
        LETTER.partition(b"\r\n\r\n")[0],
        b"",
    ],
)
def test_a_changed_message_breaks_the_seal(changed: bytes) -> None:
    assert not is_seal_valid(SEAL, changed, KEY, AUTHOR)


@pytest.mark.parametrize(
    "field",
    [
        "Disposition-Notification-To",
        "Disposition-Notification-Options",
        "Return-Receipt-To",
        "X-Confirm-Reading-To",
        "List-Unsubscribe",
        "In-Reply-To",
    ],
)
def test_a_field_that_a_reader_acts_upon_cannot_be_added(field: str) -> None:
    assert not is_seal_valid(SEAL, f"{field}: <evil@dehors.example>\r\n".encode() + LETTER, KEY, AUTHOR)


def test_every_field_the_webmail_reads_is_sealed_but_what_servers_write() -> None:
    servers = {"authentication-results", "vaguemestre-arrival", "vaguemestre-unexamined"}
    assert {*FIELDS} - SEALED_FIELDS == servers


def test_a_body_of_blanks_and_empty_lines_is_an_empty_body() -> None:
    sealing = SealBuilder()
    for piece in (b"\r\n", b" \t", b"\r", b"\n \n", b"\n"):
        sealing.add_body(piece)
    assert sealing.seal(KEY, AUTHOR) == SealBuilder().seal(KEY, AUTHOR)


def test_a_seal_is_for_one_author_under_one_key() -> None:
    assert not is_seal_valid(SEAL, LETTER, b"x" * 32, AUTHOR)
    assert not is_seal_valid(SEAL, LETTER, KEY, "philippe.vasseur@ac-amiens.test")
    assert not is_seal_valid("é", LETTER, KEY, AUTHOR)
    assert not is_seal_valid("", LETTER, KEY, AUTHOR)


@given(st.lists(st.binary(max_size=40) | st.text(" \r\n\ta", max_size=9).map(str.encode), max_size=8))
def test_a_body_heard_in_pieces_is_the_body(pieces: list[bytes]) -> None:
    sealing = SealBuilder()
    sealing.add_field("from", b" Marie Dupont <marie.dupont@ac-amiens.test>")
    for piece in pieces:
        sealing.add_body(piece)
    whole = b"From: Marie Dupont\n\t<marie.dupont@ac-amiens.test>\r\n\r\n" + b"".join(pieces)
    assert is_seal_valid(sealing.seal(KEY, AUTHOR), whole, KEY, AUTHOR)


def test_a_field_that_is_replaced_is_sealed_as_it_leaves() -> None:
    sealing = SealBuilder()
    for name, value in (
        ("From", b"Rectorat <a@x>"),
        ("Sender", b"b@x"),
        ("X-Other", b"c"),
        ("SENDER", b"d@x"),
    ):
        sealing.add_field(name, value)
    sealing.replace_field("from", 1, b"Marie\n <a@x>")
    sealing.replace_field("Sender", 2, b"e@x")
    sealing.replace_field("X-Other", 1, b"f")
    sent = b"From: Marie <a@x>\r\nSender: b@x\r\nX-Other: f\r\nSender: e@x\r\n\r\n"
    assert is_seal_valid(sealing.seal(KEY, AUTHOR), sent, KEY, AUTHOR)


def test_what_this_installation_adds_itself_is_vouched_for() -> None:
    content = with_voucher(LETTER, KEY, "mail.ac-amiens.test", AUTHOR)
    assert content.startswith(
        b"Authentication-Results: mail.ac-amiens.test; auth=pass smtp.mailfrom=marie.dupont@"
    )
    assert f"header.from={AUTHOR} policy.seal={SEAL}\r\n".encode() in content
    assert is_seal_valid(SEAL, content, KEY, AUTHOR)


@pytest.mark.parametrize(
    "envelope", ["", AUTHOR, "carole+header.from=paul@x.fr", "carole+policy.seal=0/auth=pass@x.fr"]
)
def test_a_voucher_names_its_author_whatever_the_envelope_says(envelope: str) -> None:
    value = voucher_value("mail.ac-amiens.test", AUTHOR.title(), SEAL, envelope)
    assert vouched_author(value) == vouched_author(value.replace(" ", "\r\n\t")) == AUTHOR


@pytest.mark.parametrize(
    "value",
    [
        "",
        f"mail.ac-amiens.test; auth=pass header.from={AUTHOR}",
        f"mail.ac-amiens.test; auth=none header.from={AUTHOR} policy.seal=00",
        f"mail.ac-amiens.test; dkim=pass; auth=pass header.from={AUTHOR} policy.seal=00",
        f"mail.ac-amiens.test; auth=pass x.y=z header.from={AUTHOR} policy.seal=00",
        f"mail.ac-amiens.test; auth=pass header.from={AUTHOR} policy.seal=00; auth=pass",
    ],
)
def test_what_our_submission_service_does_not_write_is_no_voucher(value: str) -> None:
    assert vouched_author(value) == ""

"""The message on the wire: the expected fields and no other, parts any strict reader takes."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.post.outbox.letters import BOUNDARY, letter

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.post.outbox.rules.message import (
    build_message,
    check_size,
    check_whole,
    encoded_size,
    safe_kind,
    safe_name,
    with_bcc,
)
from vaguemestre.post.outbox.values import Attachment, Recipient

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=2000)
fields = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=120)


def read(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=policy.default)


def check_strictly(content: bytes) -> EmailMessage:
    """RFC 5322 §2.1, RFC 2045 §2.7: 7 bit, CRLF only, no line over 998; a strict parser finds no defect."""
    assert content.isascii()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\x00", content)
    assert max(map(len, content.split(b"\r\n"))) <= 998
    message = message_from_bytes(content, policy=policy.strict.clone(raise_on_defect=True))
    for part in message.walk():
        assert not part.defects
        part.get_payload(decode=True)
    return message


def test_a_plain_message_has_exactly_the_expected_fields() -> None:
    message = check_strictly(build_message(letter(), boundary=BOUNDARY))
    assert message.keys() == [
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    ]


def test_an_answer_with_everything_has_exactly_the_expected_fields() -> None:
    full = letter(
        cc=(Recipient("Éric", "e@x.fr"),),
        bcc=(Recipient("", "secret@x.fr"),),
        html="<p>Bonjour</p>",
        text="",
        in_reply_to="<q@x>",
        references=("<a@x>", "<q@x>"),
        attachments=(Attachment("a.pdf", "application/pdf", b"1"),),
    )
    content = build_message(full, boundary=BOUNDARY)
    message = check_strictly(content)
    assert message.keys() == [
        "From",
        "To",
        "Cc",
        "Subject",
        "Date",
        "Message-ID",
        "In-Reply-To",
        "References",
        "MIME-Version",
        "Content-Type",
    ]
    assert b"secret@x.fr" not in content
    assert full.recipients == ("parent@dehors.example", "e@x.fr", "secret@x.fr")


def test_what_the_writer_asks_of_the_reader_has_its_field() -> None:
    asked = letter(reply_to=(Recipient("Vie scolaire", "vs@x.fr"),), importance="high", wants_receipt=True)
    message = check_strictly(build_message(asked, boundary=BOUNDARY))
    assert message["Reply-To"].addresses[0].addr_spec == "vs@x.fr"
    assert message["Importance"] == "high"
    assert message["Disposition-Notification-To"] == f"<{asked.sender.address}>"
    assert "Importance" not in read(build_message(letter(importance="high\r\nX: y"), boundary=BOUNDARY))


def test_hidden_recipients_alone_stand_as_nobody_in_to() -> None:
    hidden = letter(to=(), bcc=(Recipient("", "secret@x.fr"),))
    message = check_strictly(build_message(hidden, boundary=BOUNDARY))
    assert message["To"].groups[0].display_name == "undisclosed-recipients"
    assert message["To"].addresses == ()
    assert "To" not in check_strictly(build_message(letter(to=()), boundary=BOUNDARY))


def test_the_senders_copy_says_who_was_hidden() -> None:
    content = with_bcc(build_message(letter(), boundary=BOUNDARY), [Recipient("Œil", "secret@x.fr")])
    assert read(content)["Bcc"].addresses[0].addr_spec == "secret@x.fr"
    assert with_bcc(b"x", []) == b"x"


@settings(max_examples=60, deadline=None)
@given(texts, fields, fields)
def test_any_text_any_subject_any_name_make_a_strict_message(text: str, subject: str, name: str) -> None:
    made = letter(text=text, subject=subject, to=(Recipient(name, "a@b.fr"),), html="")
    message = check_strictly(build_message(made, boundary=BOUNDARY))
    body = cast("bytes", message.get_payload(decode=True)).decode()
    kept = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    assert body.replace("\r\n", "\n").rstrip("\n") == kept.rstrip("\n")


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80), st.text(max_size=40), st.binary(max_size=300))
def test_any_file_name_makes_one_attachment(name: str, kind: str, content: bytes) -> None:
    made = letter(html="<p>x</p>", text="", attachments=(Attachment(name, kind, content),))
    message = check_strictly(build_message(made, boundary=BOUNDARY))
    (file,) = message.iter_attachments()
    assert file.get_filename() == safe_name(name)
    assert file.get_content_type() == safe_kind(kind)
    assert file.get_payload(decode=True) == content


def test_a_long_accented_name_travels_in_pieces_and_arrives_whole() -> None:
    name = "Compte rendu très détaillé du conseil d’administration — année scolaire 2026-2027 (été).pdf"
    content = build_message(
        letter(attachments=(Attachment(name, "application/pdf", b"x"),)), boundary=BOUNDARY
    )
    assert b"filename*1*=" in content
    (file,) = check_strictly(content).iter_attachments()
    assert file.get_filename() == name


def test_pictures_of_the_text_travel_beside_it() -> None:
    made = letter(
        html='<p><img src="cid:p1@x"></p>',
        text="",
        attachments=(
            Attachment("p.png", "image/png", b"png", "p1@x"),
            Attachment("a.txt", "text/plain", b"a"),
        ),
    )
    message = check_strictly(build_message(made, boundary=BOUNDARY))
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == [
        "multipart/mixed",
        "multipart/related",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "image/png",
        "text/plain",
    ]
    assert [part["Content-ID"] for part in message.walk() if part["Content-ID"]] == ["<p1@x>"]


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\a.doc", "a.doc"),
        ("a\r\nX: y.pdf", "aX: y.pdf"),
        ("facture\u202efdp.exe", "facturefdp.exe"),
        ("", "sans-nom"),
        ("...", "sans-nom"),
        ("é" * 300 + ".pdf", "é" * 196 + ".pdf"),
    ],
)
def test_file_names_lose_paths_controls_and_reversals(given_name: str, kept: str) -> None:
    assert safe_name(given_name) == kept


@pytest.mark.parametrize("kind", ["message/partial", "multipart/mixed", "text/html\r\nX: y", "", "text/"])
def test_kinds_that_would_be_read_as_structure_become_octets(kind: str) -> None:
    assert safe_kind(kind) == "application/octet-stream"


def test_a_whole_message_travels_as_one_where_its_lines_allow() -> None:
    enclosed = b"Subject: x\r\nFrom: a@b.fr\r\n\r\nBonjour\r\n"
    for content, kind in (
        (enclosed, "message/rfc822"),
        (enclosed.replace(b"Bonjour", "à demain".encode()), "application/octet-stream"),
        (enclosed.replace(b"Bonjour", b"x" * 999), "application/octet-stream"),
        (enclosed.replace(b"\r\n", b"\n"), "application/octet-stream"),
    ):
        made = build_message(
            letter(attachments=(Attachment("m.eml", "message/rfc822", content),)), boundary="0" * 32
        )
        (part,) = read(made).iter_attachments()
        assert part.get_content_type() == kind
        assert part.get_filename() == "m.eml"
        if kind == "message/rfc822":
            assert part["Content-Transfer-Encoding"] == "7bit"
            assert made.count(enclosed) == 1
        else:
            assert part.get_payload(decode=True) == content


def test_the_limit_counts_what_encoding_adds() -> None:
    limit = 20_971_520
    check_size([15_000_000], limit)
    with pytest.raises(Refusal, match="too-large") as refused:
        check_size([16_000_000], limit)
    assert refused.value.facts["limit"] == "20,0"
    content = build_message(letter(attachments=(Attachment("a", "", b"x" * 1_000_000),)), boundary=BOUNDARY)
    assert len(content) <= encoded_size([1_000_000, 20])
    with pytest.raises(Refusal, match="too-large"):
        check_whole(content, len(content))


def test_a_message_id_of_another_shape_never_leaves() -> None:
    with pytest.raises(Refusal, match="message-id-malformed"):
        build_message(letter(message_id="<a@b>\r\nX: y"), boundary=BOUNDARY)

"""Header fields say what was typed, and nothing typed can add one."""

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.post.outbox.letters import NOON

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.post.outbox.rules import headers
from vaguemestre.post.outbox.values import Recipient

CONTROLS = ["\r", "\n", "\r\n", "\x00", "\u2028", "\u2029", "\x85", "\x0b", "\x1b", "\x7f", "\ud800"]
written = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=300)


@pytest.mark.parametrize("control", CONTROLS)
@pytest.mark.parametrize("place", ["{}x", "x{}y", "x{}", "x{}Bcc: pirate@dehors.example"])
def test_what_could_end_a_line_is_refused_in_every_field(control: str, place: str) -> None:
    with pytest.raises(Refusal, match="control-character"):
        headers.check_field("subject", place.format(control))
    with pytest.raises(Refusal, match="control-character"):
        headers.unstructured("Subject", place.format(control))
    with pytest.raises(Refusal, match="control-character"):
        headers.mailbox_list("To", [Recipient(place.format(control), "a@b.fr")])


@given(written)
def test_a_subject_reads_back_as_it_was_typed(text: str) -> None:
    block = headers.header_block([("Subject", headers.unstructured("Subject", text))])
    assert block.isascii()
    assert all(len(line) <= 78 for line in block.split(b"\r\n"))
    value = block.decode().partition(": ")[2].removesuffix("\r\n").replace("\r\n ", " ")
    assert str(make_header(decode_header(value))) == text.strip()


@given(st.lists(st.builds(Recipient, written, st.just("a.b@dehors.example")), min_size=1, max_size=5))
def test_names_read_back_as_they_were_typed(people: list[Recipient]) -> None:
    value = headers.mailbox_list("To", people)
    block = headers.header_block([("To", value)]) + b"\r\n"
    assert all(len(line) <= 998 for line in block.split(b"\r\n"))
    read = getaddresses([message_from_bytes(block, policy=policy.compat32)["To"].replace("\r\n", "")])
    assert [address for _, address in read] == [person.address for person in people]
    assert [str(make_header(decode_header(name))) for name, _ in read] == [p.name.strip() for p in people]


def test_a_block_with_a_line_of_its_own_inside_is_never_written() -> None:
    for value in ("a\r\nBcc: x@y.fr", "a\nb", "a\rb", "a\r\n\r\nbody", "a\r\n"):
        with pytest.raises(Refusal):
            headers.header_block([("Subject", value)])


def test_references_of_an_answer_end_with_the_message_answered() -> None:
    assert headers.trimmed_references(["<a@x>", "<b@x>"], "<c@x>") == ("<a@x>", "<b@x>", "<c@x>")
    assert headers.trimmed_references(["<a@x>", "<c@x>"], "<c@x>") == ("<a@x>", "<c@x>")


def test_malformed_references_are_dropped_and_long_ones_never_cut() -> None:
    assert headers.trimmed_references(["nonsense", "<a b@x>", "<a@x>\r\nX: y"], "<ok@x>") == ("<ok@x>",)
    long_id = f"<{'a' * 200}@{'b' * 200}>"
    block = headers.header_block([("References", headers.message_id_list(["<a@x>", long_id]))])
    assert long_id.encode() in block


def test_of_very_many_references_the_first_and_the_last_stay() -> None:
    many = [f"<{n}@x>" for n in range(20_000)]
    kept = headers.trimmed_references(many, "<last@x>")
    assert len(kept) == 30
    assert kept[0] == "<0@x>"
    assert kept[-1] == "<last@x>"


def test_dates_carry_the_offset_of_paris_summer_and_winter() -> None:
    assert headers.date_field(NOON) == "Wed, 25 Nov 2026 13:00:00 +0100"
    assert headers.date_field(NOON.replace(month=7)).endswith("+0200")


def test_only_well_formed_message_ids_are_written() -> None:
    assert headers.usable_message_id("<a@b>") == "<a@b>"
    for wrong in ("", "a@b", "<a@b", "<a>", "<é@b>", "<a@b>\r\n", "<a@b> <c@d>"):
        assert headers.usable_message_id(wrong) == ""
    assert re.fullmatch(r"<\S+>", headers.usable_message_id("<x.1@ac-amiens.test>"))

"""A file of contacts: what can be read is, and each card that cannot is told by its number."""

from contextlib import suppress

import pytest
from tests.processor import least_seconds

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.rules import files
from vaguemestre.mailbox.contacts.rules.cards import checked_card, normalize_addresses, normalize_card
from vaguemestre.mailbox.contacts.values import ContactCard


def vcard(*lines: str) -> str:
    return "\r\n".join(("BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD", ""))


LEA = vcard("UID:urn:uuid:1", "FN:Léa Martin", "EMAIL:lea@dehors.example")
GROUP = vcard("FN:Conseil", "X-ADDRESSBOOKSERVER-KIND:group", "X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:1")


def test_a_group_is_no_contact_and_names_its_members() -> None:
    read = files.read_file((LEA + GROUP).encode())
    assert [(uid, card.name) for uid, card in read.cards] == [("1", "Léa Martin")]
    assert read.groups == (("Conseil", ("1",)),)


def test_a_card_that_cannot_be_read_is_told_and_the_others_are_kept() -> None:
    read = files.read_file((LEA + vcard("FN:Zoé\x07") + LEA).encode())
    assert len(read.cards) == 2
    assert [line.number for line in read.invalid_lines] == [2]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b" \r\n ", "contacts.file-empty"),
        (b"x" * (files.MAX_FILE_BYTES + 1), "contacts.file-too-big"),
        (vcard("FN:A").encode() * (files.MAX_CARDS + 1), "contacts.too-many-lines"),
        (b"Name" + b",E-mail 1 - Value" * 600, "contacts.too-many-columns"),
    ],
    ids=["empty", "too big", "too many", "too wide"],
)
def test_a_file_beyond_what_is_read_is_refused_whole(content: bytes, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        files.read_file(content)


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (("N:Martin;Léa;;;", "FN:"), "Léa Martin"),
        (("FN:", "N:;;;;", "NICKNAME:Lélé", "ORG:Rectorat;DSI"), "Lélé"),
        (("FN:", "N:;;;;", "ORG:Rectorat;DSI"), "Rectorat"),
        (("FN:", "N:;;;;", "EMAIL:lea@dehors.example"), "lea@dehors.example"),
    ],
)
def test_a_card_without_a_written_name_is_called_by_what_it_has(lines: tuple[str, ...], name: str) -> None:
    (_, card), *_ = files.read_file(vcard(*lines).encode()).cards
    assert card.name.startswith(name)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "contacts.empty-card"),
        ({"name": "A\x07"}, "contacts.control-character"),
        ({"name": "A" * 201}, "contacts.too-long"),
        ({"name": "A", "phone": "0" * 41}, "contacts.too-long"),
        ({"name": "A", "website": "javascript:alert(1)"}, "contacts.website-malformed"),
        ({"name": "A", "birthday": "hier"}, "contacts.birthday-malformed"),
    ],
)
def test_a_card_says_what_is_wrong_with_it(fields: dict[str, str], code: str) -> None:
    given = {"name": "", "address": "", "phone": "", "note": "", **fields}
    with pytest.raises(Refusal, match=code):
        normalize_card(ContactCard(**given))  # type: ignore[arg-type]


def test_a_note_keeps_its_lines_and_a_name_has_none() -> None:
    card = checked_card("  Léa   Martin ", "LEA@dehors.example", "", "un\r\ndeux\n")
    assert (card.name, card.note) == ("Léa Martin", "un\ndeux")


def test_an_address_counts_once_and_there_are_twenty_at_most() -> None:
    assert normalize_addresses(("LEA@dehors.example", " ", "lea@dehors.example")) == ("lea@dehors.example",)
    with pytest.raises(Refusal, match="too-long"):
        normalize_addresses(f"a{number}@dehors.example" for number in range(21))


@pytest.mark.parametrize(
    "content",
    [
        vcard("FN:Léa", "TEL;a=b" + ",b" * 60 + '"').encode(),
        vcard("FN:Léa", "TEL;a" + "=" * 60 + '"').encode(),
        vcard("FN:Léa", "TEL" + ";a" * 60 + '"').encode(),
        b"Name,E-mail Address\nLea,a" + b" " * 100_000 + b"a\n",
        b"Name,E-mail 1 - Value\nLea,a" + b" " * 100_000 + b"a\n",
        b"dn: x\ncn: a\n" + b" a\n" * 300_000,
        b"dn: x\n" + b"objectclass: a\n" * 200_000,
    ],
    ids=["values", "equals", "parameters", "cell", "labelled", "folded", "classes"],
)
def test_a_file_made_to_last_is_read_in_a_moment(content: bytes) -> None:
    """Forty octets of the first held the interpreter for years, 60 kB of the fourth for seven seconds."""

    def read() -> None:
        with suppress(Refusal):
            files.read_file(content)

    assert least_seconds(read, 1.5) < 1.5


def test_parameters_of_a_card_are_read_as_before() -> None:
    lines = ('item1.EMAIL;TYPE="work,home",pref;X-A=b=c:lea@dehors.example', "TEL;;TYPE=cell:06 12 34 56 78")
    ((_, card),) = files.read_file(vcard("FN:Léa", *lines).encode()).cards
    assert (card.addresses, card.mobile) == (("lea@dehors.example",), "06 12 34 56 78")


def test_components_without_end_inside_a_card_are_one_unreadable_card() -> None:
    read = files.read_file((LEA + vcard("FN:Zoé", *["BEGIN:A"] * 2400, *["END:A"] * 2400)).encode())
    assert [(line.number, line.code) for line in read.invalid_lines] == [(2, "contacts.vcard-unreadable")]

"""What crosses the sandbox's wall comes back as it was: files read, cards completed, files written."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.rules import file_task, vcards
from vaguemestre.mailbox.contacts.rules.tables import read_table
from vaguemestre.mailbox.contacts.rules.vcard_writer import write_vcard
from vaguemestre.mailbox.contacts.values import CardCompletion, CardToExport, ContactCard

MAYOR = ContactCard(
    "Mairie d’Abbeville", "mairie@x.example", phone="03 22 00 00 00", photo=b"\xff\xd8\xff\xe0"
)
CSV = "Nom;Courriel\nMairie;mairie@x.example\n;x@\n"
BEYOND = "BEGIN:VCARD\r\nbizarre\r\n"  # as a phone may have written it


def answered(act: str, content: bytes) -> Any:
    """The answer, through the JSON that it crosses the wall as."""
    return json.loads(json.dumps(file_task.perform({"act": act}, [content], lambda _kind, _name: None)))


def completed(*completions: CardCompletion) -> list[Any]:
    return file_task.completed_cards(answered(file_task.COMPLETE, file_task.file_of_cards(completions)))


def test_a_file_is_read_with_a_card_for_each_line_and_what_is_wrong_is_named() -> None:
    file = file_task.file_in(answered(file_task.READ, CSV.encode()))
    ((uid, card),) = file.cards
    assert uid
    assert (card.name, card.address) == ("Mairie", "mairie@x.example")
    assert vcards.card_of(vcards.parse_vcard(file.texts[0])) == card
    assert [line.number for line in file.invalid_lines] == [3]


def test_the_cards_of_a_file_of_vcards_keep_their_uid_and_their_text() -> None:
    text = write_vcard(MAYOR, "uid-1")
    file = file_task.file_in(answered(file_task.READ, text.encode()))
    assert [uid for uid, _ in file.cards] == ["uid-1"]
    assert vcards.card_of(vcards.parse_vcard(file.texts[0])).address == MAYOR.address


def test_a_refusal_of_a_file_is_the_same_on_this_side() -> None:
    with pytest.raises(Refusal) as refused:
        file_task.file_in(answered(file_task.READ, b""))
    assert refused.value.code.startswith("contacts.")


names = st.text(st.characters(categories=["L"]), min_size=1, max_size=10)


@given(names, names)
def test_a_card_is_completed_and_loses_nothing(name: str, note: str) -> None:
    card = ContactCard(name, "a@x.example")
    other = ContactCard("Autre", "a@x.example", phone="03 22 00 00 00", note=note)
    (made,) = completed(CardCompletion("uid-1", write_vcard(card, "uid-1"), card, False, (other,)))
    assert (made.card.name, made.card.phone) == (name, "03 22 00 00 00")
    assert vcards.card_of(vcards.parse_vcard(made.text)) == made.card


def test_a_card_that_was_only_collected_gives_its_place_and_the_same_again_changes_nothing() -> None:
    collected = ContactCard("", MAYOR.address)
    first, second = completed(
        CardCompletion("uid-1", "", collected, True, (MAYOR,)),
        CardCompletion("uid-2", write_vcard(MAYOR, "uid-2"), MAYOR, False, (MAYOR,)),
    )
    assert (first.card, first.changes) == (MAYOR, (True,))
    assert second.changes == (False,)


def test_a_card_beyond_our_rules_stays_as_it_is() -> None:
    unreadable = CardCompletion("uid-1", BEYOND, MAYOR, False, (MAYOR,))
    assert completed(unreadable) == [None]
    assert file_task.complete(unreadable) is None


@pytest.mark.parametrize("text", ["", BEYOND])
def test_a_card_whose_text_is_not_ours_is_exported_from_what_is_known(text: str) -> None:
    card = CardToExport("uid-1", text, MAYOR, None)
    table = answered(file_task.WRITE, file_task.asked_text([card], file_task.CSV, is_first=True))
    assert MAYOR.address in table
    for version in ("3.0", "4.0"):
        written = answered(file_task.WRITE, file_task.asked_text([card], version, is_first=True))
        assert vcards.card_of(vcards.parse_vcard(written)).address == MAYOR.address


def test_a_group_is_exported_with_its_members_and_a_table_has_one_heading() -> None:
    group = CardToExport("uid-g", "", ContactCard("Conseil", ""), ("uid-1", "uid-2"))
    written = answered(file_task.WRITE, file_task.asked_text([group], "4.0", is_first=True))
    assert "uid-1" in written
    assert "uid-2" in written
    card = CardToExport("uid-1", write_vcard(MAYOR, "uid-1"), MAYOR, None)
    first, rest = (
        answered(file_task.WRITE, file_task.asked_text([card], file_task.CSV, is_first=is_first))
        for is_first in (True, False)
    )
    assert first.endswith(rest)
    assert len(first) > len(rest)


def test_a_table_says_the_groups_of_each_contact_and_is_read_again_with_them() -> None:
    card = CardToExport(
        "uid-1", write_vcard(MAYOR, "uid-1"), MAYOR, None, groups=("Conseil", "Parents ; 4e B")
    )
    table = answered(file_task.WRITE, file_task.asked_text([card], file_task.CSV, is_first=True))
    assert "Conseil ::: Parents , 4e B" in table
    assert read_table(table).labels == (("Conseil", "Parents , 4e B"),)

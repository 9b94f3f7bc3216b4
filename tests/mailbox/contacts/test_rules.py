"""What may stand on a card."""

import pytest

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.rules.cards import checked_card


def test_a_card_is_tidied_and_its_address_checked() -> None:
    card = checked_card("  Éric   Dupont ", "E@X.FR", " 03 22 ", "note\nlongue ")
    assert (card.name, card.address, card.phone, card.note) == (
        "Éric Dupont",
        "e@x.fr",
        "03 22",
        "note\nlongue",
    )
    assert checked_card("", "e@x.fr", "", "").name == "e@x.fr"


@pytest.mark.parametrize("wrong", ["", "e", "e@x", "a b@c.fr", "e@x.fr\r\nBcc: y@z.fr"])
def test_what_is_no_address_is_refused(wrong: str) -> None:
    with pytest.raises(Refusal, match="address-malformed"):
        checked_card("E", wrong, "", "")


@pytest.mark.parametrize("control", ["\r\n", "\x00", "\u2028", "\x1b"])
def test_controls_are_refused(control: str) -> None:
    for name, phone in ((f"a{control}b", ""), ("a", f"1{control}2")):
        with pytest.raises(Refusal, match="control-character"):
            checked_card(name, "e@x.fr", phone, "")

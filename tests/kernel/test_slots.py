"""A slot gives what was plugged, or says which one is empty."""

import pytest

from vaguemestre.kernel.slots import Slot


def test_a_plugged_slot_gives_what_it_holds() -> None:
    slot: Slot[int] = Slot("tests.number")
    slot.plug(3)
    assert slot.get() == 3


def test_an_empty_slot_says_its_name() -> None:
    with pytest.raises(LookupError, match="tests.number"):
        Slot[int]("tests.number").get()

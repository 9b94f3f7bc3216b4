"""A slot gives what was plugged, or says which one is empty."""

import pytest

from vaguemestre.foundation.kernel.slots import Slot


def test_a_plugged_slot_gives_what_it_holds() -> None:
    slot: Slot[int] = Slot("tests.number")
    slot.plug(3)
    assert slot.get() == 3


def test_an_empty_slot_says_its_name() -> None:
    with pytest.raises(LookupError, match="tests.number"):
        Slot[int]("tests.number").get()


def test_a_slot_refuses_a_second_plug() -> None:
    slot: Slot[int] = Slot("tests.number")
    slot.plug(3)
    with pytest.raises(LookupError, match="tests.number"):
        slot.plug(4)
    assert slot.get() == 3


def test_a_stand_in_takes_the_place_of_what_was_plugged() -> None:
    slot: Slot[int] = Slot("tests.number")
    slot.plug(3)
    slot.replace(4)
    assert slot.get() == 4

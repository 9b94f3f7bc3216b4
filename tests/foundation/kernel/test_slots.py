"""A slot gives what was plugged, or says which one is empty."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from vaguemestre.foundation.kernel import slots
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


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tables filled so far, by tables of this test's own."""
    monkeypatch.setattr(slots, "_TABLES", slots._Tables())
    return []


def test_a_slot_is_filled_at_its_first_use_with_the_others_of_its_table_once(filled: list[str]) -> None:
    number, word, other = Slot[int]("tests.number"), Slot[str]("more.word"), Slot[int]("tests.apart")

    def fill(table: str) -> None:
        filled.append(table)
        if table == "tests":
            number.plug(3)
            word.plug("trois")
        else:
            other.plug(4)

    slots.fill_on_demand({"tests": "tests", "more": "tests", "tests.apart": "apart"}, fill)
    assert filled == []
    assert (number.get(), word.get(), number.get()) == (3, "trois", 3)
    assert filled == ["tests"]
    assert other.get() == 4
    assert filled == ["tests", "apart"]


def test_a_stand_in_stays_when_the_table_of_its_slot_is_filled(filled: list[str]) -> None:
    number, word = Slot[int]("tests.number"), Slot[str]("tests.word")

    def fill(_table: str) -> None:
        number.plug(3)
        word.plug("trois")

    slots.fill_on_demand({"tests": "tests"}, fill)
    number.replace(5)
    assert (word.get(), number.get()) == ("trois", 5)


def test_slots_that_wait_for_each_other_in_one_filling_do_not_wait_for_ever(filled: list[str]) -> None:
    number, word = Slot[int]("tests.number"), Slot[str]("more.word")

    def fill(table: str) -> None:
        if table == "more":
            word.plug("trois")
        else:
            number.plug(len(word.get()))

    slots.fill_on_demand({"tests": "tests", "more": "more"}, fill)
    assert number.get() == 5


def test_threads_that_use_a_slot_first_all_get_its_value(filled: list[str]) -> None:
    number, begun = Slot[int]("tests.number"), Barrier(4)

    def fill(table: str) -> None:
        filled.append(table)
        number.plug(3)

    def use(_: int) -> int:
        begun.wait()
        return number.get()

    slots.fill_on_demand({"tests": "tests"}, fill)
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(use, range(4))) == [3, 3, 3, 3]
    assert filled == ["tests"]


def test_a_filling_that_failed_is_told_again_at_every_later_use_of_its_table(filled: list[str]) -> None:
    number, word, cause = Slot[int]("tests.number"), Slot[str]("tests.word"), ImportError("no module")

    def fill(table: str) -> None:
        filled.append(table)
        number.plug(3)
        raise cause

    slots.fill_on_demand({"tests": "tests"}, fill)
    with pytest.raises(ImportError):
        word.get()
    for _ in range(2):
        with pytest.raises(LookupError, match="tests.*no module") as failure:
            word.get()
        assert failure.value.__cause__ is cause
    assert filled == ["tests"]

"""Each slot of each room is filled by a table, found by the slot's name."""

from importlib import import_module

import pytest

from vaguemestre.foundation.kernel.slots import Slot, fill_all
from vaguemestre.site.static import SOURCE
from vaguemestre.site.wiring import TABLES

# Filled where the key was given to the process; an instance of a test has none.
KEYS = {"credentials.secret_keys", "credentials.token_keys"}


def declared() -> dict[str, Slot[object]]:
    """Room and name, as `webmail.convert` → slot, of every room's `ports`."""
    rooms = (file.relative_to(SOURCE.parent).parent.parts for file in SOURCE.rglob("ports.py"))
    return {
        f"{'.'.join(room[2:])}.{attribute}": value
        for room in rooms
        for attribute, value in vars(import_module(f"{'.'.join(room)}.ports")).items()
        if isinstance(value, Slot)
    }


def test_every_slot_is_filled() -> None:
    fill_all()
    slots = declared()
    assert len(slots) > 60
    assert {name for name, slot in slots.items() if slot._value is None} <= KEYS


def test_the_name_of_a_slot_leads_to_its_table() -> None:
    for name, slot in declared().items():
        assert slot.name == name
        assert slot.name in TABLES or slot.name.partition(".")[0] in TABLES


@pytest.mark.parametrize("table", sorted({*TABLES.values()}))
def test_every_table_is_a_module_that_plugs(table: str) -> None:
    assert callable(import_module(f"vaguemestre.site.wiring.{table}").plug)

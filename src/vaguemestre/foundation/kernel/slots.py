"""A reference a room declares for an engine: `site/wiring` plugs it, views and handlers get it."""

from collections.abc import Callable, Mapping
from threading import RLock


class _Tables:
    """What plugs slots, a table at a time, at the first use of one of its slots."""

    def __init__(self) -> None:
        self._tables: Mapping[str, str] = {}
        self._fill: Callable[[str], None] = lambda _table: None
        self._filled: set[str] = set()
        self._failures: dict[str, Exception] = {}
        self._lock = RLock()  # a table may use slots of another

    def declare(self, tables: Mapping[str, str], fill: Callable[[str], None]) -> None:
        self._tables, self._fill = tables, fill

    def fill_for(self, slot: str) -> None:
        table = self._tables.get(slot) or self._tables.get(slot.partition(".")[0])
        if table is not None:
            self._fill_once(table)

    def fill_all(self) -> None:
        for table in self._tables.values():
            self._fill_once(table)

    def _fill_once(self, table: str) -> None:
        with self._lock:
            if table in self._failures:
                failure = self._failures[table]
                raise LookupError(f"the slots of {table} could not be filled: {failure}") from failure
            if table not in self._filled:
                self._filled.add(table)  # before it is: its slots may use each other
                try:
                    self._fill(table)
                except Exception as failure:
                    self._failures[table] = failure
                    raise


_TABLES = _Tables()


def fill_on_demand(tables: Mapping[str, str], fill: Callable[[str], None]) -> None:
    """Have `fill` called with a table's name, once, before the first use of one of its slots.

    After a filling that failed, every use of an empty slot of that table raises LookupError with its cause.
    `tables`: name of a slot, or the first part of it → table.
    """
    _TABLES.declare(tables, fill)


def fill_all() -> None:
    """Fill every table now: for a process that will use most slots."""
    _TABLES.fill_all()


class Slot[T]:
    """A typed, named reference, plugged once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._value: T | None = None

    def plug(self, value: T) -> None:
        """Fill the slot. Raises LookupError when it is filled: two wirings would hide each other."""
        if self._value is not None:
            raise LookupError(f"something is plugged into {self.name} already")
        self._value = value

    def replace(self, value: T) -> None:
        """Replace the value by a stand-in, for a test."""
        _TABLES.fill_for(self.name)
        self._value = value

    def get(self) -> T:
        """The value. Raises LookupError when nothing is plugged."""
        if self._value is None:
            _TABLES.fill_for(self.name)
        if self._value is None:
            raise LookupError(f"nothing is plugged into {self.name}")
        return self._value

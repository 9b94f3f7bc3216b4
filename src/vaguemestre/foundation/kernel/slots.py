"""A reference a room declares for an engine: `site/wiring` plugs it, views and handlers get it."""


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
        self._value = value

    def get(self) -> T:
        if self._value is None:
            raise LookupError(f"nothing is plugged into {self.name}")
        return self._value

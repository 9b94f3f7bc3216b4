"""The hole a room leaves for an engine: `site/wiring` plugs it, doors fetch from it."""


class Slot[T]:
    """A typed, named, once-plugged reference."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._held: T | None = None

    def plug(self, held: T) -> None:
        """Fill the slot. Raises LookupError when something is in it: two wirings would hide each other."""
        if self._held is not None:
            raise LookupError(f"something is plugged into {self.name} already")
        self._held = held

    def replace(self, held: T) -> None:
        """Put a stand-in in place of what was plugged, for a test."""
        self._held = held

    def get(self) -> T:
        if self._held is None:
            raise LookupError(f"nothing is plugged into {self.name}")
        return self._held

"""The hole a room leaves for an engine: `site/wiring` plugs it, doors fetch from it."""


class Slot[T]:
    """A typed, named, once-plugged reference."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._held: T | None = None

    def plug(self, held: T) -> None:
        self._held = held

    def get(self) -> T:
        if self._held is None:
            raise LookupError(f"nothing is plugged into {self.name}")
        return self._held

"""Sieve scripts in a dict, never run: for unit tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.mailbox.sorting.values import ScriptError, ScriptList


@dataclass
class MemoryScripts:
    """Implements `sorting.ports.Scripts`."""

    held: dict[str, str] = field(default_factory=dict)
    active: str = ""
    house: str = ""

    def list_scripts(self) -> ScriptList:
        return ScriptList(tuple(sorted(self.held)), self.active)

    def read(self, name: str) -> str:
        return self.held.get(name, "")

    def put(self, name: str, content: str) -> None:
        self.held[name] = content

    def check(self, content: str) -> tuple[ScriptError, ...]:
        """An error for every line « erreur; »."""
        lines = enumerate(content.splitlines(), start=1)
        return tuple(ScriptError(number, "unknown command") for number, line in lines if line == "erreur;")

    def activate(self, name: str) -> None:
        if name and name not in self.held:
            raise EngineRefused(f"aucun script {name}")
        self.active = name

    def drop(self, name: str) -> None:
        if name == self.active or name not in self.held:
            raise EngineRefused(f"le script {name} sert, ou n’est pas là")
        del self.held[name]


@dataclass
class MemorySieve:
    """Implements `sorting.ports.OpenScripts`; with `is_away` the server does not answer."""

    boxes: dict[str, MemoryScripts] = field(default_factory=dict)
    is_away: bool = False
    opened: int = 0

    def put_house_script(self, mailbox: str, content: str) -> None:
        """Implements `sorting.ports.PutHouseScript`."""
        self.boxes.setdefault(mailbox, MemoryScripts()).house = content

    @contextmanager
    def __call__(self, mailbox: str) -> Iterator[MemoryScripts]:
        if self.is_away:
            raise EngineDown("sieve ne répond pas")
        self.opened += 1
        yield self.boxes.setdefault(mailbox, MemoryScripts())

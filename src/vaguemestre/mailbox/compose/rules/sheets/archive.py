"""An office workbook: a zip of XML files, parsed in pieces; what it unpacks to is bounded.

Python's own modules and nothing else. Runs in the sandbox (`task`).
"""

import zipfile
import zlib
from io import BytesIO
from typing import NamedTuple, Protocol
from xml.parsers import expat

from vaguemestre.mailbox.compose.values import TableRow

_MAX_UNPACKED_BYTES = 60_000_000
_CHUNK_BYTES = 65_536
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others need memory of their own
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError, ValueError, KeyError, IndexError,
    NotImplementedError, RuntimeError,
)  # fmt: skip


class UnreadableSheet(Exception):
    """No workbook, or one beyond the limits."""


class SheetFull(Exception):
    """More rows, or more text, than is wanted."""


class Limits(NamedTuple):
    """What is wanted of a sheet; more is cut. One too many tells that there are more."""

    rows: int
    columns: int
    cell_length: int
    characters: int


class Handler(Protocol):
    """What is called while a member is parsed; names are without their prefix."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def data(self, text: str) -> None: ...


class Archive:
    def __init__(self, content: bytes) -> None:
        self._left = _MAX_UNPACKED_BYTES
        try:
            self._zip = zipfile.ZipFile(BytesIO(content))
        except _UNREADABLE as error:
            raise UnreadableSheet(str(error)) from error

    def has(self, name: str) -> bool:
        return name in self._zip.NameToInfo

    def parse(self, name: str, handler: Handler) -> None:
        """Parse that member. Raises UnreadableSheet, and what the handler raises."""
        try:
            self._parse(name, handler)
        except _UNREADABLE as error:
            raise UnreadableSheet(f"{name}: {error}") from error

    def _parse(self, name: str, handler: Handler) -> None:
        member = self._zip.getinfo(name)
        if member.compress_type not in _COMPRESSIONS or member.flag_bits & 1:
            raise UnreadableSheet(f"{name}: protected")
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = lambda tag, attributes: handler.start(_plain(tag), attributes)
        parser.EndElementHandler = lambda tag: handler.end(_plain(tag))
        parser.CharacterDataHandler, parser.EntityDeclHandler = handler.data, _refuse_entity
        with self._zip.open(member) as file:
            while chunk := file.read(_CHUNK_BYTES):
                self._left -= len(chunk)
                if self._left < 0:
                    raise UnreadableSheet(f"{name}: too heavy")
                parser.Parse(chunk)
        parser.Parse(b"", True)  # noqa: FBT003 - "this is the end"


class Rows:
    """The rows of a sheet as they are read; empty ones are left out.

    `sheets`: the names of the sheets that are shown and hold something, the first of which is read.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.sheets: list[str] = []
        self.kept: list[TableRow] = []
        self._characters = 0
        self._cells: dict[int, str] = {}

    def put(self, place: int, text: str) -> None:
        text = text.strip()[: self.limits.cell_length]
        if text:
            # one column too many tells that there are more
            self._cells[min(place, self.limits.columns)] = text

    def end_row(self, number: int, *, is_hidden: bool = False) -> None:
        """Raises SheetFull."""
        if not self._cells:
            return
        cells = [self._cells.get(place, "") for place in range(max(self._cells) + 1)]
        self.kept.append(TableRow(number, cells, is_hidden))
        self._characters += sum(map(len, self._cells.values()))
        self._cells = {}
        if len(self.kept) > self.limits.rows or self.is_heavy:
            raise SheetFull

    @property
    def is_heavy(self) -> bool:
        return self._characters > self.limits.characters


def local_attribute(attributes: dict[str, str], name: str) -> str:
    """The attribute of that name, whatever its prefix; "" without one."""
    return next((value for key, value in attributes.items() if _plain(key) == name), "")


def _plain(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse_entity(*_: object) -> None:
    raise UnreadableSheet("an entity: no honest workbook declares any")

"""What the files of a feed share: encoding, separator, header, cells (CONTRACT: UTF-8 CSV, `;`)."""

import codecs
import csv
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from vaguemestre.intake.values import RefusedLine
from vaguemestre.kernel.errors import Refusal

SEPARATOR = ";"
_OTHER_SEPARATORS = {",": "virgule", "\t": "tabulation", "|": "barre verticale"}
_FORMULA = ("=", "+", "-", "@")
_MAY_BE_FORMULA = re.compile(r'(?:^|;)["\s]*[=+\-@]')  # one search for a line spares one question a cell
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2009\u202f\t", " "))  # spreadsheets put them in names
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NOT_UTF_8 = "Le fichier est en windows-1252 et non en UTF-8 : il a été lu ainsi, vérifiez les accents."
_CHUNK = 1_048_576


class LineRefused(Exception):
    """One line cannot be used."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


class Content(Protocol):
    """The bytes of a file, wherever they are."""

    @property
    def size(self) -> int: ...

    def read(self, start: int, length: int) -> bytes: ...


@dataclass(frozen=True, slots=True)
class InMemory:
    """A file that is held whole."""

    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    def read(self, start: int, length: int) -> bytes:
        return self.content[start : start + length]


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    raw: str
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A line as it stands: its number, where its bytes are, how many they are."""

    number: int
    start: int
    length: int
    raw: str


@dataclass(frozen=True, slots=True)
class Table:
    """A file cut in lines: good ones, refused ones, and sentences about the whole."""

    lines: tuple[Line, ...]
    refused: tuple[RefusedLine, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file whose header was understood; its lines are cut one at a time, in order or anywhere."""

    content: Content
    encoding: str
    header: tuple[str, ...]
    notices: tuple[str, ...]
    last: int  # the number of the last row, empty ones included
    optional: tuple[str, ...] = ()

    def rows(self) -> Iterator[Row]:
        """Every row below the header that says something."""
        for number, (start, content) in enumerate(_rows(self.content), start=1):
            if number > 1 and (raw := self._text(content)).strip(" \t;"):
                yield Row(number, start, len(content), raw)

    def row(self, number: int, start: int, length: int) -> Row:
        """One that `rows` gave, read again."""
        return Row(number, start, length, self._text(self.content.read(start, length)))

    def line(self, row: Row) -> Line:
        """Raises LineRefused."""
        cells = _cells(row.raw, self.header, is_last=row.number == self.last)
        absent = dict.fromkeys(self.optional, "")
        return Line(row.number, row.raw, {**absent, **cells} if absent else cells)

    def refused(self, row: Row, error: LineRefused) -> RefusedLine:
        """What is said of a row that `line` refused."""
        return RefusedLine(row.number, error.column, error.reason, _first_cell(row.raw, self.header))

    def _text(self, content: bytes) -> str:
        return content.decode(self.encoding).rstrip("\r")


def opened(content: Content, columns: Sequence[str], optional: Sequence[str] = ()) -> Sheet:
    """Columns may come in any order, unknown ones are ignored with a notice.

    Those that are `optional` are empty in a file that lacks them.

    Raises Refusal `intake.file-empty`, `intake.file-encoding`, `intake.separator-wrong`,
    `intake.columns-missing`, `intake.columns-twice`.
    """
    encoding, last = _looked_at(content)
    notices: tuple[str, ...] = () if encoding == "utf-8" else (_NOT_UTF_8,)
    first = next(_rows(content))[1]
    header = _header(first.decode("utf-8-sig" if encoding == "utf-8" else encoding), columns, optional)
    unknown = [name for name in header if name not in columns and name not in optional]
    if unknown:
        notices = (*notices, f"Colonnes ignorées : {', '.join(unknown)}.")
    return Sheet(content, encoding, tuple(header), notices, last, tuple(optional))


def table(content: bytes, columns: Sequence[str], optional: Sequence[str] = ()) -> Table:
    """Cut a whole file along its header. Raises like `opened`."""
    sheet = opened(InMemory(content), columns, optional)
    lines, refused = [], []
    for row in sheet.rows():
        try:
            lines.append(sheet.line(row))
        except LineRefused as error:
            refused.append(sheet.refused(row, error))
    return Table(tuple(lines), tuple(refused), sheet.notices)


def _looked_at(content: Content) -> tuple[str, int]:
    """The encoding of a file, and how many rows it has."""
    beginning = content.read(0, 200)
    if not any(chunk.strip() for chunk in _chunks(content)):
        raise Refusal("intake.file-empty")
    if beginning.startswith(_UTF_16) or b"\0" in beginning:
        raise Refusal("intake.file-encoding")
    encoding = next((name for name in ("utf-8", "windows-1252") if _decodes(content, name)), "")
    if not encoding:
        raise Refusal("intake.file-encoding")
    return encoding, sum(chunk.count(b"\n") for chunk in _chunks(content)) + 1


def _decodes(content: Content, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in _chunks(content):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(content: Content) -> Iterator[bytes]:
    for start in range(0, content.size, _CHUNK):
        yield content.read(start, _CHUNK)


def _rows(content: Content) -> Iterator[tuple[int, bytes]]:
    """Where each row begins, and its bytes without the end of line; an empty one after the last end."""
    start, rest = 0, b""
    for chunk in _chunks(content):
        *whole, rest = (rest + chunk).split(b"\n")
        for row in whole:
            yield start, row
            start += len(row) + 1
    yield start, rest


def _header(row: str, columns: Sequence[str], optional: Sequence[str]) -> list[str]:
    names = [cell.strip().strip('"').strip().lower() for cell in row.rstrip("\r").split(SEPARATOR)]
    missing = [name for name in columns if name not in names]
    if missing and len(names) == 1:
        for other, label in _OTHER_SEPARATORS.items():
            if row.count(other) >= len(columns) - 1:
                raise Refusal("intake.separator-wrong", found=label)
    if missing:
        raise Refusal("intake.columns-missing", columns=", ".join(missing))
    twice = sorted({name for name in names if name in (*columns, *optional) and names.count(name) > 1})
    if twice:
        raise Refusal("intake.columns-twice", columns=", ".join(twice))
    return names


def _cells(raw: str, header: Sequence[str], *, is_last: bool) -> dict[str, str]:
    if not raw.isprintable():
        raw = raw.translate(_SPACES)
    if not raw.isprintable():
        raise LineRefused("", "caractère de contrôle dans la ligne")
    values = raw.split(SEPARATOR) if '"' not in raw else _quoted(raw)
    if len(values) < len(header) and is_last:
        raise LineRefused("", "dernière ligne tronquée")
    if len(values) != len(header):
        raise LineRefused("", f"{len(values)} cellules au lieu de {len(header)}")
    cells = dict(zip(header, map(str.strip, values), strict=True))
    if not raw.isascii():
        cells = {name: unicodedata.normalize("NFC", value) for name, value in cells.items()}
    if _MAY_BE_FORMULA.search(raw):
        _check_formulas(cells)
    return cells


def _check_formulas(cells: dict[str, str]) -> None:
    for name, value in cells.items():
        if value.startswith(_FORMULA):
            raise LineRefused(name, "la cellule est une formule de tableur")


def _quoted(raw: str) -> list[str]:
    try:
        rows = list(csv.reader([raw], delimiter=SEPARATOR, strict=True))
    except csv.Error as error:
        raise LineRefused("", "guillemets mal fermés") from error
    return rows[0]


def _first_cell(raw: str, header: Sequence[str]) -> str:
    position = header.index("dossier") if "dossier" in header else 0
    values = raw.split(SEPARATOR)
    return values[position].strip()[:40] if position < len(values) else ""

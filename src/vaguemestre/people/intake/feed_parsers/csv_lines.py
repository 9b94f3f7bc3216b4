"""CSV files of a feed: encoding, separator, header, cells (UTF-8, `;`)."""

import codecs
import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.people.intake.values import RefusedLine

SEPARATOR = ";"
_OTHER_SEPARATORS = {",": "la virgule", "\t": "la tabulation", "|": "la barre verticale"}
_FORMULA = ("=", "+", "-", "@")
_SHEET_ERROR = re.compile(r"#(?:[A-ZÀ-Ý0-9/]+[!?]|N/A|#*$)")
_MAY_BE_FORMULA = re.compile(r'(?:^|;)["\s]*[=+\-@#]')  # one search per line is faster than a check per cell
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2009\u202f\t", " "))  # spreadsheets put them in names
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NOT_UTF_8 = "Le fichier{of} est en windows-1252 et non en UTF-8 : il a été lu ainsi, vérifiez les accents."
_UNREADABLE = "\ufffd"
_CHUNK = 1_048_576
_MAX_SHOWN_NAMES, _MAX_SHOWN_NAME_CHARACTERS = 50, 60


class LineRefused(Exception):
    """One line cannot be used."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


class Content(Protocol):
    """The bytes of a file, in memory or on disk."""

    @property
    def size(self) -> int: ...

    def read(self, start: int, length: int) -> bytes: ...


@dataclass(frozen=True, slots=True)
class InMemory:
    """A file held whole in memory."""

    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    def read(self, start: int, length: int) -> bytes:
        return self.content[start : start + length]


@dataclass(frozen=True, slots=True)
class Line:
    """A line cut into cells, by column."""

    number: int
    raw: str
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A raw line: its number, first byte, length in bytes, and text."""

    number: int
    start: int
    length: int
    raw: str


@dataclass(frozen=True, slots=True)
class Table:
    """A parsed file: lines, refused lines, and French sentences about the whole."""

    lines: tuple[Line, ...]
    refused: tuple[RefusedLine, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """An open file whose header was parsed; rows are read one by one, in any order."""

    content: Content
    encoding: str
    header: tuple[str, ...]
    notices: tuple[str, ...]
    last: int  # the number of the last row, empty ones included
    optional: tuple[str, ...] = ()

    def rows(self) -> Iterator[Row]:
        """Every row below the header that is not blank."""
        for number, (start, content) in enumerate(_rows(self.content), start=1):
            if number > 1 and (raw := self._text(content)).strip(" \t;"):
                yield Row(number, start, len(content), raw)

    def row(self, number: int, start: int, length: int) -> Row:
        """Read again a row that `rows` yielded."""
        return Row(number, start, length, self._text(self.content.read(start, length)))

    def line(self, row: Row) -> Line:
        """Cut a row into cells. Raises LineRefused."""
        cells = _cells(row.raw, self.header, is_last=row.number == self.last)
        absent = dict.fromkeys(self.optional, "")
        return Line(row.number, row.raw, {**absent, **cells} if absent else cells)

    def refuse_row(self, row: Row, error: LineRefused) -> RefusedLine:
        """The refused line of a row that `line` refused."""
        return RefusedLine(row.number, error.column, error.reason, _first_cell(row.raw, self.header))

    def _text(self, content: bytes) -> str:
        """The text of a row. UTF-8 rows pasted into a windows-1252 file keep their accents; a byte that is no
        UTF-8 in a UTF-8 file becomes U+FFFD, and its line is refused."""
        if self.encoding == "utf-8":
            return content.decode("utf-8", errors="replace").rstrip("\r")
        try:
            return content.decode("utf-8").rstrip("\r")
        except UnicodeDecodeError:
            return content.decode(self.encoding).rstrip("\r")


def open_sheet(
    content: Content, columns: Sequence[str], optional: Sequence[str] = (), *, of: str = ""
) -> Sheet:
    """Open a file with these columns, in any order; unknown ones are ignored with a notice.

    `optional` columns are empty if the file lacks them. `of` completes « le fichier » in French sentences:
    « le fichier des établissements ».

    Raises Refusal `intake.file-empty`, `intake.file-encoding`, `intake.line-ends`, `intake.separator-wrong`,
    `intake.header-absent`, `intake.columns-missing`, `intake.columns-twice`.
    """
    try:
        return _open_sheet(content, columns, optional, of)
    except Refusal as refusal:
        raise Refusal(refusal.code, **{**refusal.facts, "of": of}) from refusal


def _open_sheet(content: Content, columns: Sequence[str], optional: Sequence[str], of: str) -> Sheet:
    encoding, last = _detect_encoding(content)
    notices: tuple[str, ...] = () if encoding == "utf-8" else (_NOT_UTF_8.format(of=of),)
    first = next(_rows(content))[1]
    beginning = first.decode("utf-8-sig" if encoding == "utf-8" else encoding, errors="replace")
    header = _header(beginning, columns, optional)
    unknown = [name for name in header if name not in columns and name not in optional]
    if unknown:
        notices = (*notices, f"Colonnes ignorées du fichier{of} : {_listed(unknown)}.")
    if not any(chunk.strip() for chunk in _chunks(content, len(first) + 1)):
        notices = (*notices, f"Le fichier{of} n’a aucune ligne sous la première.")
    return Sheet(content, encoding, tuple(header), notices, last, tuple(optional))


def _listed(names: Sequence[str]) -> str:
    """The first names, cut: a file that is none of ours may have a million of them."""
    listing = ", ".join(name[:_MAX_SHOWN_NAME_CHARACTERS] for name in names[:_MAX_SHOWN_NAMES])
    more = len(names) - _MAX_SHOWN_NAMES
    return f"{listing} et {counted(more, 'autre')}" if more > 0 else listing


def read_table(
    content: bytes, columns: Sequence[str], optional: Sequence[str] = (), *, of: str = ""
) -> Table:
    """Parse a whole file into lines. Raises as `open_sheet`."""
    sheet = open_sheet(InMemory(content), columns, optional, of=of)
    lines, refused = [], []
    for row in sheet.rows():
        try:
            lines.append(sheet.line(row))
        except LineRefused as error:
            refused.append(sheet.refuse_row(row, error))
    return Table(tuple(lines), tuple(refused), sheet.notices)


def _detect_encoding(content: Content) -> tuple[str, int]:
    """(encoding, number of rows) of a file."""
    beginning = content.read(0, 1_000)
    if not any(chunk.strip() for chunk in _chunks(content)):
        raise Refusal("intake.file-empty")
    if beginning.startswith(_UTF_16) or b"\0" in beginning:
        raise Refusal("intake.file-encoding")
    if b"\r" in beginning and not any(b"\n" in chunk for chunk in _chunks(content)):
        raise Refusal("intake.line-ends")
    encoding = "utf-8" if _decodes(content, "utf-8") or _is_damaged_utf_8(content) else "windows-1252"
    if encoding != "utf-8" and not _decodes(content, encoding):
        raise Refusal("intake.file-encoding")
    return encoding, sum(chunk.count(b"\n") for chunk in _chunks(content)) + 1


def _decodes(content: Content, encoding: str) -> bool:
    """Whether the content decodes; a last character cut short means a truncated file."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in _chunks(content):
            decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _is_damaged_utf_8(content: Content) -> bool:
    """Whether more accented rows are valid UTF-8 than not: in windows-1252 « Koné » would read « KonÃ© »."""
    good = bad = 0
    for _, row in _rows(content):
        if not row.isascii():
            try:
                row.decode()
                good += 1
            except UnicodeDecodeError:
                bad += 1
    return good > bad


def _chunks(content: Content, first: int = 0) -> Iterator[bytes]:
    for start in range(first, content.size, _CHUNK):
        yield content.read(start, _CHUNK)


def _rows(content: Content) -> Iterator[tuple[int, bytes]]:
    """(first byte, content) of each row, without the end of line; an empty one after the last end."""
    start, pieces = 0, [b""]
    for chunk in _chunks(content):
        end, *others = chunk.split(b"\n")
        pieces.append(end)  # joined once: a row may go over many chunks
        if others:
            *whole, rest = (b"".join(pieces), *others)
            for row in whole:
                yield start, row
                start += len(row) + 1
            pieces = [rest]
    yield start, b"".join(pieces)


def _header(row: str, columns: Sequence[str], optional: Sequence[str]) -> list[str]:
    names = [cell.strip().strip('"').strip().lower() for cell in row.rstrip("\r").split(SEPARATOR)]
    missing = [name for name in columns if name not in names]
    if missing and len(names) == 1:
        for other, label in _OTHER_SEPARATORS.items():
            if row.count(other) >= len(columns) - 1:
                raise Refusal("intake.separator-wrong", found=label)
    if len(missing) == len(columns):
        raise Refusal("intake.header-absent", columns=SEPARATOR.join(columns))
    if missing:
        raise Refusal("intake.columns-missing", columns=", ".join(missing))
    counts = Counter(names)
    twice = sorted({name for name in (*columns, *optional) if counts[name] > 1})
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
    if _UNREADABLE in raw:
        where = next((name for name, value in zip(header, values, strict=False) if _UNREADABLE in value), "")
        raise LineRefused(where, "caractère illisible : la ligne n’est pas en UTF-8")
    if len(values) != len(header):
        raise LineRefused("", f"{counted(len(values), 'cellule')} au lieu de {len(header)}")
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
        if _SHEET_ERROR.match(value):
            raise LineRefused(name, f"erreur de tableur : « {value[:20]} »")


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

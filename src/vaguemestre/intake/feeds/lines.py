"""What the files of a feed share: encoding, separator, header, cells (CONTRACT: UTF-8 CSV, `;`)."""

import codecs
import csv
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vaguemestre.intake.values import RefusedLine
from vaguemestre.kernel.errors import Refusal

SEPARATOR = ";"
_OTHER_SEPARATORS = {",": "virgule", "\t": "tabulation", "|": "barre verticale"}
_FORMULA = ("=", "+", "-", "@")
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2009\u202f\t", " "))  # spreadsheets put them in names
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class LineRefused(Exception):
    """One line cannot be used."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    raw: str
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A file cut in lines: good ones, refused ones, and sentences about the whole."""

    lines: tuple[Line, ...]
    refused: tuple[RefusedLine, ...]
    notices: tuple[str, ...]


def table(content: bytes, columns: Sequence[str], optional: Sequence[str] = ()) -> Table:
    """Cut a file along its header; columns may come in any order, unknown ones are ignored with a notice.

    Those that are `optional` are empty in a file that lacks them.

    Raises Refusal `intake.file-empty`, `intake.file-encoding`, `intake.separator-wrong`,
    `intake.columns-missing`, `intake.columns-twice`.
    """
    text, notices = _decoded(content)
    rows = text.split("\n")
    header = _header(rows[0], columns, optional)
    unknown = [name for name in header if name not in columns and name not in optional]
    if unknown:
        notices = (*notices, f"Colonnes ignorées : {', '.join(unknown)}.")
    lines, refused = [], []
    for number, raw in _full_rows(rows):
        try:
            cells = _cells(raw, header, is_last=number == len(rows))
            lines.append(Line(number, raw, {**dict.fromkeys(optional, ""), **cells} if optional else cells))
        except LineRefused as error:
            refused.append(RefusedLine(number, error.column, error.reason, _first_cell(raw, header)))
    return Table(tuple(lines), tuple(refused), notices)


def _decoded(content: bytes) -> tuple[str, tuple[str, ...]]:
    if not content.strip():
        raise Refusal("intake.file-empty")
    if content.startswith(_UTF_16) or b"\0" in content[:200]:
        raise Refusal("intake.file-encoding")
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("windows-1252")
    except UnicodeDecodeError as error:
        raise Refusal("intake.file-encoding") from error
    return text, (
        "Le fichier est en windows-1252 et non en UTF-8 : il a été lu ainsi, vérifiez les accents.",
    )


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


def _full_rows(rows: Sequence[str]) -> Iterator[tuple[int, str]]:
    for number, row in enumerate(rows[1:], start=2):
        raw = row.rstrip("\r")
        if raw.strip(" \t;"):
            yield number, raw


def _cells(raw: str, header: Sequence[str], *, is_last: bool) -> dict[str, str]:
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
    for name, value in cells.items():
        if value.startswith(_FORMULA):
            raise LineRefused(name, "la cellule est une formule de tableur")
    return cells


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

"""Office Open XML (.xlsx): the first sheet that is shown, as it reads. ECMA-376 part 1, §18."""

import posixpath
import re
from contextlib import suppress

from vaguemestre.mailbox.compose.rules.sheets.archive import (
    Archive,
    Rows,
    SheetFull,
    UnreadableSheet,
    local_attribute,
)
from vaguemestre.mailbox.compose.rules.sheets.formats import CellFormat, format_cell, format_of

WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_STRINGS, _STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
_COLUMN = re.compile(r"([A-Z]{1,3})[0-9]+")
_MAX_OTHERS = 20  # sheets looked into
_TRUTHS = ("1", "true")  # of an attribute
_TRUE = {"1": "VRAI", "0": "FAUX"}


def read_xlsx(archive: Archive, rows: Rows) -> None:
    """Read the first sheet that is not hidden. Raises UnreadableSheet, SheetFull."""
    workbook, relations, strings, styles = _Workbook(), _Relations(), _Strings(), _Styles()
    archive.parse(WORKBOOK, workbook)
    archive.parse(_RELATIONS, relations)
    parts = {
        name: posixpath.join("/xl", relations.targets[relation]).removeprefix("/")
        for name, relation in workbook.sheets
        if relation in relations.targets
    }
    if not parts:
        raise UnreadableSheet("no sheet")
    read, *others = parts
    rows.sheets = [read, *(name for name in others[:_MAX_OTHERS] if _is_filled(archive, parts[name]))]
    if archive.has(_STRINGS):
        archive.parse(_STRINGS, strings)
    if archive.has(_STYLES):
        archive.parse(_STYLES, styles)
    archive.parse(parts[read], _Sheet(rows, strings.texts, styles.formats, since_1904=workbook.since_1904))


def _is_filled(archive: Archive, part: str) -> bool:
    """Whether that sheet has a cell: old workbooks come with empty sheets."""
    if archive.has(part):
        with suppress(SheetFull):
            archive.parse(part, _FirstCell())
            return False
    return archive.has(part)


class _Elements:
    """A handler that does nothing, for those that want some of the calls only."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        pass

    def end(self, name: str) -> None:
        pass

    def data(self, text: str) -> None:
        pass


class _FirstCell(_Elements):
    """Stops at the first cell that holds something."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in {"v", "t"}:
            raise SheetFull


class _Workbook(_Elements):
    """The sheets that are shown, each with its relation, and where dates are counted from."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.since_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            relation = local_attribute({key: attributes[key] for key in attributes if ":" in key}, "id")
            self.sheets.append((attributes.get("name", ""), relation))
        elif name == "workbookPr":
            self.since_1904 = attributes.get("date1904") in {"1", "true"}


class _Relations(_Elements):
    def __init__(self) -> None:
        self.targets: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            self.targets[attributes["Id"]] = attributes["Target"]


class _Strings(_Elements):
    """The table of shared strings, without the phonetic guides (`rPh`)."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._text: list[str] = []
        self._is_text, self._is_guide = False, False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._text = []
        self._is_text = name == "t"
        self._is_guide = self._is_guide or name == "rPh"

    def end(self, name: str) -> None:
        self._is_text = False
        if name == "rPh":
            self._is_guide = False
        elif name == "si":
            self.texts.append("".join(self._text))

    def data(self, text: str) -> None:
        if self._is_text and not self._is_guide:
            self._text.append(text)


class _Styles(_Elements):
    """The format of the numbers of each cell style (`cellXfs`)."""

    def __init__(self) -> None:
        self.formats: list[CellFormat] = []
        self._codes: dict[str, str] = {}
        self._is_cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self._codes[attributes["numFmtId"]] = attributes["formatCode"]
        elif name == "cellXfs":
            self._is_cells = True
        elif name == "xf" and self._is_cells:
            number = attributes.get("numFmtId", "0")
            self.formats.append(format_of(number, self._codes.get(number, "")))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._is_cells = False


class _Sheet(_Elements):
    def __init__(
        self, rows: Rows, strings: list[str], formats: list[CellFormat], *, since_1904: bool
    ) -> None:
        self._rows, self._strings, self._formats, self._since_1904 = rows, strings, formats, since_1904
        self._number, self._place, self._is_hidden = 0, -1, False
        self._kind, self._format = "n", CellFormat()
        self._text: list[str] = []
        self._is_value, self._is_guide = False, False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._number = int(attributes.get("r") or self._number + 1)
            self._place, self._is_hidden = -1, attributes.get("hidden") in _TRUTHS
        elif name == "c":
            match = _COLUMN.fullmatch(attributes.get("r", ""))
            self._place = _column(match[1]) if match else self._place + 1
            self._kind, style = attributes.get("t", "n"), int(attributes.get("s") or 0)
            self._format = self._formats[style] if style < len(self._formats) else CellFormat()
            self._text = []
        self._is_value = name in {"v", "t"}
        self._is_guide = self._is_guide or name == "rPh"

    def end(self, name: str) -> None:
        self._is_value = False
        if name == "rPh":
            self._is_guide = False
        elif name == "c":
            self._rows.put(self._place, self._cell("".join(self._text)))
        elif name == "row":
            self._rows.end_row(self._number, is_hidden=self._is_hidden)

    def data(self, text: str) -> None:
        if self._is_value and not self._is_guide:
            self._text.append(text)

    def _cell(self, text: str) -> str:
        if not text or self._kind == "e":  # an error of a formula says nothing to whoever receives it
            return ""
        if self._kind == "s":
            return self._strings[int(text)]
        if self._kind == "b":
            return _TRUE.get(text, text)
        return format_cell(text, self._format, since_1904=self._since_1904) if self._kind == "n" else text


def _column(letters: str) -> int:
    """Place of a column from 0: `A` → 0, `AA` → 26."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1

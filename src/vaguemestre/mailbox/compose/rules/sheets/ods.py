"""OpenDocument (.ods): the first sheet, each cell as it is shown. ODF 1.3 part 3, §9 (tables)."""

from vaguemestre.mailbox.compose.rules.sheets.archive import Archive, Rows, local_attribute

CONTENT = "content.xml"
_CELLS = frozenset(("table-cell", "covered-table-cell"))
_SPACES = {"s": " ", "tab": " ", "line-break": "\n"}
_HIDDEN = frozenset(("collapse", "filter"))
_MAX_REPEATED = 1000  # of a filled cell or row; sheets end with a million empty ones


def read_ods(archive: Archive, rows: Rows) -> None:
    """Read the first sheet. Raises UnreadableSheet, SheetFull."""
    archive.parse(CONTENT, _FirstSheet(rows))


class _FirstSheet:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._tables = 0
        self._name = ""  # of the table
        self._notes = 0  # comments of cells, which are none of their text
        self._number = 1  # of the row
        self._row_count = 1
        self._is_hidden = False
        self._place = 0
        self._cell_count = 1
        self._cells: dict[int, str] = {}
        self._text: list[str] | None = None  # inside of a cell

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table":
            self._tables += 1
            self._name = local_attribute(attributes, "name")
        if self._tables != 1:
            return
        if name == "table-row":
            self._row_count = _count(attributes, "number-rows-repeated")
            self._is_hidden = local_attribute(attributes, "visibility") in _HIDDEN
            self._place = 0
        elif name in _CELLS:
            self._cell_count, self._text = _count(attributes, "number-columns-repeated"), []
        elif name == "annotation":
            self._notes += 1
        elif name in _SPACES:
            self.data(_SPACES[name] * min(_count(attributes, "c"), _MAX_REPEATED))
        elif name == "p" and self._text:
            self.data("\n")

    def end(self, name: str) -> None:
        if self._tables != 1:
            return
        if name == "annotation":
            self._notes -= 1
        elif name in _CELLS:
            self._end_cell()
        elif name == "table-row":
            self._end_row()

    def data(self, text: str) -> None:
        if self._tables and self._name not in self._rows.sheets and text.strip():
            self._rows.sheets.append(self._name)
        if self._text is not None and not self._notes:
            self._text.append(text)

    def _end_cell(self) -> None:
        text, self._text = "".join(self._text or ()), None
        if text.strip():
            for place in range(self._place, self._place + min(self._cell_count, _MAX_REPEATED)):
                self._cells[place] = text
        self._place += self._cell_count

    def _end_row(self) -> None:
        if self._cells:
            for number in range(self._number, self._number + min(self._row_count, _MAX_REPEATED)):
                for place, text in self._cells.items():
                    self._rows.put(place, text)
                self._rows.end_row(number, is_hidden=self._is_hidden)
        self._cells = {}
        self._number += self._row_count


def _count(attributes: dict[str, str], name: str) -> int:
    return max(1, int(local_attribute(attributes, name) or 1))

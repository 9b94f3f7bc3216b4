"""Rules of mail merge: tables, variables, invalid rows."""

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping
from html import escape
from itertools import islice

from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.values import (
    ColumnChoice,
    InvalidRow,
    MergeCopy,
    MergeResult,
    Table,
    TableRow,
)
from vaguemestre.people.directory.rules.names import fold

MAX_ROWS = 3000
MAX_COLUMNS = 200
MAX_TABLE_BYTES = 2_000_000
MAX_WORKBOOK_BYTES = 10_000_000  # logos and other sheets come with it
_WORKBOOK = b"PK\x03\x04"  # a zip
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"  # OLE: .xls, and an .xlsx under a password
MAX_CELL_CHARACTERS = 2000
MAX_CHARACTERS = 5_000_000  # of a workbook, where one text may fill every cell
_SEPARATOR = re.compile(r'"?sep=([;,\t])"?', re.IGNORECASE)  # how Excel says it, on the first line
_NAMED_ADDRESS = re.compile(r"[^<>]*<([^<>]+)>")
_MAX_LINES = 100_000  # of a CSV file, those within cells and the empty ones too
_SAID_COLUMNS = 20
VARIABLE = re.compile(r"\{([^{}<>\n]{1,60})\}")
_ADDRESS_NAMES = {
    "courriel",
    "email",
    "mail",
    "adresse",
    "adressemail",
    "adresseelectronique",
    "adressecourriel",
}
_ADDRESS_VARIABLES = {"adresse", "courriel"}  # the address of the copy, whatever its column is called
_NAME_NAMES = {"nom", "nomcomplet", "nomprenom", "prenomnom", "destinataire", "displayname", "name"}


def plain_name(column: str) -> str:
    """Name of a column or variable for comparison: `Prénom de l’élève` → `prenomdeleleve`."""
    return re.sub(r"[^a-z0-9]", "", fold(column))


def variables_in(*texts: str) -> tuple[str, ...]:
    """Variables `{…}` of the texts, each once, as written."""
    return tuple(dict.fromkeys(name.strip() for text in texts for name in VARIABLE.findall(text)))


def is_workbook(content: bytes) -> bool:
    """Whether the file is an .xlsx or .ods, read in the sandbox.

    Raises Refusal `compose.table-old-format`, `compose.workbook-too-heavy`.
    """
    if content.startswith(_OLD_WORKBOOK):
        raise Refusal("compose.table-old-format")
    if not content.startswith(_WORKBOOK):
        return False
    if len(content) > MAX_WORKBOOK_BYTES:
        raise Refusal("compose.workbook-too-heavy", most=MAX_WORKBOOK_BYTES // 1_000_000)
    return True


def read_table(content: bytes) -> Table:
    """Parse a CSV file in UTF-8, UTF-16 or Windows-1252, separated by `;`, `,` or tabs.

    Empty rows are dropped.

    Raises Refusal `compose.table-unreadable` and those of `table_of`.
    """
    if len(content) > MAX_TABLE_BYTES:
        raise Refusal("compose.table-too-long", limit=MAX_ROWS)
    text = _text_of(content)
    if text.count("\n") + text.count("\r") > 2 * _MAX_LINES:
        raise Refusal("compose.table-too-long", limit=MAX_ROWS)
    first, _, rest = text.partition("\n")
    declaration = _SEPARATOR.fullmatch(first.strip())
    separator = declaration[1] if declaration else max(";,\t", key=first.count)
    before = 1 if declaration else 0  # lines left out
    try:
        reader = csv.reader(io.StringIO(rest if declaration else text, newline=""), delimiter=separator)
        return table_of(
            TableRow(reader.line_num + before, [cell.strip()[:MAX_CELL_CHARACTERS] for cell in line])
            for line in reader
        )
    except csv.Error as error:
        raise Refusal("compose.table-unreadable") from error


def _text_of(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # « Texte Unicode » of Excel
        text = content.decode("utf-16", "replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", "replace")
    if "\x00" in text or text.startswith("%PDF-"):
        raise Refusal("compose.table-unreadable")
    return text


def table_of(lines: Iterable[TableRow]) -> Table:
    """The table of these rows, the first of which is its header; empty rows are dropped.

    Raises Refusal `compose.table-too-long`, `compose.table-too-wide`, `compose.table-empty`,
    `compose.table-untitled`: the first person of a list without titles would be taken for them.
    """
    rows = list(islice((row for row in lines if any(row.cells)), MAX_ROWS + 2))  # one more than there may be
    if len(rows) < 2:
        raise Refusal("compose.table-empty")
    if len(rows[0].cells) > MAX_COLUMNS:  # each copy has a value of each column
        raise Refusal("compose.table-too-wide", most=MAX_COLUMNS)
    if any(_address_in(cell) for cell in rows[0].cells):
        raise Refusal("compose.table-untitled")
    if len(rows) - 1 > MAX_ROWS:
        raise Refusal("compose.table-too-long", limit=MAX_ROWS)
    return Table(rows[0].cells, rows[1:])


def _address_in(cell: str) -> str:
    """The address of the cell, perhaps after its owner's name (RFC 5322 §3.4) or before a point; else ""."""
    named = _NAMED_ADDRESS.fullmatch(cell)
    try:
        return str(parse_address((named[1] if named else cell).strip().rstrip(". ")))
    except Refusal:
        return ""


def merge_copies(table: Table, variables: Iterable[str], *, one_each: bool = False) -> MergeResult:
    """Copies of the valid rows, and the invalid rows. `variables`: those of the text and subject.

    An address on several rows has a copy for each different letter (a parent of two pupils), never the same
    letter twice; with `one_each`, one copy only.
    Raises Refusal `compose.no-address-column`, `compose.several-address-columns`, `compose.unknown-variable`
    or `compose.title-twice` (the first one).
    """
    columns = [plain_name(column) for column in table.header]
    address_place = _address_column(table)
    name_place = _name_column(columns)
    column_of = {name: plain_name(name) for name in variables}
    for name, column in column_of.items():
        _check_column(table, columns, name, column)
    result = MergeResult([], [])
    letters: set[tuple[str, ...]] = set()  # address, then what its letter says
    for number, cells, is_hidden in table.rows:
        values = dict(zip(columns, [*cells, *[""] * (len(columns) - len(cells))], strict=False))
        typed = cells[address_place] if address_place < len(cells) else ""
        values |= dict.fromkeys(_ADDRESS_VARIABLES, _address_in(typed) or typed)
        empty = [name for name, column in column_of.items() if not values[column]]
        letter = () if one_each else tuple(values[column] for column in column_of.values())
        if reason := "hidden" if is_hidden else _row_error(typed, letter, letters, empty):
            result.invalid_rows.append(InvalidRow(number, typed, reason))
            continue
        address = _address_in(typed)
        letters.add((address, *letter))
        has_name = name_place is not None and name_place < len(cells) and name_place != address_place
        name = cells[name_place] if has_name and name_place is not None else ""
        result.copies.append(MergeCopy(number, " ".join(name.split()), address, values))
    return result


def _name_column(columns: list[str]) -> int | None:
    """Place of the column of names; None if two have its title (a pupil's, then a parent's)."""
    place = next((place for place, column in enumerate(columns) if column in _NAME_NAMES), None)
    return None if place is None or columns.count(columns[place]) > 1 else place


def _check_column(table: Table, columns: list[str], name: str, column: str) -> None:
    """Refuse a variable that no column gives, or that several do with different cells."""
    if column in _ADDRESS_VARIABLES:
        return
    places = [place for place, title in enumerate(columns) if title == column]
    if not places:
        titles = ", ".join(title for title in table.header[:_SAID_COLUMNS] if title)
        raise Refusal("compose.unknown-variable", name=name, columns=titles)
    said = {tuple("".join(row.cells[place : place + 1]) for row in table.rows) for place in places}
    if len(said) > 1:
        letters = [column_letters(place) for place in places]
        where = f"{', '.join(letters[:-1])} et {letters[-1]}"
        raise Refusal("compose.title-twice", count=len(places), name=name, where=where)


def merged_html(html: str, values: Mapping[str, str]) -> str:
    """The HTML with its variables replaced and escaped; line breaks of a cell are kept."""

    def replacement(match: re.Match[str]) -> str:
        value = values.get(plain_name(match[1]))
        return match[0] if value is None else html_of_value(value)

    return VARIABLE.sub(replacement, html)


def html_of_value(value: str) -> str:
    """The value of a variable as HTML."""
    return "<br>".join(escape(line) for line in value.splitlines())


def merged_text(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables replaced."""
    return VARIABLE.sub(lambda match: values.get(plain_name(match[1]), match[0]), text)


def merged_subject(subject: str, values: Mapping[str, str]) -> str:
    """The subject with its variables replaced, on one line."""
    merged = merged_text(subject, {name: " ".join(value.split()) for name, value in values.items()})
    return "".join(c if c.isprintable() else " " for c in merged)


def address_title(table: Table) -> str:
    """Title of the column of addresses where several have some, else "". Raises as `merge_copies`."""
    if len(_places_of_addresses(table)) < 2:
        return ""
    place = _address_column(table)
    return table.header[place] or column_letters(place)


def column_letters(place: int) -> str:
    """Letters of a column in a workbook: 0 → A, 26 → AA."""
    before, letter = divmod(place, 26)
    return (column_letters(before - 1) if before else "") + chr(ord("A") + letter)


def _places_of_addresses(table: Table) -> list[int]:
    """Places of the columns that have addresses, those without a title too."""
    return [
        place
        for place in range(len(table.header))
        if any(_has_address(cell) for row in table.rows for cell in row.cells[place : place + 1])
    ]


def _has_address(cell: str) -> bool:
    """Whether it holds an address and nothing else, a mistyped one too."""
    return "@" in cell and (" " not in cell or bool(_address_in(cell)))


def _address_column(table: Table) -> int:
    """Place of the column of addresses: the chosen one, else the only one that has some, else one so named.

    Of several none is taken unasked, whatever its title: a letter for parents would leave for their child.
    """
    places = _places_of_addresses(table)
    if (chosen := _chosen_column(table, places)) is not None:
        return chosen
    if len(places) > 1:
        choices = [ColumnChoice(place, table.header[place], column_letters(place)) for place in places]
        raise Refusal("compose.several-address-columns", count=len(places), choices=choices)
    titled = (place for place, title in enumerate(table.header) if plain_name(title) in _ADDRESS_NAMES)
    place = next(iter((*places, *titled)), None)
    if place is None:
        raise Refusal("compose.no-address-column")
    return place


def _chosen_column(table: Table, places: list[int]) -> int | None:
    """The column chosen of another file by its title, wherever this one has it; None if it is not told."""
    if table.address_place is None:
        return None
    alike = [place for place in places if table.header[place] == table.address_title]
    if table.address_place in alike:
        return table.address_place
    return alike[0] if len(alike) == 1 else None


def _row_error(
    typed: str, said: tuple[str, ...], letters: Collection[tuple[str, ...]], empty: list[str]
) -> str:
    """Reason why the row is invalid, or "". `said`: values of its variables; `empty`: those without one."""
    if not typed:
        return "address-missing"
    address = _address_in(typed)
    if not address:
        return "addresses-several" if typed.count("@") > 1 else "address-wrong"
    if (address, *said) in letters:
        return "twice"
    return f"empty:{empty[0]}" if empty else ""

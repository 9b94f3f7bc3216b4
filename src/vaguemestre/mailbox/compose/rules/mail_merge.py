"""One copy for each recipient: the rows of a file, the words that change, what is wrong with each."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from html import escape

from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose.values import Copy, Wrong
from vaguemestre.people.directory.rules.names import fold

MOST_ROWS = 3000
MOST_OCTETS = 2_000_000
LONGEST_CELL = 2000
_VARIABLE = re.compile(r"\{([^{}<>\n]{1,60})\}")
_ADDRESS_NAMES = {
    "courriel",
    "email",
    "mail",
    "adresse",
    "adressemail",
    "adresseelectronique",
    "adressecourriel",
}
_NAME_NAMES = {"nom", "nomcomplet", "nomprenom", "prenomnom", "destinataire", "displayname", "name"}


def plain_name(column: str) -> str:
    """`Prénom de l’élève` → `prenomdeleleve`: how a column and a variable are compared."""
    return re.sub(r"[^a-z0-9]", "", fold(column))


def variables_in(*texts: str) -> tuple[str, ...]:
    """The `{words}` of the texts, each once, as written."""
    return tuple(dict.fromkeys(name.strip() for text in texts for name in _VARIABLE.findall(text)))


def read_table(content: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Header and rows (line number, cells) of a CSV file: UTF-8 or Windows-1252; `;`, `,` or tabulation.

    Raises Refusal `compose.table-too-long`, `compose.table-unreadable`, `compose.table-empty`.
    """
    if len(content) > MOST_OCTETS:
        raise Refusal("compose.table-too-long", limit=MOST_ROWS)
    if b"\x00" in content:
        raise Refusal("compose.table-unreadable")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    separator = max(";,\t", key=first.count)
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        read = [(lines.line_num, [cell.strip()[:LONGEST_CELL] for cell in line]) for line in lines]
    except csv.Error as error:
        raise Refusal("compose.table-unreadable") from error
    filled = [(number, cells) for number, cells in read if any(cells)]
    if len(filled) < 2:
        raise Refusal("compose.table-empty")
    if len(filled) - 1 > MOST_ROWS:
        raise Refusal("compose.table-too-long", limit=MOST_ROWS)
    return filled[0][1], filled[1:]


def copies_of(
    header: list[str], rows: Iterable[tuple[int, list[str]]], wanted: Iterable[str]
) -> tuple[list[Copy], list[Wrong]]:
    """What can leave, and what is wrong line by line. `wanted`: the variables the text asks for.

    Raises Refusal `compose.no-address-column` or `compose.unknown-variable` (with the first one).
    """
    rows = list(rows)
    columns = [plain_name(column) for column in header]
    place = _address_column(columns, rows)
    named = next((i for i, column in enumerate(columns) if column in _NAME_NAMES), None)
    asked = {name: plain_name(name) for name in wanted}
    known = {*columns, "adresse", "courriel"}
    for name, column in asked.items():
        if column not in known:
            raise Refusal("compose.unknown-variable", name=name)
    copies: list[Copy] = []
    wrong: list[Wrong] = []
    seen: set[str] = set()
    for number, cells in rows:
        values = dict(zip(columns, [*cells, *[""] * (len(columns) - len(cells))], strict=False))
        typed = cells[place] if place < len(cells) else ""
        values |= {"adresse": typed, "courriel": typed}
        reason = _trouble(typed, seen, [name for name, column in asked.items() if not values[column]])
        if reason:
            wrong.append(Wrong(number, typed, reason))
            continue
        address = str(parse_address(typed))
        seen.add(address)
        name = cells[named] if named is not None and named < len(cells) and named != place else ""
        copies.append(Copy(number, " ".join(name.split()), address, values))
    return copies, wrong


def merged_html(html: str, values: Mapping[str, str]) -> str:
    """The HTML with its variables replaced, escaped; line ends of a cell stay."""

    def put(found: re.Match[str]) -> str:
        value = values.get(plain_name(found[1]))
        return found[0] if value is None else "<br>".join(escape(line) for line in value.splitlines())

    return _VARIABLE.sub(put, html)


def merged_text(text: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: values.get(plain_name(found[1]), found[0]), text)


def merged_subject(subject: str, values: Mapping[str, str]) -> str:
    """One line, whatever a cell holds."""
    merged = merged_text(subject, {name: " ".join(value.split()) for name, value in values.items()})
    return "".join(c if c.isprintable() else " " for c in merged)


def _address_column(columns: list[str], rows: list[tuple[int, list[str]]]) -> int:
    for place, column in enumerate(columns):
        if column in _ADDRESS_NAMES:
            return place
    counted = Counter(
        place
        for _, cells in rows[:200]
        for place, cell in enumerate(cells)
        if "@" in cell and " " not in cell
    )
    if not counted:
        raise Refusal("compose.no-address-column")
    return counted.most_common(1)[0][0]


def _trouble(typed: str, seen: set[str], empty: list[str]) -> str:
    """A code, or nothing."""
    if not typed:
        return "address-missing"
    try:
        address = str(parse_address(typed))
    except Refusal:
        return "address-wrong"
    if address in seen:
        return "twice"
    return f"empty:{empty[0]}" if empty else ""

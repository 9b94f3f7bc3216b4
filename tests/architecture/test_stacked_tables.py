"""On a phone a row of a table is a card: each of its cells says what it is."""

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "vaguemestre"
TABLE = re.compile(r'<table class="[^"]*stacks.*?</table>', re.DOTALL)
COLUMN = re.compile(r'<th\b[^>]*>(.*?)</th>|\{% column \S+ "[^"]*" "([^"]*)"[^%]*%\}', re.DOTALL)
ROW = re.compile(r"<tr\b[^>]*>(?:(?!</tr>).)*<td(?:(?!</tr>).)*</tr>", re.DOTALL)
CELL = re.compile(r"<td\b([^>]*)>((?:(?!</td>).)*)</td>", re.DOTALL)
# Names, functions and files are known by what they are; a row of classes begins with its head.
UNNAMED = {"phonebook/results.html", "webmail/attachments.html", "rosters/list.html"}
CONDITIONAL = {"backoffice/feed.html", "operations/figures.html"}  # its columns depend on the list
TEMPLATES = sorted(path for path in SOURCE.rglob("templates/**/*.html") if "stacks" in path.read_text())


def name_of(path: Path) -> str:
    return "/".join(path.parts[-2:])


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_each_cell_of_a_row_that_becomes_a_card_is_named(path: Path) -> None:
    if name_of(path) in UNNAMED | CONDITIONAL:
        return
    for table in TABLE.findall(path.read_text(encoding="utf-8")):
        head, _, body = table.partition("</thead>")
        columns = [text or name for text, name in COLUMN.findall(head)]
        for row in ROW.findall(body):
            cells = CELL.findall(row)
            assert len(cells) == len(columns), row
            for column, (attributes, content) in list(zip(columns, cells, strict=True))[1:]:
                is_plain = not set("<{") & set(column)
                assert not is_plain or f'data-label="{column}"' in attributes or "on-phone" in content, column

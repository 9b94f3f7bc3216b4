"""The query string of a paginated list."""

import re
from collections.abc import Iterator
from pathlib import Path

import vaguemestre
from vaguemestre.foundation.ui.listing import Listing

SOURCE = Path(vaguemestre.__file__).parent
TABLE, HEAD, ROW = (
    re.compile(shape, re.DOTALL)
    for shape in ("<table.*?</table>", "<thead>(.*?)</thead>", "<tbody>.*?(<tr.*?</tr>)")
)
TITLE, CELL = re.compile(r"{% column [^%]*%}|<th\b[^>]*>"), re.compile(r"<t[dh]\b[^>]*>")


def columns() -> Iterator[tuple[str, str, str]]:
    """(place, head, cell) of each column of the tables of the pages."""
    for path in sorted(SOURCE.rglob("*.html")):
        for table in TABLE.findall(path.read_text("utf-8")):
            head, row = HEAD.search(table), ROW.search(table)
            titles, cells = TITLE.findall(head[1] if head else ""), CELL.findall(row[1] if row else "")
            if len(titles) == len(cells):  # else some are drawn only for some people
                yield from ((path.name, title, cell) for title, cell in zip(titles, cells, strict=True))


def test_the_title_of_a_column_of_figures_stands_above_them() -> None:
    assert len(list(columns())) > 150
    assert [column for column in columns() if ("number" in column[1]) != ("number" in column[2])] == []


def test_words_typed_into_the_filter_are_trimmed_and_cut() -> None:
    listing = Listing.of({"q": f"  Lycée {'x' * 100} "}, ("nom",))
    assert listing.search == f"Lycée {'x' * 74}"


def test_a_list_without_a_filter_searches_nothing() -> None:
    assert Listing.of({"tri": "nom"}, ("nom",)).search == ""

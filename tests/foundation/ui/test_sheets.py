"""A file given to a spreadsheet holds no formula, whatever was typed."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.foundation.kernel.text.cells import inert_cell
from vaguemestre.foundation.ui.files.sheets import csv_lines

PAYLOADS = ("=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("x")', "=cmd|' /C calc'!A0")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_would_be_computed_is_quoted(payload: str) -> None:
    assert inert_cell(payload) == f"'{payload}"


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2)))
def test_every_cell_comes_back_and_none_begins_as_a_formula(rows: list[list[str]]) -> None:
    kept = [[cell.replace("\x00", "") for cell in row] for row in rows]
    content = "".join(csv_lines(("a", "b"), kept))[1:]
    read = list(csv.reader(io.StringIO(content, newline=""), delimiter=";"))
    assert read[1:] == [[inert_cell(cell) for cell in row] for row in kept]
    assert not any(cell[:1] in "=+-@\t\r\n＝" for row in read for cell in row if cell)

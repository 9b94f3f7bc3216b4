"""Cells of tables: nothing in them is a formula."""

import pytest

from vaguemestre.foundation.kernel.text.cells import inert_cell


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "﹣1", "−1", "＠A1",
             "﹫A1", " =1+1", "\u200b=1+1", "\ufeff＝1", "\u00a0＝1"],
)  # fmt: skip
def test_what_would_be_computed_is_text(cell: str) -> None:
    assert inert_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Élodie", "1+1", "a=b", "’", "（1）", " ", "É=1", "'=1"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert inert_cell(cell) == cell


def test_a_cell_may_be_a_number_or_nothing() -> None:
    assert (inert_cell(None), inert_cell(12), inert_cell(-3)) == ("", "12", "'-3")

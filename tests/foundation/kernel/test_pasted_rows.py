"""Rows of a spreadsheet pasted where people are asked for."""

import pytest

from vaguemestre.foundation.kernel.text.pasted_rows import people_of_row


@pytest.mark.parametrize(
    ("row", "people"),
    [
        ("Camille Delattre", ["Camille Delattre"]),
        ("a@x.fr, b@x.fr; c@x.fr", ["a@x.fr, b@x.fr; c@x.fr"]),
        ("Magnier\tClaire\tclaire@x.fr", ["claire@x.fr"]),
        ("4e B\tpere@x.fr\t\tMme Roux <mere@x.fr>\t06 12 34 56 78", ["pere@x.fr", "Mme Roux <mere@x.fr>"]),
        (" Magnier \tClaire\t", ["Magnier Claire"]),
        ("\t\t", []),
        ("", []),
    ],
)
def test_the_cells_with_an_address_speak_for_their_row(row: str, people: list[str]) -> None:
    assert people_of_row(row) == people

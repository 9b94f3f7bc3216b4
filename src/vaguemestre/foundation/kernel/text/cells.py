"""Cells of CSV files, inert in a spreadsheet (OWASP, CSV injection)."""

import unicodedata

_FORMULA_STARTS = frozenset("=+-@\u2212")
_SEPARATORS = ("\t", "\r", "\n")


def inert_cell(cell: object) -> str:
    """The text of a cell, with a quote before what a spreadsheet would compute.

    The first visible character decides, full-width ones as plain ones (NFKC).
    """
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_SEPARATORS) or _first_visible(text) in _FORMULA_STARTS else text


def _first_visible(text: str) -> str:
    if text[:1].isascii() and not text[:1].isspace():
        return text[:1]
    visible = next((c for c in text if not c.isspace() and unicodedata.category(c) != "Cf"), "")
    return unicodedata.normalize("NFKC", visible)[:1]

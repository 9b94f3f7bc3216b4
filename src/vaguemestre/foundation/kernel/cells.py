"""Cells of tables that a spreadsheet will open (OWASP, CSV injection)."""

import unicodedata

_COMPUTED = frozenset("=+-@\u2212")
_SPLIT = ("\t", "\r", "\n")


def inert_cell(cell: object) -> str:
    """The cell as a spreadsheet shows it: a quote stands before what it would compute.

    The first sign that is seen decides, full-width ones as the plain ones (NFKC).
    """
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_SPLIT) or _first_sign(text) in _COMPUTED else text


def _first_sign(text: str) -> str:
    if text[:1].isascii() and not text[:1].isspace():
        return text[:1]
    seen = next((c for c in text if not c.isspace() and unicodedata.category(c) != "Cf"), "")
    return unicodedata.normalize("NFKC", seen)[:1]

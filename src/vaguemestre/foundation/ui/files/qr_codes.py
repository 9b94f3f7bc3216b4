"""QR codes (ISO/IEC 18004), as rows of modules: pages and printed documents draw them."""

import segno


def qr_rows(text: str) -> tuple[tuple[bool, ...], ...]:
    """The modules of the code, true for a dark one, with the quiet zone of four around them."""
    code = segno.make(text, error="m", micro=False)
    return tuple(tuple(map(bool, row)) for row in code.matrix_iter(border=4))

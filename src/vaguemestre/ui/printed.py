"""Short pages to print (PDF): a title, paragraphs, facts, codes, and lines to sign on."""

import unicodedata
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpdf import FPDF

_FONT = "atkinson"  # where a zero is not the letter O
_FONTS = Path(__file__).with_name("fonts")
_MARGIN_MM = 22
# Letters that Unicode does not write as a plain one and an accent.
_PLAIN = str.maketrans("ĐđŁłĦħıŦŧ", "DdLlHhiTt")


class Printed:
    """One A4 page after the other. A letter that our font lacks is written without its accent, or `?`."""

    def __init__(self, title: str, academy: str) -> None:
        # loaded when something is printed: it takes 15 MiB, and few processes ever print
        self._pdf: FPDF = import_module("fpdf").FPDF(format="A4")
        self._pdf.add_font(_FONT, "", _FONTS / "atkinson-regular.ttf")
        self._pdf.add_font(_FONT, "B", _FONTS / "atkinson-bold.ttf")
        cuts = [font.cmap for font in self._pdf.fonts.values() if hasattr(font, "cmap")]
        self._drawn = frozenset.intersection(*map(frozenset, cuts))
        self._pdf.set_margin(_MARGIN_MM)
        self._pdf.set_title(title)
        self._pdf.set_lang("fr")
        self._pdf.set_creator("Vaguemestre")
        self.next_page(title, academy)

    def next_page(self, title: str, academy: str) -> None:
        """Another page, headed as the first one."""
        self._pdf.add_page()
        self._line(academy, 10)
        self._pdf.ln(4)
        self._line(title, 18, bold=True)
        self._pdf.ln(4)

    def paragraph(self, text: str) -> None:
        self._pdf.set_font(_FONT, size=11)
        self._pdf.multi_cell(0, 6, self._written(text), align="L", new_x="LMARGIN", new_y="NEXT")
        self._pdf.ln(2)

    def facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """« Name : value », one a line."""
        for name, value in facts:
            self._pdf.set_font(_FONT, style="B", size=11)
            self._pdf.cell(52, 7, self._written(name))
            self._pdf.set_font(_FONT, size=11)
            self._pdf.multi_cell(0, 7, self._written(value), align="L", new_x="LMARGIN", new_y="NEXT")
        self._pdf.ln(3)

    def codes(self, codes: Sequence[str]) -> None:
        """In two columns."""
        self._pdf.set_font(_FONT, style="B", size=14)
        for at, code in enumerate(codes):
            self._pdf.cell(80, 9, self._written(code))
            if at % 2 or at == len(codes) - 1:
                self._pdf.ln(9)
        self._pdf.ln(4)

    def signatures(self, names: Sequence[str]) -> None:
        self._pdf.ln(8)
        for name in names:
            self._line(f"{name} (date et signature) :", 11)
            self._pdf.ln(22)

    def content(self) -> bytes:
        return bytes(self._pdf.output())

    def _written(self, text: str) -> str:
        return "".join(one if self._is_drawn(one) else self._instead(one) for one in text)

    def _instead(self, char: str) -> str:
        plain = _nearest(char)
        return plain if plain and self._is_drawn(plain) else "?"

    def _is_drawn(self, char: str) -> bool:
        return char == "\n" or ord(char) in self._drawn

    def _line(self, text: str, size: int, *, bold: bool = False) -> None:
        self._pdf.set_font(_FONT, style="B" if bold else "", size=size)
        self._pdf.multi_cell(0, size * 0.5, self._written(text), new_x="LMARGIN", new_y="NEXT")


def _nearest(char: str) -> str:
    """Without its accent; nothing when that is no letter either."""
    return unicodedata.normalize("NFKD", char.translate(_PLAIN))[:1]

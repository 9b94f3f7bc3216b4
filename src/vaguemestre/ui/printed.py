"""Short pages to print (PDF): a title, paragraphs, facts, codes, and lines to sign on."""

from collections.abc import Sequence

from fpdf import FPDF
from fpdf.enums import XPos, YPos

_FONT = "helvetica"
_MARGIN_MM = 22


class Printed:
    """One A4 page after the other. Text is windows-1252: what that set lacks is written `?`."""

    def __init__(self, title: str, academy: str) -> None:
        self._pdf = FPDF(format="A4")
        self._pdf.core_fonts_encoding = "windows-1252"
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
        self._pdf.multi_cell(0, 6, _written(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._pdf.ln(2)

    def facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """« Name : value », one a line."""
        for name, value in facts:
            self._pdf.set_font(_FONT, style="B", size=11)
            self._pdf.cell(52, 7, _written(name))
            self._pdf.set_font(_FONT, size=11)
            self._pdf.multi_cell(0, 7, _written(value), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._pdf.ln(3)

    def codes(self, codes: Sequence[str]) -> None:
        """Two columns of a fixed-width font."""
        self._pdf.set_font("courier", style="B", size=14)
        for at, code in enumerate(codes):
            self._pdf.cell(80, 9, _written(code))
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

    def _line(self, text: str, size: int, *, bold: bool = False) -> None:
        self._pdf.set_font(_FONT, style="B" if bold else "", size=size)
        self._pdf.multi_cell(0, size * 0.5, _written(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _written(text: str) -> str:
    return text.encode("windows-1252", "replace").decode("windows-1252")

"""PDF documents to print: letters, and pages of facts, codes and signature lines."""

import unicodedata
from collections.abc import Collection, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fpdf import FPDF

_FONT = "atkinson"
_CODE_FONT = "atkinson-codes"  # its zero is slashed: nobody takes it for the letter O
_FONTS = Path(__file__).with_name("fonts")
_MARGIN_MM = 22
_HEAD_TOP_MM = 18
_SENDER_WIDTH_MM = 76
_WINDOW_LEFT_MM = 105
_WINDOW_TOP_MM = 48
_WINDOW_WIDTH_MM = 83
_RECIPIENT_LINES = 6
_BODY_TOP_MM = 90
# Letters that Unicode does not decompose into a plain one and an accent.
_PLAIN = str.maketrans("ĐđŁłĦħıŦŧ", "DdLlHhiTt")


class LetterHead(NamedTuple):
    """The head of an administrative letter, line by line."""

    sender: Sequence[str]  # the first line in bold
    recipient: Sequence[str]  # read through the window of the envelope
    place_and_date: str
    references: Sequence[tuple[str, str]]


class PrintedDocument:
    """A4 pages. A character missing from the font is written without its accent, or as `?`."""

    def __init__(self, title: str, academy: str, *, is_letter: bool = False) -> None:
        """`is_letter`: starts without a page; `next_letter` adds each."""
        # imported when needed: it takes 15 MiB, and few processes ever print
        self._pdf: FPDF = import_module("fpdf").FPDF(format="A4")
        self._pdf.add_font(_FONT, "", _FONTS / "atkinson-regular.ttf")
        self._pdf.add_font(_FONT, "B", _FONTS / "atkinson-bold.ttf")
        self._pdf.add_font(_CODE_FONT, "", _FONTS / "atkinson-codes.ttf")
        charmaps = [font.cmap for font in self._pdf.fonts.values() if hasattr(font, "cmap")]
        self._characters = frozenset.intersection(*map(frozenset, charmaps))
        self._pdf.set_margin(_MARGIN_MM)
        self._pdf.set_title(title)
        self._pdf.set_lang("fr")
        self._pdf.set_creator("Vaguemestre")
        if not is_letter:
            self.next_page(title, academy)

    def next_letter(self, head: LetterHead) -> None:
        """Add a page: a letter for a DL window envelope (window 45 × 100 mm, 20 mm from the corner).

        Folded in three, the sheet may slip 11 mm down and 10 mm aside with the recipient still in the window.
        """
        self._pdf.add_page()
        self._block(head.sender, _MARGIN_MM, _HEAD_TOP_MM, _SENDER_WIDTH_MM, first_bold=True)
        self._block(head.recipient[:_RECIPIENT_LINES], _WINDOW_LEFT_MM, _WINDOW_TOP_MM, _WINDOW_WIDTH_MM)
        self._pdf.set_y(_BODY_TOP_MM)
        self._pdf.set_font(_FONT, size=11)
        self._pdf.set_x(_WINDOW_LEFT_MM)
        self._pdf.multi_cell(
            0, 6, self._printable(head.place_and_date), align="L", new_x="LMARGIN", new_y="NEXT"
        )
        self._pdf.ln(4)
        for name, value in head.references:
            self._pdf.set_font(_FONT, size=10)
            self._pdf.multi_cell(
                0, 5, self._printable(f"{name} : {value}"), align="L", new_x="LMARGIN", new_y="NEXT"
            )
        self._pdf.ln(6)

    def signed(self, lines: Sequence[str]) -> None:
        """The signatory, at the right, with room for a signature and a stamp."""
        self._pdf.ln(4)
        self._block(lines, _WINDOW_LEFT_MM, self._pdf.get_y(), _WINDOW_WIDTH_MM)
        self._pdf.ln(24)

    def _block(
        self, lines: Sequence[str], left: float, top: float, width: float, *, first_bold: bool = False
    ) -> None:
        self._pdf.set_y(top)
        for number, line in enumerate(lines):
            self._pdf.set_x(left)
            self._pdf.set_font(_FONT, style="B" if first_bold and number == 0 else "", size=10.5)
            self._pdf.multi_cell(width, 5, self._printable(line), align="L", new_x="LMARGIN", new_y="NEXT")

    def next_page(self, title: str, academy: str) -> None:
        """Add a page with the same head."""
        self._pdf.add_page()
        self._line(academy, 10)
        self._pdf.ln(4)
        self._line(title, 18, bold=True)
        self._pdf.ln(4)

    def paragraph(self, text: str) -> None:
        self._pdf.set_font(_FONT, size=11)
        self._pdf.multi_cell(0, 6, self._printable(text), align="L", new_x="LMARGIN", new_y="NEXT")
        self._pdf.ln(2)

    def facts(self, facts: Sequence[tuple[str, str]], *, codes: Collection[str] = ()) -> None:
        """« Name : value », one a line. `codes`: names of the values that are codes."""
        for name, value in facts:
            self._pdf.set_font(_FONT, style="B", size=11)
            self._pdf.cell(52, 7, self._printable(name))
            self._pdf.set_font(_CODE_FONT if name in codes else _FONT, size=11)
            self._pdf.multi_cell(0, 7, self._printable(value), align="L", new_x="LMARGIN", new_y="NEXT")
        self._pdf.ln(3)

    def codes(self, codes: Sequence[str]) -> None:
        """In two columns."""
        self._pdf.set_font(_CODE_FONT, size=14)
        for at, code in enumerate(codes):
            self._pdf.cell(80, 9, self._printable(code))
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

    def _printable(self, text: str) -> str:
        lines = "\n".join(text.splitlines())  # a form sends CR LF
        return "".join(char if self._is_available(char) else self._replacement(char) for char in lines)

    def _replacement(self, char: str) -> str:
        plain = _nearest(char)
        return plain if plain and self._is_available(plain) else "?"

    def _is_available(self, char: str) -> bool:
        return char == "\n" or ord(char) in self._characters

    def _line(self, text: str, size: int, *, bold: bool = False) -> None:
        self._pdf.set_font(_FONT, style="B" if bold else "", size=size)
        self._pdf.multi_cell(0, size * 0.5, self._printable(text), new_x="LMARGIN", new_y="NEXT")


def _nearest(char: str) -> str:
    """The letter without its accent; empty if there is none."""
    return unicodedata.normalize("NFKD", char.translate(_PLAIN))[:1]

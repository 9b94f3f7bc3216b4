"""PDF documents to print: letters, and pages of facts, codes and signature lines."""

import unicodedata
from collections.abc import Collection, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vaguemestre.foundation.ui.files.qr_codes import qr_rows

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
_SIGNATURE_MM = 24  # room for a signature and a stamp, less where a slip follows
SLIP_TOP_MM = 211
SLIP_BOTTOM_MM = 289
SLIP_QR_MM = 38
SLIP_QR_LEFT_MM = 210 - _MARGIN_MM - SLIP_QR_MM
SLIP_QR_TOP_MM = SLIP_TOP_MM + 14
_SLIP_TEXT_MM = 122
_SLIP_NAME_MM = 42
# Letters that Unicode does not decompose into a plain one and an accent.
_PLAIN = str.maketrans("ĐđŁłĦħıŦŧ", "DdLlHhiTt")


class LetterHead(NamedTuple):
    """The head of an administrative letter, line by line."""

    sender: Sequence[str]  # the first line in bold
    recipient: Sequence[str]  # read through the window of the envelope
    place_and_date: str
    references: Sequence[tuple[str, str]]


class Slip(NamedTuple):
    """What is cut off a letter and kept. `codes`: names of the facts that are codes.

    `address`: a public page, printed and drawn as a QR code; it holds no secret.
    """

    title: str
    facts: Sequence[tuple[str, str]]
    codes: Collection[str]
    steps: Sequence[str]
    address: str


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

    def signed(self, lines: Sequence[str], *, has_slip: bool = False) -> None:
        """The signatory, at the right, with room for a signature and a stamp."""
        self._pdf.ln(4)
        self._block(lines, _WINDOW_LEFT_MM, self._pdf.get_y(), _WINDOW_WIDTH_MM)
        bottom = SLIP_TOP_MM if has_slip else self._pdf.get_y() + _SIGNATURE_MM
        self._pdf.set_y(max(self._pdf.get_y(), min(self._pdf.get_y() + _SIGNATURE_MM, bottom)))

    def slip(self, slip: Slip) -> None:
        """The lower part of the sheet, under a line to cut along; on the next sheet if a letter goes below.

        Everything of it stands on one sheet, whatever the length of what precedes.
        """
        if self._pdf.get_y() > SLIP_TOP_MM:
            self._pdf.add_page()
        self._pdf.set_auto_page_break(auto=False)
        self._cut_line()
        self._pdf.set_y(SLIP_TOP_MM + 6)
        self._slip_text(slip.title, 11, bold=True)
        self._pdf.ln(1)
        for name, value in slip.facts:
            self._pdf.set_font(_FONT, style="B", size=10.5)
            self._pdf.cell(_SLIP_NAME_MM, 6, self._printable(name))
            self._pdf.set_font(_CODE_FONT if name in slip.codes else _FONT, size=11)
            width = _SLIP_TEXT_MM - _SLIP_NAME_MM
            self._pdf.multi_cell(width, 6, self._printable(value), align="L", new_x="LMARGIN", new_y="NEXT")
        self._pdf.ln(1)
        for number, step in enumerate(slip.steps, 1):
            self._slip_text(f"{number}. {step}", 9.5)
        self._qr(slip.address)
        self._pdf.set_auto_page_break(auto=True, margin=20)

    def _cut_line(self) -> None:
        self._pdf.set_draw_color(110)
        self._pdf.set_dash_pattern(dash=2, gap=2)
        self._pdf.line(0, SLIP_TOP_MM, 210, SLIP_TOP_MM)
        self._pdf.set_dash_pattern()
        self._pdf.set_draw_color(0)
        self._pdf.set_y(SLIP_TOP_MM + 1)
        self._pdf.set_font(_FONT, size=8)
        self._pdf.cell(0, 4, self._printable("À découper et à conserver"), align="C", new_x="LMARGIN")

    def _slip_text(self, text: str, size: float, *, bold: bool = False) -> None:
        self._pdf.set_font(_FONT, style="B" if bold else "", size=size)
        self._pdf.multi_cell(
            _SLIP_TEXT_MM, size * 0.52, self._printable(text), align="L", new_x="LMARGIN", new_y="NEXT"
        )

    def _qr(self, text: str) -> None:
        """Black squares, as readers of codes want them: their quiet zone is left white."""
        rows = qr_rows(text)
        side = SLIP_QR_MM / len(rows)
        self._pdf.set_fill_color(0)
        for down, row in enumerate(rows):
            for across, is_dark in enumerate(row):
                if is_dark:
                    self._pdf.rect(
                        SLIP_QR_LEFT_MM + across * side, SLIP_QR_TOP_MM + down * side, side, side, style="F"
                    )

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
        """Print codes in two columns."""
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

"""Printed pages: names of anybody, and codes nobody mistakes."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from vaguemestre.foundation.ui.printed import LetterHead, PrintedDocument


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Zoé Œuvrard-L’Hôte", "Zoé Œuvrard-L’Hôte"),
        ("Đặng Thị Ánh", "Dang Thi Ánh"),
        ("Łukasz Şahin", "Lukasz Sahin"),
        ("Ștefan\nRue", "Stefan\nRue"),
        ("3 rue des Jacobins\r\n80000 Amiens", "3 rue des Jacobins\n80000 Amiens"),
        ("名", "?"),
    ],
)
def test_a_letter_that_is_not_drawn_loses_its_accent_only(name: str, printed: str) -> None:
    page = PrintedDocument("Lettre", "Académie")
    assert page._printable(name) == printed
    page.content()


def test_the_font_goes_with_the_page() -> None:
    page = PrintedDocument("Votre NUMEN", "Académie d’Amiens")
    page.facts([("NUMEN", "20E0O01234ABC")])
    content = page.content()
    assert content.startswith(b"%PDF-")
    assert b"/FontFile2" in content
    assert b"Helvetica" not in content


def drawn_with(page: PrintedDocument, font: str) -> set[str]:
    face: Any = page._pdf.fonts[font]
    return {chr(glyph.unicode[0]) for glyph, _ in face.subset.items() if glyph}


@pytest.mark.parametrize(("font", "outlines"), [("atkinson", 2), ("atkinsonB", 2), ("atkinson-codes", 3)])
def test_a_zero_is_slashed_in_codes_alone(font: str, outlines: int) -> None:
    page = PrintedDocument("", "")
    face: Any = page._pdf.fonts[font]
    drawing = face.ttfont
    drawn = drawing["glyf"][drawing.getBestCmap()[ord("0")]].numberOfContours
    page.content()  # closes its fonts
    assert drawn == outlines


def test_a_number_is_a_code_only_where_it_is_said_to_be() -> None:
    page = PrintedDocument("2", "80000 Amiens")
    page.facts([("NUMEN", "7E"), ("Le", "30 novembre")], codes=("NUMEN",))
    page.codes(["4F"])
    page.paragraph("10 h")
    page.content()
    assert drawn_with(page, "atkinson-codes") >= set("7E4F")
    assert not drawn_with(page, "atkinson-codes") & set("01238")
    assert "7" not in drawn_with(page, "atkinson")


def test_a_process_that_prints_nothing_does_not_hold_what_prints() -> None:
    code = "import sys, vaguemestre.foundation.ui.printed; print(*{'fpdf', 'fontTools'} & set(sys.modules))"
    around = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    said = subprocess.check_output([sys.executable, "-c", code], text=True, env=around)
    assert not said.strip()


def test_the_recipient_of_a_letter_stands_in_the_window_however_the_sheet_slides(tmp_path: Path) -> None:
    """A DL envelope: window of 100 mm by 45, 20 mm from its right and lower edges; a sheet in three."""
    page = PrintedDocument("Lettre", "Académie", is_letter=True)
    sender = ("Académie d’Amiens", "DPE", "20 boulevard d’Alsace-Lorraine", "80000 Amiens", "03 00", "x@y.fr")
    lines = ("Mme Clémence Bailly", "Chez Monsieur Untel", "Bâtiment C", "3 rue", "Lieu-dit", "80000 Amiens")
    page.next_letter(LetterHead(sender, lines, "Amiens, le 27 novembre 2026", [("Objet", "NUMEN")]))
    page.paragraph("Madame,")
    (tmp_path / "letter.pdf").write_bytes(page.content())
    read = ["pdftotext", "-bbox", str(tmp_path / "letter.pdf"), "-"]
    found = re.findall(
        r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]+)<',
        subprocess.check_output(read, text=True),
    )
    words = [(word, [float(one) * 25.4 / 72 for one in box]) for *box, word in found]
    start = next(at for at, (word, _) in enumerate(words) if word == "Mme")
    recipient = words[start : start + len(" ".join(lines).split())]
    assert recipient[-1][0] == "Amiens"
    for word, (left, top, right, bottom) in recipient:
        for aside in (0, 10):  # the sheet, 210 mm, in an envelope of 220
            for down in (0, 11):  # a third of it, 99 mm, in one of 110
                assert left + aside >= 100, word
                assert right + aside <= 200, word
                assert top + down >= 45, word
                assert bottom + down <= 90, word
    outside = [word for word, (left, top, _, _) in words if left > 100 and 45 <= top <= 90]
    assert outside == " ".join(lines).split()

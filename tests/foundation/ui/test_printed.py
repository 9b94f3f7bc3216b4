"""Printed pages: names of anybody, and codes nobody mistakes."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from vaguemestre.foundation.ui.files.qr_codes import qr_rows
from vaguemestre.foundation.ui.printed import (
    SLIP_BOTTOM_MM,
    SLIP_QR_LEFT_MM,
    SLIP_QR_MM,
    SLIP_QR_TOP_MM,
    SLIP_TOP_MM,
    LetterHead,
    PrintedDocument,
    Slip,
)


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


PUBLIC = "https://messagerie.ac-amiens.test/assistant/"
LONG_SLIP = Slip(
    "Activer votre compte de messagerie professionnelle",
    (
        ("NUMEN", "80E0O01234ABC"),
        ("Identifiant", "wwwwwwwwwwwwwwwwwwwwwwwwwwwwww12 (un homonyme existe, d’où le chiffre)"),
        (
            "Adresse électronique",
            "maximilienne-wilhelmine.montmorency-wattrelos-de-la-motte12@ac-amiens.test",
        ),
    ),
    ("NUMEN",),
    (
        "Ouvrez la page https://messagerie-professionnelle.ac-amiens.test/assistant/, " + "ou visez " * 9,
        "Écrivez votre NUMEN " * 6,
        "Choisissez votre mot de passe " * 4,
    ),
    PUBLIC,
)


def words_of(path: Path) -> list[tuple[str, float, float]]:
    """Words of a PDF, with the millimetres from the top of their page to their top and to their bottom."""
    read = subprocess.check_output(["pdftotext", "-bbox", str(path), "-"], text=True)
    found = re.findall(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]+)<', read)
    return [(word, float(top) * 25.4 / 72, float(bottom) * 25.4 / 72) for top, bottom, word in found]


def letter(paragraphs: int, slip: Slip) -> bytes:
    page = PrintedDocument("Lettre", "Académie", is_letter=True)
    page.next_letter(LetterHead(("Académie",), ("Mme Bailly",), "Le 27 novembre", [("Objet", "NUMEN")] * 3))
    for _ in range(paragraphs):
        page.paragraph("Ce paragraphe a sa ligne.")
    page.signed(("Pour l’autorité académique,", "DPE"), has_slip=True)
    page.slip(slip)
    return page.content()


@pytest.mark.parametrize(("paragraphs", "pages"), [(1, 1), (9, 1), (14, 2)])
def test_a_slip_is_whole_on_one_sheet_under_whatever_precedes_it(
    tmp_path: Path, paragraphs: int, pages: int
) -> None:
    content = letter(paragraphs, LONG_SLIP)
    assert content.count(b"/Type /Page\n") == pages
    (tmp_path / "letter.pdf").write_bytes(content)
    words = words_of(tmp_path / "letter.pdf")
    cut = next(at for at, (word, _, _) in enumerate(words) if word == "découper") - 1
    if pages == 1:
        assert all(bottom <= SLIP_TOP_MM for _, _, bottom in words[:cut])
    assert all(top >= SLIP_TOP_MM and bottom <= SLIP_BOTTOM_MM for _, top, bottom in words[cut:])
    assert "NUMEN" in [word for word, _, _ in words[cut:]]


def test_the_code_of_a_slip_leads_to_its_public_address_and_holds_no_more(tmp_path: Path) -> None:
    (tmp_path / "letter.pdf").write_bytes(letter(1, LONG_SLIP))
    subprocess.run(["pdftoppm", "-r", "300", "-gray", tmp_path / "letter.pdf", tmp_path / "page"], check=True)
    drawn = Image.open(next(tmp_path.glob("page*.pgm")))
    expected = [list(row) for row in qr_rows(PUBLIC)]
    side = SLIP_QR_MM / len(expected)

    def is_dark(across: int, down: int) -> bool:
        left, top = SLIP_QR_LEFT_MM + (across + 0.5) * side, SLIP_QR_TOP_MM + (down + 0.5) * side
        return int(drawn.getpixel((int(left * 300 / 25.4), int(top * 300 / 25.4)))) < 128  # type: ignore[arg-type]

    seen = [[int(is_dark(across, down)) for across in range(len(expected))] for down in range(len(expected))]
    assert seen == expected


def test_a_code_of_a_slip_has_its_slashed_zero() -> None:
    page = PrintedDocument("", "", is_letter=True)
    page.next_letter(LetterHead((), (), "", ()))
    page.slip(LONG_SLIP)
    page.content()
    assert drawn_with(page, "atkinson-codes") >= set("80E1234ABC")
    assert "8" not in drawn_with(page, "atkinson")

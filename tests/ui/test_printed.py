"""Printed pages: names of anybody, and codes nobody mistakes."""

import os
import subprocess
import sys

import pytest

from vaguemestre.ui.printed import Printed


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Zoé Œuvrard-L’Hôte", "Zoé Œuvrard-L’Hôte"),
        ("Đặng Thị Ánh", "Dang Thi Ánh"),
        ("Łukasz Şahin", "Lukasz Sahin"),
        ("Ștefan\nRue", "Stefan\nRue"),
        ("名", "?"),
    ],
)
def test_a_letter_that_is_not_drawn_loses_its_accent_only(name: str, printed: str) -> None:
    page = Printed("Lettre", "Académie")
    assert page._written(name) == printed
    page.content()


def test_the_font_goes_with_the_page() -> None:
    page = Printed("Votre NUMEN", "Académie d’Amiens")
    page.facts([("NUMEN", "20E0O01234ABC")])
    content = page.content()
    assert content.startswith(b"%PDF-")
    assert b"/FontFile2" in content
    assert b"Helvetica" not in content


def test_a_process_that_prints_nothing_does_not_hold_what_prints() -> None:
    code = "import sys, vaguemestre.ui.printed; print(*{'fpdf', 'fontTools'} & set(sys.modules))"
    around = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    said = subprocess.check_output([sys.executable, "-c", code], text=True, env=around)
    assert not said.strip()

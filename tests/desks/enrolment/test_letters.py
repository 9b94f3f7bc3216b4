"""The letter that delivers a NUMEN, as printed."""

import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

from vaguemestre.desks.enrolment.values import DeliveryLetter
from vaguemestre.desks.enrolment.views.letters import print_letters
from vaguemestre.people.paragraphs.rules import clean_paragraph, most_characters
from vaguemestre.people.paragraphs.values import LetterKind

NUMEN = "80E0O01234ABC"
LETTER = DeliveryLetter(
    civility="Mme",
    name="Mme Maximilienne-Wilhelmine Montmorency-Wattrelos de la Motte",
    postal="Chez Monsieur Untel\nBâtiment C, appartement 12\n3 rue des Jacobins\n80000 Amiens",
    service="Division des personnels de l’enseignement primaire et secondaire",
    service_code="DPE",
    service_postal="20 boulevard d’Alsace-Lorraine\n80063 AMIENS CEDEX 9",
    contacts=("03 22 82 38 23", "dpe@ac-amiens.test"),
    academy="Académie d’Amiens",
    reference="N26-ABCDEF",
    writer="Mme Odile Lemaire",
    username="mmontmorency2",
    has_namesake=True,
    address="maximilienne-wilhelmine.montmorency-wattrelos-de-la-motte2@ac-amiens.test",
    numen=NUMEN,
    page="https://messagerie.ac-amiens.test/assistant/",
)


def text_of(content: bytes, folder: Path) -> str:
    (folder / "letter.pdf").write_bytes(content)
    return subprocess.check_output(["pdftotext", "-layout", folder / "letter.pdf", "-"], text=True)


def test_the_numen_is_on_the_slip_alone_and_the_longest_letter_on_one_sheet(tmp_path: Path) -> None:
    text = text_of(print_letters([LETTER], date(2026, 11, 27)), tmp_path)
    assert text.count("\f") == 1
    kept, _, slip = text.partition("À découper")
    assert NUMEN not in kept
    assert slip.count(NUMEN) == 1
    assert "Affaire suivie par : Mme Odile Lemaire" in kept
    for said in ("mmontmorency2", "https://messagerie.ac-amiens.test/assistant/", "1. ", "2. ", "3. "):
        assert said in slip


def test_the_longest_paragraph_of_an_academie_stands_above_the_slip_on_the_same_sheet(tmp_path: Path) -> None:
    most = most_characters(LetterKind.NUMEN_LETTER)
    own = clean_paragraph(LetterKind.NUMEN_LETTER, "MAMMOUTH " * (most // 9))
    text = text_of(print_letters([replace(LETTER, paragraph=own)], date(2026, 11, 27)), tmp_path)
    assert text.count("\f") == 1
    kept = text.partition("À découper")[0]
    assert kept.count("MAMMOUTH") == most // 9
    assert kept.index("MAMMOUTH") < kept.index("Je vous prie d’agréer")


def test_the_first_of_a_month_is_written_as_in_french(tmp_path: Path) -> None:
    text = text_of(print_letters([LETTER], date(2026, 12, 1)), tmp_path)
    assert "Amiens, le 1er décembre 2026" in text


def test_each_letter_has_its_own_slip(tmp_path: Path) -> None:
    text = text_of(print_letters([LETTER, LETTER], date(2026, 11, 27)), tmp_path)
    assert [page.count("À découper") for page in text.split("\f") if page] == [1, 1]


def test_somebody_who_signs_in_already_is_told_how_and_not_to_activate(tmp_path: Path) -> None:
    letter = replace(LETTER, is_activated=True, page="https://messagerie.ac-amiens.test/alogin")
    text = " ".join(text_of(print_letters([letter], date(2026, 11, 27)), tmp_path).split())
    slip = text.partition("À découper")[2]
    assert "Activer" not in slip
    assert slip.count(NUMEN) == 1
    assert "https://messagerie.ac-amiens.test/alogin" in slip
    assert "déjà activé" in slip
    assert "J’ai oublié mon mot de passe" in slip
    assert "choisir votre mot de passe" not in text

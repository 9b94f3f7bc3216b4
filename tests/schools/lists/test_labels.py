"""Criteria of lists in words, and copies without their files."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest

from vaguemestre.schools.lists.rules.labels import value_label
from vaguemestre.schools.lists.rules.list_copy import without_files


@pytest.mark.parametrize(
    ("name", "code", "label"),
    [
        ("uais", "0800001A", "Collège Jules-Verne"),
        ("uais", "0800002B", "0800002B"),
        ("districts", "0801", "Circonscription 0801"),
        ("departments", "080", "Somme (80)"),
        ("functions", "inconnue", "inconnue"),
        ("disciplines", "inconnue", "inconnue"),
    ],
)
def test_a_value_is_said_in_words_and_by_its_code_if_it_has_none(name: str, code: str, label: str) -> None:
    assert value_label(name, code, {"0800001A": "Collège Jules-Verne"}) == label


def letter(*files: str, text: str = "Bonjour") -> bytes:
    message = EmailMessage()
    message["Subject"] = "Sortie"
    if text:
        message.set_content(text)
    for name in files:
        message.add_attachment(b"x" * 30, maintype="application", subtype="pdf", filename=name)
    return message.as_bytes(policy=SMTP)


def test_a_copy_without_files_keeps_the_text_and_names_them() -> None:
    content, files = without_files(letter("plan.pdf", "menu.pdf"))
    assert b"Bonjour" in content
    assert [(file.name, file.size) for file in files] == [("plan.pdf", 30), ("menu.pdf", 30)]
    assert b"application/pdf" not in content


def test_a_message_that_is_nothing_but_files_becomes_an_empty_text() -> None:
    alone = EmailMessage()
    alone["Subject"] = "Sortie"
    alone.set_content(
        b"x" * 30, maintype="application", subtype="pdf", disposition="attachment", filename="p.pdf"
    )
    for raw in (letter("plan.pdf", text=""), alone.as_bytes(policy=SMTP)):
        content, files = without_files(raw)
        assert len(files) == 1
        assert b"text/plain" in content
        assert b"application/pdf" not in content

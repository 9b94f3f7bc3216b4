"""The words of a file, whatever the file: what can be read is said, the rest says nothing, and it ends."""

import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.dovecot import office

from vaguemestre.engines.conversion.decoders.file_text import file_text

KINDS = (office.WORD, office.SHEET, office.SLIDES, f"{office.OPEN}text", "application/csv")


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        (office.WORD, office.docx("bacca", "lauréat"), "baccalauréat"),
        (office.SHEET, office.xlsx("Effectifs", "1234,5"), "Effectifs 1234,5"),
        (office.SLIDES, office.pptx("Réunion"), "Réunion"),
        (f"{office.OPEN}text", office.opened("service"), "une note service fin"),
        ("application/csv", "Nom;Élève".encode("cp1252"), "Nom;Élève"),
        ("application/csv", "Nom;Élève".encode("utf-16"), "Nom;Élève"),
    ],
)
def test_words_stand_as_they_are_read(kind: str, content: bytes, said: str) -> None:
    assert file_text(kind, content).decode().split() == said.split()


def test_two_cells_are_two_words_and_a_place_in_a_table_is_none() -> None:
    words = file_text(office.SHEET, office.xlsx("Effectifs", "12")).decode().split()
    assert "4807" not in words


@pytest.mark.heavy
@pytest.mark.parametrize("make", [office.bomb, office.laughs])
def test_what_would_grow_without_end_is_cut(make: Callable[[str], bytes]) -> None:
    assert len(file_text(office.WORD, make("zinzolin"))) <= 1_000_010


@pytest.mark.heavy
def test_a_bomb_is_read_to_the_limit_and_its_words_before_are_kept() -> None:
    tracemalloc.start()
    assert file_text(office.WORD, office.bomb("zinzolin")).startswith(b"zinzolin")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 100_000_000  # octets; it unpacks to four times as many


@given(st.sampled_from(KINDS), st.binary(max_size=400), st.integers(0, 2_000), st.integers(1, 300))
def test_nothing_broken_is_a_crash(kind: str, junk: bytes, at: int, size: int) -> None:
    for whole in (office.docx("a", "b"), office.xlsx("a", "1"), office.opened("a"), b""):
        file_text(kind, whole[:at] + junk + whole[at + size :])

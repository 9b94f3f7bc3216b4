"""Words compared as people compare them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.foundation.kernel.texts import counted, inflected, spellings, without_accents, words_only


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Élodie N’Diaye", "elodie n’diaye"),
        ("GARÇON", "garcon"),
        ("ﬁle", "file"),
        ("12 bis", "12 bis"),
        ("", ""),
    ],
)
def test_case_and_accents_do_not_tell_words_apart(text: str, expected: str) -> None:
    assert without_accents(text) == expected


@given(st.text())
def test_what_is_bare_stays_as_it_is(text: str) -> None:
    assert without_accents(without_accents(text)) == without_accents(text)


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 demande"), (1, "1 demande"), (2, "2 demandes"), (1_000, "1000 demandes")]
)
def test_the_plural_begins_at_two(number: int, words: str) -> None:
    assert counted(number, "demande") == words


def test_an_irregular_plural_is_given_whole() -> None:
    assert [counted(n, "travail", "travaux") for n in (1, 2)] == ["1 travail", "2 travaux"]
    assert [inflected(n, "est", "sont") for n in (0, 1, 2)] == ["est", "est", "sont"]


def test_a_ligature_is_spelled_both_ways_and_what_was_typed_comes_first() -> None:
    assert spellings("voeux") == ("voeux", "vœux")
    assert spellings("Œuvre") == ("Œuvre", "oeuvre", "œuvre")
    assert spellings("cœurs coexistants") == tuple(
        f"{one} {other}" for one, other in [("cœurs", "coexistants"), ("coeurs", "coexistants"),
                                            ("coeurs", "cœxistants"), ("cœurs", "cœxistants")]
    )  # fmt: skip
    assert spellings("Noël") == ("Noël",)
    assert len(spellings("oe" * 100)) <= 8
    assert words_only("Les VŒUX, et cætera") == "les voeux et caetera"

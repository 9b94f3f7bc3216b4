"""Words compared as people compare them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.foundation.kernel.texts import (
    MAX_ACCENTED_FORMS,
    accented_forms,
    counted,
    inflected,
    spellings,
    without_accents,
    words_only,
)


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


_NAMES = (
    "aissatou n’diaye aïcha anaïs benoît bérénice barthélémy chloé clémentine désirée éléonore "
    "évêque fernández françoise frédérique gaëtane geneviève grégoire gwenaëlle hélène héloïse jérôme "
    "lefèvre lemaître lévêque maëlys ménétrier müller muñoz naïma noëlle océane prévôt raphaël rémi "
    "thérèse zoé zoë"
)


@pytest.mark.parametrize("name", _NAMES.split())
def test_the_accents_of_a_usual_name_are_among_its_forms(name: str) -> None:
    forms = accented_forms(without_accents(name))
    assert name in forms
    assert forms[0] == without_accents(name)


def test_a_name_typed_with_its_accents_is_also_tried_without() -> None:
    assert accented_forms("Éric")[:2] == ("éric", "eric")


@given(st.text(max_size=60))
def test_forms_are_few_and_only_their_accents_differ(text: str) -> None:
    forms = accented_forms(text)
    assert 1 <= len(forms) <= MAX_ACCENTED_FORMS
    assert {without_accents(form) for form in forms} == {without_accents(text)}

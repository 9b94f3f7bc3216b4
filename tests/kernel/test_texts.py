"""Words compared as people compare them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.kernel.texts import bare


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
    assert bare(text) == expected


@given(st.text())
def test_what_is_bare_stays_as_it_is(text: str) -> None:
    assert bare(bare(text)) == bare(text)

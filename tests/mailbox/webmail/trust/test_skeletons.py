"""Letters set apart, and strokes that stand for « i » and « l »: any name is read back from its disguise."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vaguemestre.mailbox.webmail.rules.trust.impostors import is_close, joined_names, possible_names
from vaguemestre.mailbox.webmail.rules.trust.skeletons import joined_letters, same_strokes, skeleton

_WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=12)
_GAPS = st.sampled_from((" ", ".", "-", "_", " · ", ". ", "\u2009", "*"))


def addresses_meant(display: str) -> set[str]:
    return {f"{first}.{last}" for first, last in possible_names(display)} | {*joined_names(display)}


@given(_WORD, _WORD, _GAPS)
def test_a_name_whose_letters_are_set_apart_is_that_name(first: str, last: str, gap: str) -> None:
    for name in (f"{first.title()}{last.title()}", f"{first}{last}", f"{last}{first}".upper()):
        assert f"{first}.{last}" in addresses_meant(gap.join(name))


@given(_WORD, _WORD, _GAPS)
def test_words_set_apart_by_another_sign_stay_words(first: str, last: str, gap: str) -> None:
    assume(gap.strip())
    other = gap.join(first) + " / " + gap.join(last)
    assert joined_letters(other) == f"{first} / {last}"


@given(st.text(max_size=60))
def test_letters_that_stand_together_are_left_as_they_are(text: str) -> None:
    joined = joined_letters(text)
    assert len(joined) <= len(text)
    if not any(char.isalnum() or char in "!¡|$" for char in text):
        assert joined == text


@pytest.mark.parametrize("text", ["Jean Durand", "A. B. Martin", "J.-P. Morin", "Classe 6e B", "a b c", ""])
def test_a_few_initials_are_no_word(text: str) -> None:
    assert joined_letters(text) == text


@given(_WORD, st.data())
def test_strokes_stand_for_each_other_and_for_nothing_else(word: str, data: st.DataObject) -> None:
    drawn = "".join(data.draw(st.sampled_from("il1|")) if char in "il" else char for char in word)
    assert is_close(skeleton(drawn), word)
    assert same_strokes(word).replace("l", "") == word.replace("i", "").replace("l", "")


@given(st.text(max_size=250))
def test_any_text_names_a_bounded_number_of_people(text: str) -> None:
    assert len([*possible_names(text)]) <= 40
    assert len(joined_names(text)) <= 80

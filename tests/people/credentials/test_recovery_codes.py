"""Recovery codes: drawn, recognised however typed, and worth nothing to whoever reads the table."""

from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.people.credentials.rules.recovery_codes import HOW_MANY, drawn_codes, marks_of, plain
from vaguemestre.people.credentials.rules.secret_box import keys_from

KEYS = keys_from("an instance")


def test_ten_codes_all_different() -> None:
    codes = drawn_codes()
    assert len(set(codes)) == HOW_MANY == 10
    assert all(len(plain(code)) == 12 for code in codes)


def test_a_code_is_known_however_it_is_typed() -> None:
    code = drawn_codes()[0]
    for typed in (code.upper(), code.replace("-", " "), f"  {code} ", code.replace("-", "")):
        assert marks_of(typed, 7, KEYS) == marks_of(code, 7, KEYS)


def test_a_code_is_its_owners_alone() -> None:
    code = drawn_codes()[0]
    assert marks_of(code, 7, KEYS) != marks_of(code, 8, KEYS)


def test_without_the_key_of_the_instance_a_mark_says_nothing() -> None:
    code = drawn_codes()[0]
    assert marks_of(code, 7, KEYS) != marks_of(code, 7, keys_from("another"))


def test_codes_outlive_a_change_of_key() -> None:
    code = drawn_codes()[0]
    assert marks_of(code, 7, KEYS)[0] in marks_of(code, 7, keys_from("the next", "an instance"))


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_code_or_nothing(typed: str) -> None:
    assert len(marks_of(typed, 7, KEYS)) in (0, 1)
    assert plain(typed) == "" or len(plain(typed)) == 12

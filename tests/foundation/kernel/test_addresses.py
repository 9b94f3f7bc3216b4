"""A mail address as a value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.processor import least_seconds

from vaguemestre.foundation.kernel.addresses import (
    Address,
    first_address_in,
    parse_address,
    people_in,
)
from vaguemestre.foundation.kernel.errors import Refusal


def test_an_address_is_read_without_case_or_outer_spaces() -> None:
    assert parse_address("  Jean.Martin1@AC-Amiens.test ") == Address("jean.martin1", "ac-amiens.test")


def test_an_international_domain_is_kept_in_its_ascii_form() -> None:
    assert parse_address("a@académie.fr").domain == "xn--acadmie-eya.fr"


@pytest.mark.parametrize(
    "text",
    ["", "a", "@b.fr", "a@", "a@b", ".a@b.fr", "a.@b.fr", "a..b@c.fr", "a b@c.fr", "a@-b.fr", "a@b-.fr",
     "a@b..fr", "a\r\nBcc: x@y.fr", "a@b.fr\n", "x" * 65 + "@b.fr", "é@b.fr", "a@b.fr,c@d.fr", "<a@b.fr>"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    if text == "a@b.fr\n":  # an outer newline is a slip of the paste, not a header
        assert str(parse_address(text)) == "a@b.fr"
        return
    with pytest.raises(Refusal, match="kernel.address-malformed"):
        parse_address(text)


@given(st.text())
def test_any_text_is_read_or_refused_and_never_holds_a_line_break(text: str) -> None:
    try:
        read = str(parse_address(text))
    except Refusal:
        return
    assert not set(read) & set("\r\n\0 \t,<>")
    assert str(parse_address(read)) == read


@pytest.mark.parametrize("depth", [10, 100, 700, 9_000])
@pytest.mark.parametrize("is_strict", [True, False])
def test_comments_in_one_another_name_nobody_or_whom_they_name(depth: int, *, is_strict: bool) -> None:
    """The standard library gives up by an exception, on which the pages and workers that read it ended."""
    field = "(" * depth + ")" * depth + " marie@ac-amiens.test"
    assert {address for _, address in people_in([field], is_strict=is_strict)} <= {"marie@ac-amiens.test", ""}
    assert people_in(["Marie <marie@ac-amiens.test>"], is_strict=is_strict) == [
        ("Marie", "marie@ac-amiens.test")
    ]


def test_the_first_address_of_a_field_is_found() -> None:
    assert first_address_in("Marie <marie@ac-amiens.test>, paul@ac-amiens.test") == "marie@ac-amiens.test"
    assert first_address_in("(" * 700 + ")" * 700) == first_address_in("") == ""


@pytest.mark.parametrize(
    "domain", ["".join(map(chr, range(0x4E00, 0x4E00 + 8_000))), "é." * 100_000, "a" * 400]
)
def test_an_address_made_to_last_is_refused_in_a_moment(domain: str) -> None:
    """Twenty thousand signs of another alphabet took a minute, in a page that anybody opens."""

    def read() -> None:
        with pytest.raises(Refusal, match="address-malformed"):
            parse_address(f"a@{domain}.fr")

    assert least_seconds(read, 0.05) < 0.05

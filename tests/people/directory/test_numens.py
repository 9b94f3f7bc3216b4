"""NUMENs: read however typed, issued in both layouts, sealed (docs/domain.md §1)."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.rules.numen_vault import (
    digest,
    key_id,
    keys_from,
    open_envelope,
    seal,
    seal_bytes,
    seal_envelope,
    unseal,
    unseal_bytes,
)
from vaguemestre.people.directory.rules.numens import draw_numen, parse_numen
from vaguemestre.people.directory.values import Numen, NumenLayout, StaffCategory

KEYS = keys_from("a secret")
STANDARD = "20E9501234ABC"
SEED = "2620E7ABCDE89"


@pytest.mark.parametrize(
    "typed",
    [
        "20E9501234ABC",
        "20 e 95 01234 abc",
        "20.E.95.01234.ABC",
        "20-E-95\u201301234\u00a0ABC",
        "２０E9501234ABC",
        " 20e9501234abc\n",
    ],
)
def test_spaces_dots_hyphens_and_case_do_not_count(typed: str) -> None:
    assert parse_numen(typed) == Numen(STANDARD, NumenLayout.STANDARD)


def test_the_third_character_tells_the_layouts_apart() -> None:
    assert parse_numen(SEED).layout is NumenLayout.SEED
    assert parse_numen(STANDARD).layout is NumenLayout.STANDARD


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "20E9501234AB",
        "20E9501234ABCD",
        "O0E9501234ABC",
        "20E95O1234ABC",
        "2620E7ABCDEF9",
        "2620E7A8C1E89",
    ],
)
def test_whatever_is_wrong_is_refused_in_the_same_way(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_numen(typed)
    assert (refused.value.code, refused.value.facts) == ("directory.numen-malformed", {})


@given(st.integers(), st.sampled_from(NumenLayout), st.sampled_from(StaffCategory), st.integers(1992, 2091))
def test_an_issued_numen_reads_back_in_its_layout(
    seed: int, layout: NumenLayout, category: StaffCategory, year: int
) -> None:
    issued = draw_numen(layout, academy="20", category=category, year=year, draw=Random(seed))
    assert parse_numen(issued.text) == issued


def test_a_numen_printed_by_accident_is_masked() -> None:
    numen = parse_numen(STANDARD)
    assert (str(numen), f"{numen}") == ("20E••••••••BC", "20E••••••••BC")
    assert STANDARD not in repr(numen)
    assert KEYS.digest_key.hex() not in repr(KEYS)


def test_what_is_sealed_opens_with_its_key_and_is_found_by_its_digest() -> None:
    numen = parse_numen(STANDARD)
    first, second = seal(numen, KEYS), seal(numen, KEYS)
    assert first != second
    assert STANDARD.encode() not in first
    assert unseal(first, KEYS) == unseal(second, KEYS) == numen
    assert digest(numen, KEYS) == digest(parse_numen("20e95 01234 abc"), KEYS)
    assert digest(numen, KEYS) != digest(numen, keys_from("another secret"))


def test_a_rotated_key_still_opens_and_finds() -> None:
    numen, rotated = parse_numen(SEED), keys_from("a new secret", "a secret")
    assert unseal(seal(numen, KEYS), rotated) == numen
    assert digest(numen, rotated) == digest(numen, KEYS)
    assert seal(numen, rotated).startswith(key_id("a new secret").encode())


@pytest.mark.parametrize("keys", [keys_from("another secret"), keys_from("other", "and other")])
def test_nothing_else_opens_it(keys: object) -> None:
    with pytest.raises(Refusal, match="directory.numen-sealed-otherwise"):
        unseal(seal(parse_numen(STANDARD), KEYS), keys)  # type: ignore[arg-type]


def test_altered_or_meant_for_something_else_it_does_not_open() -> None:
    sealed = seal_bytes(b"a line", KEYS, b"feed line")
    assert unseal_bytes(sealed, KEYS, b"feed line") == b"a line"
    for altered, purpose in ((sealed, b"numen"), (sealed[:-1] + bytes([sealed[-1] ^ 1]), b"feed line")):
        with pytest.raises(Refusal, match="directory.numen-sealed-otherwise"):
            unseal_bytes(altered, KEYS, purpose)


def test_an_envelope_opens_whole_for_its_purpose_only() -> None:
    sealed = seal_envelope(b"files", KEYS, b"classes staged")
    assert open_envelope(sealed, KEYS, b"classes staged") == b"files"
    altered = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for content, purpose in ((sealed, b"numen"), (altered, b"classes staged"), (b"", b"classes staged")):
        with pytest.raises(Refusal, match="directory.numen-sealed-otherwise"):
            open_envelope(content, KEYS, purpose)

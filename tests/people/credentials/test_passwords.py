"""Which passwords may be chosen, and what is kept of them."""

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.access.signin.people import PASSWORD, account

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.ports import numen_words
from vaguemestre.people.credentials.queries import password_context_of
from vaguemestre.people.credentials.rules.passwords import (
    FRENCH,
    normalized_password,
    numen_words_in,
    strength,
)
from vaguemestre.people.credentials.services import check_chosen_password, hash_password, matches_hash
from vaguemestre.people.credentials.values import PasswordContext, Strength

NICOLAS = PasswordContext(
    ("Nicolas Morel", "nmorel", "Collège Jean-Macé", "Abbeville", "Académie d’Amiens"),
    ("20E9501234ABC",),
    date(1985, 9, 3),
)
COMMON = {"password1234", "iloveyou1234"}
LEET = str.maketrans({"a": "4", "e": "3", "i": "1", "o": "0", "s": "5"})


@pytest.mark.parametrize(
    "password",
    [
        "le chat mange la souris verte",
        "corail-lampe-77-Verger",
        "xK9#mQ2$vL7p",
        "tilleul-lampe-wagon-hamac-775",
        "日本語のパスワードです長い",
        PASSWORD,
    ],
)
def test_good_passwords_need_no_particular_signs(password: str) -> None:
    assert strength(password, NICOLAS, COMMON).is_enough


@pytest.mark.parametrize(
    ("password", "judged"),
    [
        ("onze signes", Strength.TOO_SHORT),
        ("x" * 129, Strength.TOO_LONG),
        ("password1234", Strength.TOO_COMMON),
        ("MotDePasse2026!", Strength.TOO_COMMON),
        ("M0td3P4sse!!", Strength.TOO_COMMON),
        ("soleilsoleil", Strength.TOO_COMMON),
        ("azertyuiop123", Strength.TOO_COMMON),
        ("Nicolas-Morel-03/09/1985", Strength.TOO_CLOSE),
        ("N1c0l4sM0r3l03091985", Strength.TOO_CLOSE),
        ("leroM-salociN-2026", Strength.TOO_CLOSE),
        ("collegejeanmace2026", Strength.TOO_CLOSE),
        ("20E9501234ABC", Strength.TOO_CLOSE),
        ("cba4321059e02", Strength.TOO_CLOSE),
        ("20 E 95 01234 ABC !", Strength.TOO_CLOSE),
        ("rectoratacademie1", Strength.TOO_CLOSE),
        ("471836582635", Strength.TOO_SIMPLE),
        ("xyxyxyxyxyxyxyxy", Strength.TOO_SIMPLE),
    ],
)
def test_what_others_would_try_is_refused(password: str, judged: Strength) -> None:
    assert strength(password, NICOLAS, COMMON) is judged


@given(st.sampled_from(list(permutations(("03", "09", "1985")))), st.sampled_from(["", "/", "-", ".", " "]))
def test_the_birth_date_is_seen_in_every_order(order: tuple[str, ...], between: str) -> None:
    assert strength(f"morel{between.join(order)}!!", NICOLAS, COMMON) is Strength.TOO_CLOSE


@given(
    st.sampled_from(["nicolasmorel", "jeanmaceabbeville", "morelnicolas", "abbevillemorel"]),
    st.sampled_from(["", "!", "2026", "123", "*2026*"]),
    st.booleans(),
    st.booleans(),
)
def test_ones_own_words_are_seen_however_disguised(word: str, after: str, leet: bool, upper: bool) -> None:
    written = word.translate(LEET) if leet else word
    written = (written.upper() if upper else written) + after
    assert not strength(written, NICOLAS, COMMON).is_enough


@given(st.sampled_from(sorted(w for w in FRENCH if len(w) >= 12)), st.sampled_from(["", "1", "2026!", "***"]))
def test_common_cores_are_seen_under_their_endings(core: str, after: str) -> None:
    assert strength(core.capitalize() + after, NICOLAS, COMMON) is Strength.TOO_COMMON


@given(st.text(max_size=200))
def test_whatever_is_typed_is_judged(password: str) -> None:
    judged = strength(password, NICOLAS, COMMON)
    length = len(normalized_password(password))
    assert (judged is Strength.TOO_SHORT) == (length < 12)
    assert (judged is Strength.TOO_LONG) == (length > 128)


@pytest.mark.usefixtures("real_hashes")
def test_nothing_is_cut_and_unicode_is_one() -> None:
    kept = hash_password("é" * 128)
    assert kept.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert matches_hash("e\N{COMBINING ACUTE ACCENT}" * 128, kept)
    assert not matches_hash("é" * 127, kept)


def test_nothing_holds_against_nothing() -> None:
    assert not matches_hash("", "")
    assert not matches_hash("not the password of anybody", "")


@pytest.mark.django_db
def test_the_refusal_knows_the_persons_school_and_numen() -> None:
    nicolas = account(numen="20E9501234ABC")
    words = numen_words.get()
    for password in ("abbeville2026!", "CollegeJeanMace1", "20E9501234ABC!", "nmorel-nmorel-nmorel"):
        with pytest.raises(Refusal, match=r"credentials\.password-too"):
            check_chosen_password(password, password_context_of(nicolas.pk, password, words))
    check_chosen_password(PASSWORD, password_context_of(nicolas.pk, PASSWORD, words))


NUMEN = "20E9501234ABC"


@pytest.mark.parametrize(
    "password",
    [NUMEN, f"{NUMEN}!", NUMEN.lower(), NUMEN[::-1] + "zz", "20E95012 et alors", "x01234ABCx01234ABC",
     "2OE95O1234ABC", "velo 9501234abc", "quatre vélos bleus", "01234"],
)  # fmt: skip
def test_the_words_found_judge_a_password_as_the_whole_numen_does(password: str) -> None:
    found = numen_words_in(NUMEN, password)
    whole = strength(password, PasswordContext(numens=(NUMEN,)), frozenset())
    assert strength(password, PasswordContext(numens=found), frozenset()) == whole


def test_nothing_of_a_numen_is_told_but_what_was_typed() -> None:
    assert numen_words_in(NUMEN, "quatre vélos bleus") == ()
    assert numen_words_in(NUMEN, "20E9") == ()
    assert numen_words_in(NUMEN, "20E95012") == ("20e95012", "2oegsoi2")  # as it is, and as it may be read

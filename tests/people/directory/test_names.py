"""Usernames and addresses from names (docs/domain.md §2.3)."""

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.rules.names import (
    LOCAL_PART_LIMIT,
    USERNAME_LIMIT,
    address_base,
    candidates,
    fold,
    is_numbered,
    is_reserved,
    numbered,
    shows_surname,
    username_base,
)
from vaguemestre.people.directory.services.names import _allocate

VECTORS = [
    ("Jean-Pierre", "Dupont", "jdupont", "jean-pierre.dupont"),
    ("Marc", "Le Dupond", "mle-dupond", "marc.le-dupond"),
    ("Eugène", "Jacob de Cordemoy", "ejacob-de-cordemoy", "eugene.jacob-de-cordemoy"),
    ("Élodie", "Lefèvre", "elefevre", "elodie.lefevre"),
    ("Zoé", "d'Hérouville", "zdherouville", "zoe.dherouville"),
    ("François-Xavier", "de La Rochefoucauld", "fde-la-rochefoucauld", "francois-xavier.de-la-rochefoucauld"),
    ("Anne Marie", "Martin-Durand", "amartin-durand", "anne-marie.martin-durand"),
    ("Noël", "Œuvrard", "noeuvrard", "noel.oeuvrard"),
    ("Ngọc Ánh", "Nguyễn", "nnguyen", "ngoc-anh.nguyen"),
    ("Maëlys", "N'Diaye", "mndiaye", "maelys.ndiaye"),
    ("Hélène", "O’Connor", "hoconnor", "helene.oconnor"),
    ("José", "Dos Santos Ferreira", "jdos-santos-ferreira", "jose.dos-santos-ferreira"),
    ("Inès", "El-Khatib", "iel-khatib", "ines.el-khatib"),
    ("Łukasz", "Kowalski", "lkowalski", "lukasz.kowalski"),
    ("Øystein", "Sørensen", "osorensen", "oystein.sorensen"),
    ("A", "Li", "ali", "a.li"),
]


@pytest.mark.parametrize(("first", "last", "username", "address"), VECTORS)
def test_the_sixteen_vectors_hold(first: str, last: str, username: str, address: str) -> None:
    assert username_base(first, last) == username
    assert address_base(first, last) == address


@pytest.mark.parametrize("name", ["<script>", "a@b", "x;y", "=1", "Martin\n"])
def test_markup_and_formulas_name_nobody(name: str) -> None:
    for names in (("Eve", name), (name, "Martin")):
        for base in (username_base, address_base):
            with pytest.raises(Refusal) as refused:
                base(*names)
            assert refused.value.code == "directory.name-with-signs"


@given(st.text(max_size=80))
def test_folding_gives_plain_letters_and_folding_again_changes_nothing(name: str) -> None:
    folded = fold(name)
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", folded)
    assert fold(folded) == folded


@given(st.from_regex(r"[a-z0-9]{1,3}[a-z0-9.-]{0,90}[a-z0-9]", fullmatch=True), st.integers(0, 99_999))
def test_the_base_is_cut_never_the_number(base: str, number: int) -> None:
    for limit in (USERNAME_LIMIT, LOCAL_PART_LIMIT):
        candidate = numbered(base, number, limit)
        assert 0 < len(candidate) <= limit
        assert candidate.endswith(str(number) if number else candidate[-1])


@pytest.mark.parametrize("name", [("李", "小龙"), ("Anna", "Иванова"), ("", "Martin"), ("—", "'")])
def test_a_name_that_leaves_nothing_goes_to_a_human(name: tuple[str, str]) -> None:
    with pytest.raises(Refusal, match="directory.name-unwritable"):
        username_base(*name)


def test_candidates_are_numbered_from_one_and_reserved_names_are_skipped() -> None:
    names = candidates("jdupont", USERNAME_LIMIT)
    assert [next(names) for _ in range(3)] == ["jdupont", "jdupont1", "jdupont2"]
    assert next(candidates("root", USERNAME_LIMIT)) == "root1"


@pytest.mark.parametrize(
    "local", ["postmaster", "abuse", "security", "noreply", "ce.0809001z", "dpo", "rssi"]
)
def test_functions_keep_their_names(local: str) -> None:
    assert is_reserved(local)


@pytest.mark.parametrize(
    ("local", "last_name", "has_one"),
    [
        ("mdurand", "Durand", False),
        ("mdurand1", "Durand", True),
        ("marie.durand12@ac-amiens.test", "Durand", True),
        ("marie.durand@ac-amiens.test", "Durand", False),
        ("xmusk12", "Musk12", False),
    ],
)
def test_a_number_that_tells_from_a_namesake_is_seen(local: str, last_name: str, has_one: bool) -> None:
    assert is_numbered(local, last_name) is has_one


# few letters, so that namesakes abound; digits, so that a name may look like another's numbered one
_bases = st.lists(st.text("ab1", min_size=1, max_size=3).map(lambda rest: "d" + rest), max_size=30)
_taken = st.frozensets(st.text("ab1", min_size=1, max_size=3).map(lambda rest: "d" + rest))


def allotted(bases: list[str], taken: frozenset[str]) -> list[str]:
    return _allocate(bases, USERNAME_LIMIT, lambda asked: set(asked) & taken)


@given(_bases, _taken)
def test_what_is_given_is_unique_never_taken_and_always_the_same(
    bases: list[str], taken: frozenset[str]
) -> None:
    given_names = allotted(bases, taken)
    assert len(set(given_names)) == len(bases)
    assert not set(given_names) & taken
    assert given_names == allotted(bases, taken)


@given(_bases, _taken, st.integers(0, 30))
def test_what_is_given_in_two_times_is_what_is_given_at_once(
    bases: list[str], taken: frozenset[str], cut: int
) -> None:
    """An import that stopped anywhere goes on as if it had not."""
    first = allotted(bases[:cut], taken)
    assert [*first, *allotted(bases[cut:], taken | frozenset(first))] == allotted(bases, taken)


@given(st.lists(st.sampled_from(["da", "db", "dab", "dba"]), max_size=20), _taken, st.randoms())
def test_another_order_changes_only_which_namesake_has_which_number(
    bases: list[str], taken: frozenset[str], order: Random
) -> None:
    shuffled = order.sample(bases, len(bases))

    def by_base(asked: list[str]) -> list[tuple[str, str]]:
        return sorted(zip(asked, allotted(asked, taken), strict=True))

    assert by_base(bases) == by_base(shuffled)


@pytest.mark.parametrize(
    ("name", "surname"),
    [
        ("Marie Dupont", "Dupont"),
        ("DUPONT Marie", "Dupont"),
        ("Mme Lefèbvre-D'Arc", "Lefèbvre-D’Arc"),
        ("Élodie d’Hérouville (SVT)", "d'Hérouville"),
        ("Dupont,Marie", "Dupont"),
        ("marie.dupont", "Dupont"),
        ("mdupont3", "Dupont"),
        ("François de La  Rochefoucauld", "de La Rochefoucauld"),
        ("Иван Иванов", "Иванов"),
        ("Collège Jean Moulin – Vie scolaire", "Collège Jean Moulin"),
        (
            "Direction des services départementaux de l’éducation nationale",
            "Direction des services départementaux",
        ),
        (
            "CIO : Inspection de l’éducation nationale – circonscription d’Abbeville",
            "Inspection de l’éducation nationale – circonscription d’Abbeville",
        ),
        ("Anh Lê", "Lê"),
    ],
)
def test_a_surname_among_the_first_words_is_shown(name: str, surname: str) -> None:
    assert shows_surname(name, surname)


@pytest.mark.parametrize(
    ("name", "surname"),
    [
        ("Rectorat", "Dupont"),
        ("Rectorat d’Amiens   Dupont", "Dupont"),
        ("Rectorat d’Amiens\u2800\u2800\u2800Dupont", "Dupont"),
        ("Rectorat de l’académie d’Amiens – secrétariat général, Dupont", "Dupont"),
        ("Rectorat ᵈᵘᵖᵒⁿᵗ", "Dupont"),
        ("Rectorat ⓓⓤⓟⓞⓝⓣ", "Dupont"),
        ("Rectorat ｄｕｐｏｎｔ", "Dupont"),
        ("Rectorat 𝐝𝐮𝐩𝐨𝐧𝐭", "Dupont"),
        ("Rectorat", "Recto"),
        ("École supérieure", "Cole"),
        ("Les recteurs", "Re"),
        ("Ректорат", "Иванов"),
        ("Lefebvre \u202erueessav eppilihp", "Lefebvre"),
        ("Thomas\u200b Lefebvre", "Lefebvre"),
    ],
)
def test_a_surname_out_of_sight_or_within_another_word_is_not_shown(name: str, surname: str) -> None:
    assert not shows_surname(name, surname)

"""Who may write to whom: the owner decides, a teacher's own classes, nobody from elsewhere."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.schools.rosters.rules.addresses import audience_address, audience_of, ent_address, is_nowhere
from vaguemestre.schools.rosters.rules.content_warnings import content_warnings
from vaguemestre.schools.rosters.rules.group_names import audience_label, group_label, matches_query
from vaguemestre.schools.rosters.rules.writing_rights import (
    DEFAULT_RIGHTS,
    OWNERS,
    may_write,
    rights_of,
    role_of,
)
from vaguemestre.schools.rosters.values import Audience, Reach, Right, Role, Side

FUNCTIONS = st.sampled_from(["ENS", "DOC", "EDU", "AED", "ADF", "DIR", "LAB", ""])
RIGHTS = st.lists(
    st.builds(Right, st.sampled_from(Role), st.sampled_from(Side), st.sampled_from(Reach)), max_size=6
)


@given(st.lists(FUNCTIONS, max_size=3), RIGHTS, st.sampled_from(Side), st.booleans(), st.booleans())
def test_nobody_writes_beyond_what_was_decided(
    functions: list[str], chosen: list[Right], side: Side, is_own: bool, is_owner: bool
) -> None:
    rights = rights_of(chosen)
    may = may_write(functions, rights, side, is_own=is_own, is_owner=is_owner)
    if not functions and not is_owner:
        assert not may
    elif is_owner or OWNERS & set(functions):
        assert may
    else:
        reaches = {rights[role_of(one), side] for one in functions}
        assert may == (Reach.ALL in reaches or (Reach.OWN in reaches and is_own))


def test_a_teacher_writes_to_their_own_classes_unless_told_otherwise() -> None:
    for side in Side:
        assert may_write(["ENS"], DEFAULT_RIGHTS, side, is_own=True)
        assert not may_write(["ENS"], DEFAULT_RIGHTS, side, is_own=False)
        assert may_write(["EDU"], DEFAULT_RIGHTS, side, is_own=False)
        assert not may_write(["ADF"], DEFAULT_RIGHTS, side, is_own=True)
    closed = rights_of([Right(Role.TEACHER, Side.FAMILIES, Reach.NONE)])
    assert not may_write(["ENS"], closed, Side.FAMILIES, is_own=True)
    assert may_write(["ENS"], closed, Side.PUPILS, is_own=True)


@given(st.sampled_from(Side), st.integers(1, 10**8))
def test_an_audience_has_an_address_that_leads_nowhere(side: Side, number: int) -> None:
    audience = Audience(side, number)
    assert audience_of(audience_address(audience)) == audience
    assert is_nowhere(audience_address(audience))
    assert audience_of("eleves.1@ac-amiens.test") is None


def test_addresses_outside_the_ent_are_not_kept() -> None:
    assert ent_address("Lea@ENT-amiens.test", "", "ent-amiens.test") == "lea@ent-amiens.test"
    assert ent_address("lea@gmail.example", "", "ent-amiens.test") == ""
    assert ent_address("lea@gmail.example", "lea.m", "ent-amiens.test") == "lea.m@ent-amiens.test"
    assert ent_address("", "pas valable", "ent-amiens.test") == ""


@pytest.mark.parametrize(
    ("written", "shown"),
    [("4B", "4e B"), ("4EME B", "4e B"), ("6e1", "6e 1"), ("TSTI2D", "TSTI2D"), ("2NDE  3", "2NDE 3")],
)
def test_classes_are_shown_as_people_say_them(written: str, shown: str) -> None:
    assert group_label(written) == shown


def test_they_are_found_however_one_types_them() -> None:
    assert audience_label("4B", Side.FAMILIES) == "4e B — familles"
    for typed in ("4b", "4e B", "4e b fam", "classe 4", "parents 4eb", "fam"):
        assert matches_query(typed, "4B", Side.FAMILIES)
        assert matches_query(typed, "4e B", Side.FAMILIES)
    for typed in ("5b", "4b eleves", "", "delattre"):
        assert not matches_query(typed, "4B", Side.FAMILIES)


@given(st.integers(0, 10**10 - 1), st.sampled_from("ABCDEFGHJK"), st.sampled_from(["", " ", "-"]))
def test_a_national_pupil_number_is_seen_and_masked(number: int, letter: str, gap: str) -> None:
    digits = f"{number:010d}"
    for written in (digits + gap + letter, f"{digits[:9]}{letter}{letter}"):
        found = content_warnings("Objet", f"Bonjour, INE {written}, merci.")
        assert [one.kind for one in found] == ["pupil-number"]
        assert digits not in str(found)


def test_private_words_and_social_numbers_are_seen_others_are_not() -> None:
    found = content_warnings("Conseil de discipline", "N° 1 85 02 80 021 123 45 ; dossier MDPH à jour.")
    assert [(one.kind, one.words) for one in found] == [
        ("social-number", ("18•••••••••••45",)),
        ("sensitive", ("mdph", "conseil de discipline")),
    ]
    assert content_warnings("Sortie", "Rendez-vous le 12/05/2026 à 14 h 30, tél. 03 22 00 00 00, 4e B.") == ()


def test_every_role_and_side_is_decided() -> None:
    assert set(DEFAULT_RIGHTS) == set(itertools.product(Role, Side))

"""The home page's decisions."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.desks.portal.rules.home import (
    check_announcement,
    first_visit_steps,
    is_first_visit_closed,
    pending_tasks,
    search_tiles,
    sort_tiles,
)
from vaguemestre.desks.portal.values import Announcement, Importance, MailboxUsage, Step, Task, Tile
from vaguemestre.foundation.kernel.errors import Refusal

TILES = [
    Tile(key, f"/{key}", "mail", title, purpose)
    for key, title, purpose in (
        ("mail", "Messagerie", "Lire et écrire ses courriels"),
        ("rooms", "Salles", "Réserver une salle"),
        ("accolad", "Accolad", "L’intranet de l’académie"),
    )
]
FIRST, LAST = date(2026, 9, 1), date(2026, 9, 30)


@given(st.sets(st.sampled_from(["mail", "rooms", "accolad", "gone"])))
def test_favourites_come_first_and_nothing_is_lost(favourites: set[str]) -> None:
    shown = sort_tiles(TILES, favourites)
    assert sorted(tile.key for tile in shown) == sorted(tile.key for tile in TILES)
    marks = [tile.is_favourite for tile in shown]
    assert marks == sorted(marks, reverse=True)
    assert {tile.key for tile in shown if tile.is_favourite} == favourites - {"gone"}


@pytest.mark.parametrize(
    ("asked", "keys"),
    [("", ["mail", "rooms", "accolad"]), ("ACADEMIE", ["accolad"]), ("salle res", ["rooms"]), ("zzz", [])],
)
def test_an_application_is_found_by_words_of_its_name_or_purpose(asked: str, keys: list[str]) -> None:
    assert [tile.key for tile in search_tiles(TILES, asked)] == keys


def test_only_what_is_left_is_asked() -> None:
    everything = pending_tasks(charter_is_accepted=False, has_factor=False, has_contact=False)
    assert everything == [Task.CHARTER, Task.SECOND_FACTOR, Task.RECOVERY_CONTACT]
    assert pending_tasks(charter_is_accepted=True, has_factor=True, has_contact=True) == []


@pytest.mark.parametrize(
    ("title", "text", "last", "code"),
    [
        (" ", "", LAST, "without-words"),
        ("x" * 121, "", LAST, "too-long"),
        ("x", "y" * 2001, LAST, "too-long"),
        ("x", "", date(2026, 8, 31), "ends-before-it-starts"),
    ],
)
def test_an_unsound_announcement_is_refused(title: str, text: str, last: date, code: str) -> None:
    with pytest.raises(Refusal, match=f"portal.announcement-{code}"):
        check_announcement(Announcement(title, text, Importance.PLAIN, FIRST, last))


def test_room_is_told_narrow_from_nine_tenths() -> None:
    assert not MailboxUsage(89, 100).is_nearly_full
    assert MailboxUsage(90, 100).is_nearly_full
    assert MailboxUsage(5, 0).percent == 0
    assert [MailboxUsage(used, 100).is_full for used in (99, 100, 101)] == [False, True, True]
    assert not MailboxUsage(5, 0).is_full


def test_the_first_visit_ends_when_all_is_done_or_it_is_closed() -> None:
    nothing = {"has_signature": False, "has_device": False, "has_absence": False}
    steps = first_visit_steps(**nothing, is_closed=False)
    assert steps == ((Step.SIGNATURE, False), (Step.PHONE, False), (Step.ABSENCE, False))
    assert first_visit_steps(**nothing, is_closed=True) == ()
    assert first_visit_steps(has_signature=True, has_device=True, has_absence=True, is_closed=False) == ()
    assert (Step.PHONE, True) in first_visit_steps(**{**nothing, "has_device": True}, is_closed=False)


@pytest.mark.parametrize(
    "preferences", [{}, {"portal": "closed"}, {"portal": {}}, {"portal": {"first_visit": 1}}]
)
def test_a_card_is_open_unless_it_was_closed(preferences: dict[str, object]) -> None:
    assert not is_first_visit_closed(preferences)
    assert is_first_visit_closed({"portal": {"first_visit": "closed"}})

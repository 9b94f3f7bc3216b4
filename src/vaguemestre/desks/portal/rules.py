"""Decisions of the home page: which tiles, in which order; which tasks; which announcements are sound."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from vaguemestre.desks.portal.values import Announcement, Task, Tile
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import bare

LONGEST_TITLE, LONGEST_TEXT = 120, 2000


def arranged(tiles: Sequence[Tile], favourites: Collection[str]) -> list[Tile]:
    """Favourites first, each kind in its order."""
    marked = [replace(tile, is_favourite=tile.key in favourites) for tile in tiles]
    return sorted(marked, key=lambda tile: not tile.is_favourite)


def found(tiles: Sequence[Tile], asked: str) -> list[Tile]:
    """Those whose title or purpose holds every word asked, accents and case aside."""
    words = bare(asked).split()
    return [tile for tile in tiles if all(word in bare(f"{tile.title} {tile.purpose}") for word in words)]


def tasks_left(*, charter_is_accepted: bool, has_factor: bool, has_contact: bool) -> list[Task]:
    """In the order of their weight."""
    left = []
    if not charter_is_accepted:
        left.append(Task.CHARTER)
    if not has_factor:
        left.append(Task.SECOND_FACTOR)
    if not has_contact:
        left.append(Task.RECOVERY_CONTACT)
    return left


def check_announcement(wanted: Announcement) -> None:
    """Raises Refusal `portal.announcement-without-words`, `…-too-long`, `…-ends-before-it-starts`."""
    if not wanted.title.strip():
        raise Refusal("portal.announcement-without-words")
    if len(wanted.title) > LONGEST_TITLE or len(wanted.text) > LONGEST_TEXT:
        raise Refusal("portal.announcement-too-long")
    if wanted.ends_on < wanted.starts_on:
        raise Refusal("portal.announcement-ends-before-it-starts")

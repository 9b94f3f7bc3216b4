"""Rules of the home page: tiles, tasks, announcements."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from vaguemestre.desks.portal.values import Announcement, Importance, Step, Task, Tile
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import without_accents
from vaguemestre.people.credentials.values import Preferences

MAX_TITLE_CHARACTERS, MAX_TEXT_CHARACTERS = 120, 2000
PREFERENCES, FIRST_VISIT, CLOSED = "portal", "first_visit", "closed"  # in the preferences of the account
READ_ANNOUNCEMENTS = "read_announcements"  # there too: numbers


def sort_tiles(tiles: Sequence[Tile], favourites: Collection[str]) -> list[Tile]:
    """The tiles with favourites first, otherwise in their order."""
    marked = [replace(tile, is_favourite=tile.key in favourites) for tile in tiles]
    return sorted(marked, key=lambda tile: not tile.is_favourite)


def search_tiles(tiles: Sequence[Tile], query: str) -> list[Tile]:
    """The tiles whose title or purpose contains every word of the query, ignoring accents and case."""
    words = without_accents(query).split()
    return [
        tile
        for tile in tiles
        if all(word in without_accents(f"{tile.title} {tile.purpose}") for word in words)
    ]


def pending_tasks(*, charter_is_accepted: bool, has_factor: bool, has_contact: bool) -> list[Task]:
    """The tasks still to do, most important first."""
    tasks = []
    if not charter_is_accepted:
        tasks.append(Task.CHARTER)
    if not has_factor:
        tasks.append(Task.SECOND_FACTOR)
    if not has_contact:
        tasks.append(Task.RECOVERY_CONTACT)
    return tasks


def is_first_visit_closed(preferences: Preferences) -> bool:
    own = preferences.get(PREFERENCES)
    return isinstance(own, Mapping) and own.get(FIRST_VISIT) == CLOSED


def read_announcements(preferences: Preferences) -> set[int]:
    """The numbers of the announcements that the person no longer wants above their mail."""
    own = preferences.get(PREFERENCES)
    read = own.get(READ_ANNOUNCEMENTS) if isinstance(own, Mapping) else None
    return {number for number in read if isinstance(number, int)} if isinstance(read, list) else set()


def with_read(preferences: Preferences, number: int) -> Preferences:
    """These preferences once that announcement, too, is marked as read."""
    own = preferences.get(PREFERENCES)
    read = sorted(read_announcements(preferences) | {number})
    former = own if isinstance(own, Mapping) else {}
    return {**preferences, PREFERENCES: {**former, READ_ANNOUNCEMENTS: read}}


def urgent_announcement(
    announcements: Sequence[Announcement], preferences: Preferences
) -> Announcement | None:
    """The first announcement to read without delay that the person has not marked as read."""
    read = read_announcements(preferences)
    urgent = (one for one in announcements if one.importance is Importance.WARNING)
    return next((one for one in urgent if one.announcement_id not in read), None)


def first_visit_steps(
    *, has_signature: bool, has_device: bool, has_absence: bool, is_closed: bool
) -> tuple[tuple[Step, bool], ...]:
    """The steps of the first visit, and whether each is done; none once all are, or the card is closed."""
    steps = ((Step.SIGNATURE, has_signature), (Step.PHONE, has_device), (Step.ABSENCE, has_absence))
    return () if is_closed or all(done for _, done in steps) else steps


def check_announcement(announcement: Announcement) -> None:
    """Validate an announcement.

    Raises Refusal `portal.announcement-without-words`, `…-too-long`, `…-ends-before-it-starts`.
    """
    if not announcement.title.strip():
        raise Refusal("portal.announcement-without-words")
    if len(announcement.title) > MAX_TITLE_CHARACTERS or len(announcement.text) > MAX_TEXT_CHARACTERS:
        raise Refusal("portal.announcement-too-long")
    if announcement.ends_on < announcement.starts_on:
        raise Refusal("portal.announcement-ends-before-it-starts")

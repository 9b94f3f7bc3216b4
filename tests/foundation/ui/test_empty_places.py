"""An empty place has one pattern: a picture, a sentence, perhaps a button."""

import re
from pathlib import Path

import pytest

import vaguemestre

SOURCES = Path(vaguemestre.__file__).parent
EMPTY = re.compile(r'<[a-z]+ class="empty">(.{0,40})', re.DOTALL)
PLACES = [
    (f"{path.parent.name}/{path.name}", start)
    for path in sorted(SOURCES.rglob("templates/**/*.html"))
    for start in EMPTY.findall(path.read_text("utf-8"))
]


def test_there_are_empty_places_to_look_at() -> None:
    assert len(PLACES) > 25


@pytest.mark.parametrize(("place", "start"), PLACES)
def test_an_empty_place_begins_with_its_picture(place: str, start: str) -> None:
    assert start.lstrip().startswith("{% icon "), place

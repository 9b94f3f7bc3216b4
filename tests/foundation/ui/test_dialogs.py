"""Dialogs have one pattern: their buttons in one line, the one that does it last, the way out outlined."""

import re
from pathlib import Path

import pytest

import vaguemestre

SOURCES = Path(vaguemestre.__file__).parent
DIALOG = re.compile(r"<dialog\b.*?</dialog>", re.DOTALL)
ACTIONS = re.compile(r'<div class="actions">(.*?)</div>', re.DOTALL)
BUTTON = re.compile(r"<(?:button|a)\b[^>]*>")
SCRIPTS = [
    *(path for path in SOURCES.rglob("static/**/*.js") if len(path.read_text("utf-8").splitlines()) > 5),
    *(SOURCES.parents[1] / "frontend" / "src").rglob("*.js"),
]
BOX_OF_THE_BROWSER = re.compile(r"\bwindow\.(?:confirm|prompt|alert)\(|eslint-disable[^\n]*no-alert")
MAIN = re.compile(r'class="btn (?:primary|danger)\b')


def dialogs() -> list[tuple[str, list[str]]]:
    """Address of each row of buttons, with the tags of its buttons."""
    return [
        (f"{path.name}:{number}", BUTTON.findall(row))
        for kind in ("*.html", "*.jinja")
        for path in sorted(SOURCES.rglob(kind))
        for number, dialog in enumerate(DIALOG.findall(path.read_text("utf-8")))
        for row in ACTIONS.findall(dialog)
    ]


def test_there_are_dialogs_to_look_at() -> None:
    assert len(dialogs()) > 15


@pytest.mark.parametrize(("place", "buttons"), dialogs())
def test_the_main_button_is_the_last_and_the_only_one(place: str, buttons: list[str]) -> None:
    main = [button for button in buttons if MAIN.search(button)]
    assert len(main) <= 1, place
    assert not main or buttons[-1] == main[0], place


@pytest.mark.parametrize(("place", "buttons"), dialogs())
def test_the_way_out_is_outlined(place: str, buttons: list[str]) -> None:
    for button in buttons:
        is_way_out = "data-closes" in button and not MAIN.search(button)
        assert not is_way_out or 'class="btn line"' in button, (place, button)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_nothing_is_asked_in_a_box_of_the_browser(path: Path) -> None:
    """Files built from `frontend/src` are one long line, and left out; the linter refuses the bare names."""
    assert not BOX_OF_THE_BROWSER.search(path.read_text("utf-8"))

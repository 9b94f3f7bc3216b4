"""Icons that exist, initials that are letters, sentences that are whole."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.foundation import ui
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.files.pictures import avatar, icon, initials, tint
from vaguemestre.foundation.ui.refusals import duration, sentence
from vaguemestre.foundation.ui.templatetags.ui import long_day

UI = Path(ui.__file__).parent
SOURCE = UI.parents[1]
SPRITE = set(re.findall(r'<path id="([^"]+)"', (UI / "static/ui/icons.svg").read_text(encoding="utf-8")))


def test_every_icon_asked_for_is_in_the_sprite() -> None:
    pages = [*SOURCE.rglob("*.html"), *SOURCE.rglob("*.jinja")]
    tag = re.compile(r"""(?<![.\w|])icon(?:[(=]|\s)\s*["']([a-z0-9-]+)["']""")
    filtered = re.compile(r"""\{\{([^{}|]*)\|\s*icon\b""")
    asked = set()
    for page in pages:
        text = page.read_text(encoding="utf-8")
        asked |= set(tag.findall(text))
        asked |= {
            name for said in filtered.findall(text) for name in re.findall(r"""["']([^"']+)["']""", said)
        }
    assert {"alarm", "archive", "inbox", "search"} <= asked
    assert asked - SPRITE == set()


def test_the_sprite_holds_outlines_and_nothing_else() -> None:
    text = (UI / "static/ui/icons.svg").read_text(encoding="utf-8")
    assert not re.search(r"<script|<image|<foreignObject|href=|\son\w+=|style=", text)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Hélène Carpentier", "HC"),
        ("Marc Le Dupond", "MD"),
        ("Rectorat – DPE", "RD"),
        ("nmorel", "N"),
        ("ce.0800001a@ac-amiens.test", "C"),
        ("ce.dpe@ac-amiens.test", "CD"),
        ("karim.benali@famille.example", "KB"),
        ("12@exemple.fr", "1"),
        ("", "?"),
        ("« »", "?"),
    ],
)
def test_initials(name: str, shown: str) -> None:
    assert initials(name) == shown


@given(st.text(max_size=60))
def test_any_name_has_an_avatar(name: str) -> None:
    assert 1 <= len(initials(name)) <= 4
    assert 0 <= tint(name) <= 9
    assert "<script" not in avatar(f"<script>{name}")
    assert avatar(name).count("<") == 2


def test_an_icon_is_silent_for_screen_readers() -> None:
    assert 'aria-hidden="true"' in icon("inbox")
    assert 'class="icon s"' in icon("inbox", "s")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 seconde"), (30, "30 secondes"), (90, "2 minutes"), (3600, "60 minutes"), (86400, "24 heures")],
)
def test_waits_are_said_in_words(seconds: int, words: str) -> None:
    assert duration(seconds) == words


def test_every_refusal_of_the_code_has_its_sentence() -> None:
    unknown = sentence(Refusal("room.never-said"))
    codes = {
        code
        for module in SOURCE.rglob("*.py")
        for code in re.findall(
            r'(?:Refusal|Denied|NotPossible|MessageGone|FolderGone)\(\s*"([a-z]+\.[a-z-]+)"',
            module.read_text(encoding="utf-8"),
        )
    }
    silent = set()
    for code in codes:
        try:
            told = sentence(Refusal(code))
        except KeyError:
            continue  # it has a sentence, completed with facts
        if told == unknown:
            silent.add(code)
    assert silent - {"credentials.secret-sealed-otherwise"} == set()


def test_error_pages_say_what_to_do() -> None:
    for page in (UI / "templates").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "style=" not in text
        assert not re.search(r"<script(?![^>]*src=)", text)


def colours_of_theme(theme: str) -> dict[str, str]:
    """Colours of tokens.css by name, as `theme` ("light" or "dark") has them."""
    text = (UI / "static/ui/tokens.css").read_text(encoding="utf-8")
    pairs = re.findall(r"--([a-z0-9-]+): var\(--light, (#[0-9a-f]+)\) var\(--dark, (#[0-9a-f]+)\);", text)
    return {name: light if theme == "light" else dark for name, light, dark in pairs}


def test_every_colour_has_a_value_for_each_theme() -> None:
    text = (UI / "static/ui/tokens.css").read_text(encoding="utf-8")
    values = dict(re.findall(r"--([a-z0-9-]+): ([^;]*#[^;]*);", text))
    lacking = [name for name, value in values.items() if not ("--light, " in value and "--dark, " in value)]
    assert len(values) > 15
    assert lacking == []


def luminance(colour: str) -> float:
    """WCAG 2.2 relative luminance of #rgb or #rrggbb."""
    digits = colour.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        ("ink", "bg", 7),
        ("ink", "surface", 7),
        ("ink", "accent-soft", 7),
        ("ink-2", "bg", 4.5),
        ("ink-2", "surface", 4.5),
        ("ink-2", "surface-2", 4.5),
        ("ink-2", "accent-soft", 4.5),
        ("accent", "bg", 4.5),
        ("accent", "surface", 4.5),
        ("accent", "accent-soft", 4.5),
        ("accent-ink", "accent", 4.5),
        ("accent-ink", "accent-hover", 4.5),
        ("ok", "ok-soft", 4.5),
        ("ok", "surface", 4.5),
        ("warn", "warn-soft", 4.5),
        ("danger", "danger-soft", 4.5),
        ("danger", "surface", 4.5),
        ("danger-ink", "danger", 4.5),
        ("control", "surface", 3),
        ("control", "bg", 3),
    ],
)
def test_contrasts_hold_in_both_themes(theme: str, ink: str, ground: str, least: float) -> None:
    colours = colours_of_theme(theme)
    assert contrast(colours[ink], colours[ground]) >= least


@pytest.mark.parametrize("number", range(10))
def test_initials_can_be_read_on_every_tint(number: int) -> None:
    text = (UI / "static/ui/parts.css").read_text(encoding="utf-8")
    colour = re.search(rf"\.av-{number} \{{\s+background: (#[0-9a-f]{{6}});\s+\}}", text)
    assert colour
    assert contrast("#ffffff", colour[1]) >= 4.5


def test_the_first_of_a_month_is_said_as_french_says_it() -> None:
    assert long_day(date(2026, 12, 1)) == "1er décembre 2026"
    assert long_day(date(2026, 12, 2), "weekday") == "mercredi 2 décembre 2026"
    assert long_day(None) == ""


def test_the_long_day_of_a_moment_is_its_day_in_paris() -> None:
    just_after_midnight = datetime(2026, 12, 2, 23, 13, tzinfo=UTC)
    assert long_day(just_after_midnight, "weekday") == "jeudi 3 décembre 2026"


def test_nothing_takes_the_arrow_of_a_list_away() -> None:
    """It is a background of `parts.css`, which the shorthand of a page's rule would replace."""
    taken = []
    for path in sorted(SOURCE.rglob("static/**/*.css")):
        for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", path.read_text(encoding="utf-8")):
            names_lists = any(re.search(r"\bselect$", selector.strip()) for selector in selectors.split(","))
            if path.name != "parts.css" and names_lists and re.search(r"(?<![\w-])background:", body):
                taken.append(f"{path.name}: {' '.join(selectors.split())}")
    assert taken == []

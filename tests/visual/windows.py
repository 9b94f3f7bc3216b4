"""A screen held still, and compared with its picture."""

import os
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page
from tests.visual.pictures import changed_share, save, shrink, side_by_side

PICTURES = Path(__file__).parent / "screens"
DIFFERENCES = Path(__file__).parents[2] / "var" / "pictures"
MAX_CHANGED = 0.002
KEEPS = bool(os.environ.get("VAGUEMESTRE_KEEP_PICTURES"))
LOOKS = {"desk": (1280, 860, "light"), "phone": (390, 844, "dark")}
# Days (a long one wraps), hours, and what tests number.
HIDE_WHAT_CHANGES = """() => {
    for (const day of document.querySelectorAll(".greeting p")) day.textContent = "un jour";
    for (const part of document.querySelectorAll("time, .greeting p, .av")) part.style.visibility = "hidden";
    for (const field of document.querySelectorAll("input")) {
        if (/\\d/.test(field.value)) field.style.color = "transparent";
    }
    document.activeElement?.blur();
}"""


def dress(page: Page, look: str) -> None:
    """Give the window the size and the scheme of that look."""
    width, height, scheme = LOOKS[look]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")


def still(page: Page) -> bytes:
    """The window as PNG, without what another day or another person changes."""
    page.mouse.move(2, 2)  # nothing is hovered
    page.evaluate("document.fonts.ready")
    page.evaluate(HIDE_WHAT_CHANGES)
    return page.screenshot(animations="disabled", caret="hide")


def keep_or_compare(png: bytes, name: str, look: str) -> None:
    """Fail where the screen is not as its picture; `bin/test --pictures` keeps it instead."""
    after, path = shrink(png), PICTURES / f"{name}-{look}.png"
    if KEEPS:
        save(after, path)
    assert path.exists(), f"no picture of {name}: bin/test --pictures takes it"
    before = Image.open(path)
    share = changed_share(before, after)
    if share > MAX_CHANGED:
        shown = DIFFERENCES / path.name
        save(side_by_side(before, after), shown)
        pytest.fail(
            f"{share:.1%} of {name} ({look}) changed: see {shown}; if it is meant, bin/test --pictures"
        )

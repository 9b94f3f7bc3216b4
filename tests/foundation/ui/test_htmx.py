"""What asks again by itself loads htmx."""

import re
from pathlib import Path

import vaguemestre

SOURCES = Path(vaguemestre.__file__).parent
ASKS = re.compile(r'hx-trigger="(?:every|load)\b')
LOADERS = {"ui/htmx.html", "ui/htmx_on_use.html"}
PARTS = re.compile(r"{% (?:include|extends) \"([^\"]+)\"")


def templates() -> dict[str, str]:
    """Text of each template, by the name that others call it."""
    return {
        path.as_posix().rpartition("/templates/")[2]: path.read_text("utf-8")
        for path in sorted(SOURCES.rglob("templates/**/*.html"))
    }


def parts_of(name: str, texts: dict[str, str]) -> set[str]:
    """The template and everything that it is made of."""
    found, left = set(), [name]
    while left:
        if (part := left.pop()) not in found:
            found.add(part)
            left.extend(PARTS.findall(texts.get(part, "")))
    return found


def test_every_page_that_asks_again_loads_htmx() -> None:
    texts = templates()
    still = []
    for name, text in texts.items():
        if "<!doctype" in text.lower() or '{% extends "ui/' in text:
            parts = parts_of(name, texts)
            if any(ASKS.search(texts.get(part, "")) for part in parts) and not parts & LOADERS:
                still.append(name)
    assert still == []

"""What a browser would make of clean HTML: every tag, every attribute, every address in it."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

LOADING = {
    "src",
    "srcset",
    "background",
    "poster",
    "data",
    "action",
    "formaction",
    "ping",
    "lowsrc",
    "dynsrc",
}


@dataclass
class Seen:
    tags: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    loaded: list[str] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    text: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen = Seen()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.tags.add(tag)
        found = {name: value or "" for name, value in attrs}
        self.seen.attributes |= found.keys()
        self.seen.loaded += [value for name, value in found.items() if name in LOADING]
        if tag == "a":
            self.seen.links.append(found)
        if "style" in found:
            self.seen.styles.append(found["style"])

    def handle_data(self, data: str) -> None:
        self.seen.text += data


def seen(html: str) -> Seen:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.seen


def addresses_in_css(css: str) -> list[str]:
    """What a browser could be told to fetch by that CSS."""
    plain = re.sub(r"\\([0-9a-fA-F]{1,6})\s?", lambda found: chr(min(int(found[1], 16), 0x10FFFF)), css)
    return re.findall(
        r"url\s*\(|image-set|cross-fade|element\s*\(|@import|@font-face|var\s*\(|expression", plain, re.I
    )

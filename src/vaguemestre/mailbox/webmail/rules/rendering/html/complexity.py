"""Estimate of the work of sanitizing an HTML body, by a linear scan before it is parsed.

A parser's work grows with tags times open elements, and with the square of the attributes of a tag. The scan
reads tags as the HTML tokenizer does (WHATWG HTML §13.2.5). A strict scan never counts fewer open elements
than the tree builder, except those the builder inserts (`tbody`, `tr`); a loose one counts about as many for
sloppy HTML. Elements that change tokenization (`script`, `svg`, `select`…) are not followed: a body with one
is sanitized in a process apart.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Limits(NamedTuple):
    """Counts at which a scan stops."""

    open: int
    work: int
    tags: int


MAX_CHARACTERS_HERE = 150_000  # characters sanitized in the calling process
_TINY, _TINY_TAGS = 20_000, 400  # characters and tags below which no scan is needed
_MAX_OPEN = 200
_MAX_WORK = 1_000_000  # open elements, summed over tags
_MAX_WORK_LOOSE = 200_000  # with unmatched end tags, since formatting elements may be reopened each time
_MAX_TAGS = 20_000
_MAX_ATTRIBUTES = 300
_MAX_RAW_CHARACTERS = 50_000  # characters between tags, such as a style sheet
_MAX_TAG_CHARACTERS = 600  # characters of attributes not worth counting

_MAX_BEARABLE_CHARACTERS = 2_000_000  # characters
_MAX_BEARABLE_TAGS, _MAX_BEARABLE_WORK = 60_000, 3_000_000
_MAX_BEARABLE_REFERENCES = 50_000  # each is added to the text before it: by the square

# Beyond these, sanitizing exceeds even the budget of a process apart. Only the beginning is scanned: the
# budget ends the rest.
_HOPELESS_OPEN = 5_000
_HOPELESS_ATTRIBUTES = 20_000
_HOPELESS_CHARACTERS = 500_000
_BEGINNING = Limits(_HOPELESS_OPEN, 60_000_000, 30_000)
_LOOKED_BACK = 10

_WS = r"[ \t\n\f\r]"
_VALUE = rf"""{_WS}*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^ \t\n\f\r>]*+)"""
_ATTRIBUTE = rf"(?:=[^ \t\n\f\r/>=]*+|[^ \t\n\f\r/>=]++)(?:{_WS}*+={_VALUE})?+"
_ATTRIBUTES = rf"(?:[ \t\n\f\r/]++|{_ATTRIBUTE})*+"
# Each alternative matches to the end of the text if need be, so that nothing is read twice.
_MARKUP = re.compile(
    rf"<(?:(?P<end>/?)(?P<name>[a-z][^ \t\n\f\r/>]*+)(?P<attributes>{_ATTRIBUTES})>?+"
    r"|!--(?:-?>|.*?(?:--!?>|\Z))|[!?/][^>]*+)",
    re.IGNORECASE | re.DOTALL,
)
_EACH = re.compile(_ATTRIBUTE)
_RAW_END = {name: re.compile(rf"</{name}(?=[ \t\n\f\r/>])", re.IGNORECASE) for name in ("style", "title")}
_UNFOLLOWED = frozenset(
    """
    script svg math noscript template plaintext xmp iframe noembed noframes frameset select textarea
    """.split()  # noqa: SIM905 - read at a glance
)
_VOID = frozenset(
    """
    area base basefont bgsound br col embed frame hr image img input keygen link meta param source track wbr
    """.split()  # noqa: SIM905 - read at a glance
)
_BLOCKS = frozenset(
    """
    address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer header
    hgroup listing main menu nav ol pre section summary ul h1 h2 h3 h4 h5 h6
    """.split()  # noqa: SIM905 - read at a glance
)
_ITEMS = frozenset(("p", "li", "dd", "dt", "option", "optgroup", "rb", "rp", "rt", "rtc"))
_CELLS = _ITEMS | {"td", "th"}
_ROWS = _CELLS | {"tr"}
_GROUPS = _ROWS | {"tbody", "thead", "tfoot", "caption", "colgroup"}
_HOLDERS = frozenset(("table", "dl", "ol", "ul"))
_NOTHING: frozenset[str] = frozenset()
_P = frozenset(("p",))
# Elements that an end tag closes besides its own, and that a start tag closes first
_CLOSED_BY_END = {
    **dict.fromkeys(_BLOCKS, _ITEMS),
    **dict.fromkeys(("li", "dd", "dt"), _P),
    **dict.fromkeys(("td", "th"), _ITEMS),
    "tr": _CELLS,
    **dict.fromkeys(("tbody", "thead", "tfoot"), _ROWS),
    "table": _GROUPS,
}
_CLOSED_BY_START = {
    **dict.fromkeys(_BLOCKS | {"p", "hr", "table", "form"}, _P),
    "li": frozenset(("p", "li")),
    **dict.fromkeys(("dd", "dt"), frozenset(("p", "dd", "dt"))),
    **dict.fromkeys(("td", "th"), frozenset(("p", "td", "th"))),
    "tr": frozenset(("p", "td", "th", "tr")),
    **dict.fromkeys(
        ("tbody", "thead", "tfoot"), frozenset(("p", "td", "th", "tr", "tbody", "thead", "tfoot"))
    ),
    "option": frozenset(("option",)),
}


class Effort(StrEnum):
    """Where to sanitize a body."""

    HERE = "here"
    APART = "apart"  # in a process of its own, with a budget


@dataclass
class Figures:
    """Counts of a scan. `work`: open elements, summed over tags."""

    tags: int = 0
    deepest: int = 0
    work: int = 0
    attributes: int = 0  # of the tag with the most
    raw: int = 0  # characters of the longest run between tags
    is_loose: bool = False  # an end tag matched no start tag
    is_followed: bool = True


def effort(html: str) -> Effort:
    """Decide where to sanitize HTML (without NUL)."""
    if len(html) > MAX_CHARACTERS_HERE:
        return Effort.APART
    if len(html) <= _TINY and html.count("<") <= _TINY_TAGS:
        return Effort.HERE
    figures = scan(html, Limits(_MAX_OPEN, _MAX_WORK, _MAX_TAGS))
    is_little = (
        figures.is_followed
        and figures.tags <= _MAX_TAGS
        and figures.deepest <= _MAX_OPEN
        and figures.attributes <= _MAX_ATTRIBUTES
        and figures.raw <= _MAX_RAW_CHARACTERS
        and figures.work <= (_MAX_WORK_LOOSE if figures.is_loose else _MAX_WORK)
    )
    return Effort.HERE if is_little else Effort.APART


def is_bearable(html: str) -> bool:
    """Whether sanitizing HTML (without NUL) takes a fraction of a second at most, in the calling process.

    For a text that is sanitized once, to be quoted, kept or sent; what is read many times is held to less.
    """
    if len(html) <= _TINY and html.count("<") <= _TINY_TAGS:
        return True
    if len(html) > _MAX_BEARABLE_CHARACTERS or html.count("&") > _MAX_BEARABLE_REFERENCES:
        return False
    figures = scan(html, Limits(_MAX_OPEN, _MAX_BEARABLE_WORK, _MAX_BEARABLE_TAGS))
    return (
        figures.is_followed
        and figures.tags <= _MAX_BEARABLE_TAGS
        and figures.deepest <= _MAX_OPEN
        and figures.attributes <= _MAX_ATTRIBUTES
        and figures.work <= (_MAX_WORK_LOOSE if figures.is_loose else _MAX_BEARABLE_WORK)
    )


def is_hopeless(html: str) -> bool:
    """Whether sanitizing would certainly exceed the budget of a process apart."""
    if html.count("<") > _HOPELESS_CHARACTERS:
        return True
    figures = scan(html, _BEGINNING, is_strict=False)
    return figures.deepest > _HOPELESS_OPEN or figures.attributes > _HOPELESS_ATTRIBUTES


def scan(html: str, limits: Limits, *, is_strict: bool = True) -> Figures:
    """Scan until a limit is exceeded."""
    figures = Figures()
    stack = _Strict() if is_strict else _Loose()
    place = 0
    for tag in _tags(html):
        name = tag["name"].lower()
        figures.raw = max(figures.raw, tag.start() - place)
        place = tag.end()
        if len(tag["attributes"]) > _MAX_TAG_CHARACTERS:
            figures.attributes = max(figures.attributes, len(_EACH.findall(tag["attributes"])))
        figures.tags += 1
        if tag["end"]:
            figures.is_loose |= not stack.close(name)
        elif name not in _VOID:
            figures.is_followed &= name not in _UNFOLLOWED
            stack.open(name)
        depth = len(stack.names)
        figures.work += depth
        figures.deepest = max(figures.deepest, depth)
        if depth > limits.open or figures.work > limits.work or figures.tags > limits.tags:
            break
    else:
        figures.raw = max(figures.raw, len(html) - place)
    return figures


class _Strict:
    """Stack of open elements; one is closed only where the tree builder certainly closes it."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def open(self, name: str) -> None:
        closed = _CLOSED_BY_START.get(name, _NOTHING)
        while self.names and self.names[-1] in closed:
            self.names.pop()
        self.names.append(name)

    def close(self, name: str) -> bool:
        """Close an element; whether one certainly matches."""
        closed = _CLOSED_BY_END.get(name, _NOTHING)
        top = len(self.names)
        while top and self.names[top - 1] != name and self.names[top - 1] in closed:
            top -= 1
        if not top or self.names[top - 1] != name:
            return False
        del self.names[top - 1 :]
        return True


class _Loose(_Strict):
    """Stack of open elements where an end tag also closes those left open inside."""

    def __init__(self) -> None:
        super().__init__()
        self.open_of: Counter[str] = Counter()

    def open(self, name: str) -> None:
        closed = _CLOSED_BY_START.get(name, _NOTHING)
        if closed:
            for back, open_name in enumerate(reversed(self.names[-_LOOKED_BACK:]), 1):
                if open_name in closed:
                    self._cut(len(self.names) - back)
                    break
                if open_name in _HOLDERS:
                    break
        self.names.append(name)
        self.open_of[name] += 1

    def close(self, name: str) -> bool:
        if not self.open_of[name]:
            return False
        place = len(self.names) - 1
        while self.names[place] != name:
            place -= 1
        self._cut(place)
        return True

    def _cut(self, place: int) -> None:
        for name in self.names[place:]:
            self.open_of[name] -= 1
        del self.names[place:]


def tags_named(html: str, names: frozenset[str]) -> Iterator[tuple[str, list[str]]]:
    """Start tags of those names, in order, each with its attributes unparsed."""
    for tag in _tags(html):
        if not tag["end"] and (name := tag["name"].lower()) in names:
            yield name, _EACH.findall(tag["attributes"])


def _tags(html: str) -> Iterator[re.Match[str]]:
    place = 0
    while (tag := _MARKUP.search(html, place)) is not None:
        place = tag.end()
        if (name := tag["name"]) is None:
            continue
        yield tag
        if name.lower() in _RAW_END and not tag["end"]:
            end = _RAW_END[name.lower()].search(html, place)
            if end is None:
                return
            place = end.start()

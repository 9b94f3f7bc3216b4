"""Somebody's HTML made readable: text and layout kept, nothing that loads, runs, submits or leaves its place.

The frame's own policy (`frames`) is the guarantee; this is the second layer. Sanitising is the last step:
what `nh3` writes is served as it is (rule F).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import islice

import nh3

from vaguemestre.mailbox.webmail.rules.rendering import complexity, highlight, links, quoted_text, styles
from vaguemestre.mailbox.webmail.rules.rendering.colours import both, is_colour

VERSION = 2  # changes whenever the same HTML would come out otherwise
LONGEST = 2_000_000  # characters read of one body

_TAGS = frozenset(
    """
    a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col
    colgroup dd del dfn dir div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img
    ins kbd li main mark nav ol p pre q rp rt ruby s samp section small span strike strong sub sup table
    tbody td tfoot th thead time tr tt u ul var wbr
    """.split()  # noqa: SIM905 - read at a glance
)
_ATTRIBUTES = {
    "*": {"align", "bgcolor", "class", "dir", "height", "lang", "style", "title", "valign", "width"},
    "a": {"href"},
    "col": {"span"},
    "colgroup": {"span"},
    "font": {"color", "face", "size"},
    "img": {"alt", "border", "hspace", "src", "vspace"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"abbr", "colspan", "headers", "nowrap", "rowspan"},
    "th": {"abbr", "colspan", "headers", "nowrap", "rowspan", "scope"},
    "tr": {"nowrap"},
    "ul": {"type"},
}
_FOLDS = frozenset(("details", "summary"))
_SILENT = frozenset(
    """
    script style title template noscript iframe frame frameset object embed applet svg math audio video
    canvas select textarea noembed noframes xmp plaintext
    """.split()  # noqa: SIM905 - read at a glance
)
_SCHEMES = frozenset(("http", "https", "mailto", "tel", "data", "cid"))
_STYLE_ELEMENT = re.compile(r"<style\b[^<>]{0,500}+>(.*?)(?:</style|\Z)", re.IGNORECASE | re.DOTALL)
_MOST_SHEETS = 60
_LONGEST_SHEETS = 300_000  # characters of all of them together
_BODY = re.compile(r"<body\b", re.IGNORECASE)
_BODY_TAG = re.compile(r"<body\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
# Elements that would load something and are never shown: what they name counts as a picture left out.
_LOADING = frozenset(
    "video audio source picture input image feimage use link embed object iframe".split()  # noqa: SIM905
)
_HAS_LOADING = re.compile(rf"<(?:{'|'.join(sorted(_LOADING))})[ \t\n\f\r/]", re.IGNORECASE)
_NAMES_REMOTE = re.compile(
    r"(?:src|srcset|poster|href|data)[ \t\n\f\r]*+=[ \t\n\f\r]*+[\"']?+\s*+(?:https?:)?//", re.IGNORECASE
)
_MOST_ELSEWHERE = 5_000
_OLD_COLOUR = re.compile(r"#?[A-Za-z0-9]{3,24}", re.ASCII)
_BARE_HEX = re.compile(r"[0-9A-Fa-f]{6}", re.ASCII)
_LENGTH = re.compile(r"\d{1,5}(?:\.\d{1,3})?%?")
_PICTURE_KINDS = (
    "data:image/png;",
    "data:image/jpeg;",
    "data:image/jpg;",
    "data:image/gif;",
    "data:image/webp;",
)
_LONGEST_PICTURE = 3_000_000

# The picture's own bytes as a data: address for a Content-ID, or None when there is none.
type Pictures = Callable[[str], str | None]


@dataclass(frozen=True)
class Readable:
    """`css` and `html` are served in the frame as they are. `remote` counts pictures kept elsewhere, left out
    or shown through the proxy; `used` holds the Content-IDs that the text shows."""

    html: str
    css: str = ""
    remote: int = 0
    used: frozenset[str] = frozenset()
    is_cut: bool = False


@dataclass
class _Pass:
    """What one reading of a message finds on its way."""

    pictures: Pictures
    proxied: styles.Remote | None
    remote: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    grounds: dict[tuple[str, str], None] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)

    def address(self, address: str) -> str | None:
        """The place from which something named by the message may be shown."""
        bare = links.without_hidden(address)
        lowered = bare.lower()
        if lowered.startswith("cid:"):
            return self.inside(bare[4:])
        if lowered.startswith("data:"):
            return bare if lowered.startswith(_PICTURE_KINDS) and len(bare) < _LONGEST_PICTURE else None
        if bare.startswith("//"):
            bare = f"https:{bare}"
        if not bare.lower().startswith(("http://", "https://")) or not links.host_of(bare):
            return None
        self.remote.add(bare)
        return self.proxied(bare) if self.proxied else None

    def inside(self, content_id: str) -> str | None:
        shown = self.pictures(content_id)
        if shown is not None:
            self.used.add(content_id)
        return shown

    def attribute(self, tag: str, name: str, value: str) -> str | None:
        if name == "style":
            return self._give(self.style(value))
        if name == "src":
            return self._give(self.address(value))
        if name == "href":
            return self._give(links.followed(value))
        if name in {"bgcolor", "color"}:
            return self.ground(name, value.strip())
        if name in {"width", "height"}:
            return value if _LENGTH.fullmatch(value.strip()) else None
        return value

    def attribute_again(self, tag: str, name: str, value: str) -> str | None:
        """The same for what has been cleaned once: only what we gave may stand where something could load."""
        if name in {"style", "src", "href"}:
            return value if value in self.given else None
        return value

    def _give(self, value: str | None) -> str | None:
        if value is not None:
            self.given.add(value)
        return value

    def style(self, value: str) -> str | None:
        if self.proxied:
            return styles.clean_style_showing(value, self.address) or None
        cleaned = styles.clean_style(value)
        for address in cleaned.addresses:
            self.address(address)
        return cleaned.css or None

    def ground(self, name: str, value: str) -> str | None:
        """Old colour attributes cannot say what they are in the dark: a rule of the sheet does."""
        if not _OLD_COLOUR.fullmatch(value) or not is_colour(_as_css(value)):
            return None
        if len(self.grounds) < 300:
            self.grounds[name, value] = None
        return value


def readable(
    html: str, pictures: Pictures, proxied: styles.Remote | None = None, words: Sequence[str] = ()
) -> Readable:
    """Clean HTML of a message. `proxied` gives our own address for a remote picture; None shows none.

    `words` are marked where the text says them.
    """
    is_cut = len(html) > LONGEST
    html = html[:LONGEST].replace("\x00", "")
    seen = _Pass(pictures, proxied)
    sheets = list(_sheets(html, seen))
    paper = _body_style(html, seen)
    clean = _clean(_first_pass, html, seen.attribute)
    announced = links.marked(clean)
    without_quotes = quoted_text.folded(announced or clean)
    ours = without_quotes or announced or clean
    ours = highlight.marked(ours, words) or ours
    if ours is not clean:
        clean = _clean(_second_pass, ours, seen.attribute_again)
    css = "\n".join(rule for rule in (paper, *_ground_rules(seen), *sheets) if rule)
    elsewhere = 0 if proxied else _count_elsewhere(html)
    return Readable(clean, css, len(seen.remote) + elsewhere, frozenset(seen.used), is_cut)


def _sheets(html: str, seen: _Pass) -> Iterator[str]:
    left = _LONGEST_SHEETS
    for sheet in islice(_STYLE_ELEMENT.finditer(html), _MOST_SHEETS):
        if left > 0:
            yield styles.clean_sheet(sheet[1][:left], seen.address)
        left -= len(sheet[1])


def _count_elsewhere(html: str) -> int:
    """How many elements that are left out would have loaded something from elsewhere."""
    if not _HAS_LOADING.search(html):
        return 0
    named = complexity.tags_named(html, _LOADING)
    return sum(any(map(_NAMES_REMOTE.match, attributes)) for _, attributes in islice(named, _MOST_ELSEWHERE))


type _Attribute = Callable[[str, str, str], str | None]

_judge = ContextVar[_Attribute]("judge of attributes")  # of the text that this thread cleans


def _judged(tag: str, name: str, value: str) -> str | None:
    return value if name in {"target", "rel"} else _judge.get()(tag, name, value)  # these two are ours


def _cleaner(tags: frozenset[str]) -> nh3.Cleaner:
    """Made once: to make one takes as long as to clean a short letter."""
    return nh3.Cleaner(
        tags=set(tags),
        clean_content_tags=set(_SILENT),
        attributes=_ATTRIBUTES,
        attribute_filter=_judged,
        strip_comments=True,
        link_rel="noopener noreferrer",
        url_schemes=set(_SCHEMES),
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


_first_pass = _cleaner(_TAGS)
_second_pass = _cleaner(_TAGS | _FOLDS)  # the folds are ours: the first pass let none through


def _clean(cleaner: nh3.Cleaner, html: str, attribute: _Attribute) -> str:
    held = _judge.set(attribute)
    try:
        return cleaner.clean(html)
    finally:
        _judge.reset(held)


def _ground_rules(seen: _Pass) -> list[str]:
    rules = []
    for name, value in seen.grounds:
        twin = both(_as_css(value))
        prop = "background-color" if name == "bgcolor" else "color"
        if twin != value:
            rules.append(f'[{name}="{value}" i]{{{prop}:{twin}}}')
    return rules


def _as_css(value: str) -> str:
    """HTML's old attributes also take six digits without their `#`."""
    return f"#{value}" if _BARE_HEX.fullmatch(value) else value


class _BodyAttributes(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found = self.found or {name: value or "" for name, value in attrs}


def _body_style(html: str, seen: _Pass) -> str:
    """What `<body …>` says of paper and ink: the sanitiser keeps no body."""
    start = _BODY.search(html)
    tag = _BODY_TAG.match(html[start.start() : start.start() + 20_000]) if start else None
    if tag is None:
        return ""
    parser = _BodyAttributes()
    parser.feed(tag[0])
    said = parser.found
    old = [
        f"{prop}:{_as_css(said[name])}"
        for name, prop in (("bgcolor", "background-color"), ("text", "color"))
        if _OLD_COLOUR.fullmatch(said.get(name, ""))
    ]
    if said.get("background"):
        seen.address(said["background"])
    style = seen.style(";".join((*old, said.get("style", ""))))
    return styles.without_markup(f"body{{{style}}}") if style else ""

"""Sanitizer of a message's HTML: keeps text and layout, removes what loads, runs, submits or escapes the
frame.

The frame's policy (`frames`) is the guarantee; this is the second layer. Sanitizing is the last step: the
output of `nh3` is served unchanged (rule F).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import islice

import nh3

from vaguemestre.foundation.kernel.web_hosts import host_of
from vaguemestre.mailbox.webmail.rules.rendering import quoted_text
from vaguemestre.mailbox.webmail.rules.rendering.html import complexity, highlight, links, styles
from vaguemestre.mailbox.webmail.rules.rendering.html.colours import is_colour, light_dark
from vaguemestre.mailbox.webmail.rules.rendering.html.selectors import LETTER, clean_classes

VERSION = 4  # of the output: changes whenever the same HTML gives another result
MAX_CHARACTERS = 2_000_000  # characters read of one body

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
_MAX_SHEETS = 60
_MAX_STYLE_CHARACTERS = 300_000  # characters of all of them together
_BODY = re.compile(r"<body\b", re.IGNORECASE)
_BODY_TAG = re.compile(r"<body\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
# Elements that would load something; they are removed, and count as remote pictures
_LOADING = frozenset(
    "video audio source picture input image feimage use link embed object iframe".split()  # noqa: SIM905
)
_HAS_LOADING = re.compile(rf"<(?:{'|'.join(sorted(_LOADING))})[ \t\n\f\r/]", re.IGNORECASE)
_NAMES_REMOTE = re.compile(
    r"(?:src|srcset|poster|href|data)[ \t\n\f\r]*+=[ \t\n\f\r]*+[\"']?+\s*+(?:https?:)?//", re.IGNORECASE
)
_MAX_ELSEWHERE = 5_000
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
_MAX_PICTURE_CHARACTERS = 3_000_000

# Gives the data: address of the inline picture of a Content-ID, or None.
type Pictures = Callable[[str], str | None]


@dataclass(frozen=True)
class CleanHtml:
    """Sanitized HTML and CSS, served in the frame unchanged.

    `remote`: number of remote pictures, removed or proxied; `used`: Content-IDs of inline pictures shown.
    """

    html: str
    css: str = ""
    remote: int = 0
    used: frozenset[str] = frozenset()
    is_cut: bool = False


@dataclass
class _Pass:
    """State of sanitizing one body."""

    pictures: Pictures
    proxied: styles.Remote | None
    remote: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    grounds: dict[tuple[str, str], None] = field(default_factory=dict)
    allowed: set[str] = field(default_factory=set)

    def address(self, address: str) -> str | None:
        """The address to load a picture from, or None to load nothing."""
        bare = links.without_hidden(address)
        lowered = bare.lower()
        if lowered.startswith("cid:"):
            return self.inside(bare[4:])
        if lowered.startswith("data:"):
            return (
                bare if lowered.startswith(_PICTURE_KINDS) and len(bare) < _MAX_PICTURE_CHARACTERS else None
            )
        if bare.startswith("//"):
            bare = f"https:{bare}"
        if not bare.lower().startswith(("http://", "https://")) or not host_of(bare):
            return None
        self.remote.add(bare)
        return self.proxied(bare) if self.proxied else None

    def inside(self, content_id: str) -> str | None:
        address = self.pictures(content_id)
        if address is not None:
            self.used.add(content_id)
        return address

    def attribute(self, tag: str, name: str, value: str) -> str | None:
        if name == "style":
            return self._allow(self.style(value))
        if name == "src":
            return self._allow(self.address(value))
        if name == "href":
            return self._allow(links.safe_href(value))
        if name == "class":
            return clean_classes(value) or None
        if name in {"bgcolor", "color"}:
            return self.ground(name, value.strip())
        if name in {"width", "height"}:
            return value if _LENGTH.fullmatch(value.strip()) else None
        return value

    def attribute_again(self, tag: str, name: str, value: str) -> str | None:
        """Filter of the second pass: only values from the first pass may load something."""
        if name in {"style", "src", "href"}:
            return value if value in self.allowed else None
        return value

    def _allow(self, value: str | None) -> str | None:
        if value is not None:
            self.allowed.add(value)
        return value

    def style(self, value: str) -> str | None:
        if self.proxied:
            return styles.clean_style_showing(value, self.address) or None
        cleaned = styles.clean_style(value)
        for address in cleaned.addresses:
            self.address(address)
        return cleaned.css or None

    def ground(self, name: str, value: str) -> str | None:
        """Check a colour attribute, and note it for a style rule that gives its dark counterpart."""
        if not _OLD_COLOUR.fullmatch(value) or not is_colour(_as_css(value)):
            return None
        if len(self.grounds) < 300:
            self.grounds[name, value] = None
        return value


def sanitize_html(
    html: str, pictures: Pictures, proxied: styles.Remote | None = None, words: Sequence[str] = ()
) -> CleanHtml:
    """Sanitize HTML. `proxied`: gives our proxy's address of a remote picture; None: show none.

    `words` are highlighted.
    """
    is_cut = len(html) > MAX_CHARACTERS
    html = html[:MAX_CHARACTERS].replace("\x00", "")
    state = _Pass(pictures, proxied)
    sheets = list(_sheets(html, state))
    paper = _body_style(html, state)
    clean = _clean(_first_pass, html, state.attribute)
    announced = links.add_true_hosts(clean)
    without_quotes = quoted_text.fold_quotes(announced or clean)
    ours = without_quotes or announced or clean
    ours = highlight.highlight_words(ours, words) or ours
    if ours is not clean:
        clean = _clean(_second_pass, ours, state.attribute_again)
    css = "\n".join(rule for rule in (paper, *_ground_rules(state), *sheets) if rule)
    elsewhere = 0 if proxied else _count_elsewhere(html)
    return CleanHtml(clean, css, len(state.remote) + elsewhere, frozenset(state.used), is_cut)


def _sheets(html: str, state: _Pass) -> Iterator[str]:
    budget = _MAX_STYLE_CHARACTERS
    for sheet in islice(_STYLE_ELEMENT.finditer(html), _MAX_SHEETS):
        if budget > 0:
            yield styles.clean_sheet(sheet[1][:budget], state.address)
        budget -= len(sheet[1])


def _count_elsewhere(html: str) -> int:
    """Number of removed elements that would have loaded something remote."""
    if not _HAS_LOADING.search(html):
        return 0
    named = complexity.tags_named(html, _LOADING)
    return sum(any(map(_NAMES_REMOTE.match, attributes)) for _, attributes in islice(named, _MAX_ELSEWHERE))


type _Attribute = Callable[[str, str, str], str | None]

_attribute_filter = ContextVar[_Attribute]("judge of attributes")  # of the current thread


def _filter_attribute(tag: str, name: str, value: str) -> str | None:
    return (
        value if name in {"target", "rel"} else _attribute_filter.get()(tag, name, value)
    )  # these two are ours


def _cleaner(tags: frozenset[str]) -> nh3.Cleaner:
    """Create a cleaner; done once, as it takes as long as cleaning a short message."""
    return nh3.Cleaner(
        tags=set(tags),
        clean_content_tags=set(_SILENT),
        attributes=_ATTRIBUTES,
        attribute_filter=_filter_attribute,
        strip_comments=True,
        link_rel="noopener noreferrer",
        url_schemes=set(_SCHEMES),
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


_first_pass = _cleaner(_TAGS)
_second_pass = _cleaner(_TAGS | _FOLDS)  # the first pass let no folds through: these are ours


def _clean(cleaner: nh3.Cleaner, html: str, attribute: _Attribute) -> str:
    token = _attribute_filter.set(attribute)
    try:
        return cleaner.clean(html)
    finally:
        _attribute_filter.reset(token)


def _ground_rules(state: _Pass) -> list[str]:
    rules = []
    for name, value in state.grounds:
        twin = light_dark(_as_css(value))
        prop = "background-color" if name == "bgcolor" else "color"
        if twin != value:
            rules.append(f'[{name}="{value}" i]{{{prop}:{twin}}}')
    return rules


def _as_css(value: str) -> str:
    """A colour attribute as CSS: HTML also allows six digits without `#`."""
    return f"#{value}" if _BARE_HEX.fullmatch(value) else value


class _BodyAttributes(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found = self.found or {name: value or "" for name, value in attrs}


def _body_style(html: str, state: _Pass) -> str:
    """Style rule for the colours of the `<body>` tag, which the sanitizer removes."""
    start = _BODY.search(html)
    tag = _BODY_TAG.match(html[start.start() : start.start() + 20_000]) if start else None
    if tag is None:
        return ""
    parser = _BodyAttributes()
    parser.feed(tag[0])
    attributes = parser.found
    old = [
        f"{prop}:{_as_css(attributes[name])}"
        for name, prop in (("bgcolor", "background-color"), ("text", "color"))
        if _OLD_COLOUR.fullmatch(attributes.get(name, ""))
    ]
    if attributes.get("background"):
        state.address(attributes["background"])
    style = state.style(";".join((*old, attributes.get("style", ""))))
    return styles.without_markup(f"{LETTER}{{{style}}}") if style else ""

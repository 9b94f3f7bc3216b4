"""Sanitizer of a message's CSS: parsed to declarations, serialized from an allow-list (rule E).

No property may load anything, except background pictures when the reader asked for pictures, from the address
that `remote` gives. No text is copied: every token is checked, then serialized.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from string import ascii_letters
from typing import Any

import tinycss2

from vaguemestre.mailbox.webmail.rules.rendering.html.colours import is_colour, light_dark
from vaguemestre.mailbox.webmail.rules.rendering.html.selectors import clean_media_query, clean_selector

MAX_STYLE_CHARACTERS = 300_000  # characters of one style block
MAX_RULES = 4_000
_MAX_ATTRIBUTE_CHARACTERS = 20_000
_MAX_BRACKETS = 20
_STEPS = {"(": 1, ")": -1}

# The address to load instead, or None to load nothing.
type Remote = Callable[[str], str | None]

_PROPERTIES = frozenset(
    """
    background background-color background-image background-position background-repeat background-size
    border border-bottom border-bottom-color border-bottom-left-radius border-bottom-right-radius
    border-bottom-style border-bottom-width border-collapse border-color border-left border-left-color
    border-left-style border-left-width border-radius border-right border-right-color border-right-style
    border-right-width border-spacing border-style border-top border-top-color border-top-left-radius
    border-top-right-radius border-top-style border-top-width border-width box-sizing caption-side clear
    color direction display empty-cells float font font-family font-size font-style font-variant
    font-weight height letter-spacing line-height list-style-type margin margin-bottom margin-left
    margin-right margin-top max-height max-width min-height min-width opacity overflow overflow-wrap
    padding padding-bottom padding-left padding-right padding-top table-layout text-align
    text-decoration text-decoration-color text-decoration-line text-indent text-overflow text-transform
    unicode-bidi vertical-align visibility white-space width word-break word-spacing word-wrap
    """.split()  # noqa: SIM905 - read at a glance
)
_PICTURED = frozenset(("background", "background-image"))
_COLOURED = frozenset(("background", "background-image", "border", "color", "text-decoration"))
_FUNCTIONS = frozenset(("rgb", "rgba", "hsl", "hsla", "calc", "min", "max", "clamp", "linear-gradient"))
_COLOUR_FUNCTIONS = frozenset(("rgb", "rgba", "hsl", "hsla"))


@dataclass(frozen=True)
class CleanStyle:
    """Sanitized CSS, and the addresses of the pictures it named."""

    css: str
    addresses: tuple[str, ...]


@lru_cache(maxsize=4096)
def clean_style(text: str) -> CleanStyle:
    """Sanitize a `style` attribute, without pictures."""
    if (simple := _simple(text)) is not None:
        return CleanStyle(simple, ())
    named: list[str] = []
    return CleanStyle(_of_attribute(text, _refusing(named)), tuple(named))


def clean_style_showing(text: str, remote: Remote) -> str:
    """Sanitize a `style` attribute, with background pictures from the address `remote` gives."""
    simple = _simple(text)
    return simple if simple is not None else _of_attribute(text, remote)


def clean_sheet(text: str, remote: Remote) -> str:
    """Sanitize a `<style>` element. `remote` is called for every address in it."""
    try:
        rules = tinycss2.parse_stylesheet(
            text[:MAX_STYLE_CHARACTERS], skip_comments=True, skip_whitespace=True
        )
        return without_markup("\n".join(_rules(rules[:MAX_RULES], remote, inside_media=False)))
    except RecursionError:  # brackets nested hundreds deep: no real style
        return ""


def _of_attribute(text: str, remote: Remote) -> str:
    try:
        return _declarations(
            tinycss2.parse_blocks_contents(text[:_MAX_ATTRIBUTE_CHARACTERS], skip_comments=True), remote
        )
    except RecursionError:
        return ""


# Nearly all declarations hold words, numbers and colours only. Nothing in them can hide a `;`, so each is
# parsed by itself and cached. Quoted strings hold letters, digits, spaces and hyphens.
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:(?!e(?![a-z]))[a-z]{1,8}|%)?"
_WORD = rf"-?[A-Za-z][A-Za-z0-9-]*|#[0-9A-Fa-f]{{3,8}}|{_NUMBER}"
_ITEM = rf"(?:rgba?\([0-9.,% ]*\)|{_WORD}|\"[A-Za-z0-9 -]*\"|'[A-Za-z0-9 -]*')"
_SIMPLE = re.compile(
    rf"\s*([A-Za-z-]+)\s*:\s*({_ITEM}(?:(?:\s*[,/]\s*|\s+){_ITEM})*+)\s*(!\s*important)?\s*",
    re.ASCII | re.IGNORECASE,
)
_SPACES = re.compile(r"\s+", re.ASCII)
_ITEMS = re.compile(rf"{_ITEM}|[\s,/]+", re.ASCII | re.IGNORECASE)
# Declarations parsed by themselves although not simple: no quotes, escapes, comments, other brackets or URLs
_ALONE = re.compile(r"[A-Za-z0-9_\s:#%.,+()!/-]*+", re.ASCII)


def _simple(text: str) -> str | None:
    """Sanitize an attribute of simple declarations; None when it has to be parsed as a whole."""
    if len(text) > _MAX_ATTRIBUTE_CHARACTERS:
        return None
    pieces = [_declaration(piece) for piece in text.split(";")]
    if None in pieces:
        return None
    return ";".join(filter(None, pieces))


@lru_cache(maxsize=16_384)
def _declaration(text: str) -> str | None:
    match = _SIMPLE.fullmatch(text)
    if match is None:
        return _alone(text)
    name, value, important = match[1].lower(), match[2], "!important" if match[3] else ""
    if name not in _PROPERTIES:
        return ""
    items = _ITEMS.findall(value)
    if "(" in value and any(item[-1] == ")" and not is_colour(item) for item in items):
        return ""
    pieces = [_spaced(item) for item in items]
    line = f"{name}:{''.join(pieces)}{important}"
    if not _is_coloured(name):
        return line
    twins = [light_dark(item) if item[0] in _OF_COLOURS and is_colour(item) else item for item in pieces]
    return line if twins == pieces else f"{line};{name}:{''.join(twins)}{important}"


_OF_COLOURS = frozenset("#" + ascii_letters)
_OF_SPACES = frozenset("\t\n\r\f\v ,/")


def _spaced(item: str) -> str:
    """The item with white space as one space and strings in double quotes, as the serializer writes."""
    if item[0] in _OF_SPACES:
        return item if item in {" ", ", ", ","} else _SPACES.sub(" ", item)
    return f'"{item[1:-1]}"' if item[0] == "'" else item


def _alone(text: str) -> str | None:
    if not text.strip():
        return ""
    if not _ALONE.fullmatch(text) or text.count("(") != text.count(")") or text.count("(") > _MAX_BRACKETS:
        return None
    if "url" in text.lower() or min(accumulate(_STEPS.get(char, 0) for char in text)) < 0:
        return None
    return _of_attribute(text, lambda _: None)


def without_markup(css: str) -> str:
    """Escape `<`, so that a string cannot close the element that holds the style sheet."""
    return css.replace("<", "\\3c ")


def _refusing(named: list[str]) -> Remote:
    def refuse(address: str) -> None:
        named.append(address)

    return refuse


def _rules(rules: Iterable[Any], remote: Remote, *, inside_media: bool) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            selector = clean_selector(rule.prelude)
            body = _declarations(tinycss2.parse_blocks_contents(rule.content, skip_comments=True), remote)
            if selector and body:
                yield f"{selector}{{{body}}}"
        elif (
            rule.type == "at-rule" and rule.lower_at_keyword == "media" and rule.content and not inside_media
        ):
            query = clean_media_query(rule.prelude)
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            body = "\n".join(_rules(inner[:MAX_RULES], remote, inside_media=True))
            if query and body:
                yield f"@media {query}{{{body}}}"


def _declarations(nodes: Iterable[Any], remote: Remote) -> str:
    declarations = []
    for node in nodes:
        if node.type != "declaration":
            continue
        name = node.lower_name
        value = _value(name, node.value, remote)
        if name not in _PROPERTIES or not value:
            continue
        important = "!important" if node.important else ""
        twin = _twin(name, node.value, remote) if _is_coloured(name) else value
        declarations.append(f"{name}:{value}{important}")
        if twin != value:  # browsers without light-dark() use the declaration before
            declarations.append(f"{name}:{twin}{important}")
    return ";".join(declarations)


def _is_coloured(name: str) -> bool:
    return name in _COLOURED or name.startswith("border") or name.endswith("color")


def _value(name: str, tokens: Iterable[Any], remote: Remote) -> str:
    return _serialized(tokens, name, remote, twin=False)


def _twin(name: str, tokens: Iterable[Any], remote: Remote) -> str:
    return _serialized(tokens, name, remote, twin=True)


def _serialized(tokens: Iterable[Any], name: str, remote: Remote, *, twin: bool) -> str:
    """Serialize a value; empty when one of its tokens is not allowed."""
    pieces = []
    for token in tokens:
        piece = _token(token, name, remote, twin=twin)
        if piece is None:
            return ""
        pieces.append(piece)
    return "".join(pieces).strip()


def _token(token: Any, name: str, remote: Remote, *, twin: bool) -> str | None:
    kind = token.type
    if kind == "whitespace":
        return " "
    if kind in {"ident", "hash"}:
        text = tinycss2.serialize([token])
        return light_dark(text) if twin and is_colour(text) else text
    if kind in {"number", "percentage", "dimension", "string"}:
        return str(tinycss2.serialize([token]))
    if kind == "literal":
        return str(token.value) if token.value in {",", "/", "+", "-", "*"} else None
    if kind == "url":
        return _picture(token.value, name, remote)
    if kind == "function":
        return _function(token, name, remote, twin=twin)
    if kind == "() block":
        inner = _serialized(token.content, name, remote, twin=twin)
        return f"({inner})" if inner else None
    return None


def _function(token: Any, name: str, remote: Remote, *, twin: bool) -> str | None:
    called = token.lower_name
    if called == "url" and len(token.arguments) == 1 and token.arguments[0].type == "string":
        return _picture(token.arguments[0].value, name, remote)
    if called not in _FUNCTIONS:
        _report_addresses(token.arguments, remote)
        return None
    if called in _COLOUR_FUNCTIONS:
        text = tinycss2.serialize([token])
        if not is_colour(text):
            return None
        return light_dark(text) if twin else text
    inner = _serialized(token.arguments, name, remote, twin=twin)
    return f"{called}({inner})" if inner else None


def _report_addresses(tokens: Iterable[Any], remote: Remote) -> None:
    """Report addresses in a dropped function (image-set, cross-fade…): they count as pictures not shown."""
    for token in tokens:
        if token.type in {"url", "string"}:
            remote(token.value)


def _picture(address: str, name: str, remote: Remote) -> str | None:
    served = remote(address)
    if served is None or name not in _PICTURED:
        return None
    return f'url("{tinycss2.serializer.serialize_string_value(served)}")'

"""Selectors and media queries that a message's style sheet may use.

Each selector reaches no further than the element that holds the letter (`frames`): neither the page around it
nor, by a name of ours, the marks put into it.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import tinycss2

_MEDIA_WORDS = frozenset(
    (
        "all",
        "and",
        "only",
        "screen",
        "max-width",
        "min-width",
        "max-device-width",
        "min-device-width",
        "width",
    )
)
_MEDIA_KINDS = frozenset(("whitespace", "number", "dimension"))
_SELECTOR_KINDS = frozenset(("ident", "hash", "whitespace"))
_SELECTOR_CHARACTERS = frozenset((".", ">", "+", "~", "*", ":", ","))
_MAX_TOKENS = 400  # of the selectors of one rule

LETTER = "vm-letter"  # the element that holds the letter; `html`, `body` and `:root` of its sheet
_OWN = "vm-"  # how the names of our elements and classes start, in lower case
_WITHIN = (
    f":where({LETTER})"  # counts for nothing in the cascade, so that the letter's rules keep their order
)
_SHEET = re.compile(r"(?:html|body|:root)(?![\w\\.:#*-])\s*(>?)\s*", re.IGNORECASE)


def clean_selector(tokens: Iterable[Any]) -> str:
    """Serialize selectors of types, classes, ids and combinators, within the letter; empty for any other."""
    nodes = list(tokens)
    if len(nodes) >= _MAX_TOKENS or not all(map(_is_allowed, nodes)):
        return ""
    return ",".join(dict.fromkeys(filter(None, map(_within, _each(nodes)))))


def _is_allowed(token: Any) -> bool:
    if token.type == "literal":
        return token.value in _SELECTOR_CHARACTERS
    return token.type in _SELECTOR_KINDS


def _each(nodes: Iterable[Any]) -> Iterator[list[Any]]:
    """The selectors of a list."""
    selector: list[Any] = []
    for token in nodes:
        if token.type == "literal" and token.value == ",":
            yield selector
            selector = []
        else:
            selector.append(token)
    yield selector


def _within(nodes: list[Any]) -> str:
    """One selector, confined to the letter; empty if it names something of ours or what stands beside."""
    if any(token.type in {"ident", "hash"} and token.value.lower().startswith(_OWN) for token in nodes):
        return ""
    text, combinator = tinycss2.serialize(nodes).strip(), None
    while (sheet := _SHEET.match(text)) is not None:
        text, combinator = text[sheet.end() :], sheet[1] or " "
    if text.startswith((">", "+", "~")) or not (text or combinator == " "):
        return ""
    if combinator is not None:
        return f"{LETTER}{combinator}{text}".strip()
    return f"{_WITHIN},{_WITHIN} *" if text == "*" else f"{_WITHIN} {text}"


def clean_classes(classes: str) -> str:
    """The classes of an element of a letter, without those that only we give."""
    if _OWN not in classes.lower():
        return classes
    return " ".join(name for name in classes.split() if not name.lower().startswith(_OWN))


def clean_media_query(tokens: Iterable[Any]) -> str:
    """Serialize a media query about the width of the window; empty for any other."""
    nodes = list(tokens)
    return tinycss2.serialize(nodes).strip() if _is_plain_media(nodes) else ""


def _is_plain_media(tokens: Iterable[Any]) -> bool:
    for token in tokens:
        if token.type == "() block":
            if not _is_plain_media(token.content):
                return False
        elif token.type == "ident":
            if token.lower_value not in _MEDIA_WORDS:
                return False
        elif token.type not in _MEDIA_KINDS and not (token.type == "literal" and token.value in ",:"):
            return False
    return True

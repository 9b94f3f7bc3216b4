"""Selectors and media queries that a message's style sheet may use."""

from collections.abc import Iterable
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
_SELECTOR_SIGNS = frozenset((".", ">", "+", "~", "*", ":", ","))


def clean_selector(tokens: Iterable[Any]) -> str:
    """Serialize a selector of types, classes, ids and combinators; empty for any other."""
    nodes = list(tokens)
    is_allowed = all(
        token.type in _SELECTOR_KINDS or (token.type == "literal" and token.value in _SELECTOR_SIGNS)
        for token in nodes
    )
    return tinycss2.serialize(nodes).strip() if is_allowed and len(nodes) < 400 else ""


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

"""Folding of quoted text: found in sanitized HTML, wrapped in `<details>`, to be sanitized again.

Works on the sanitizer's output (tags closed, attributes double-quoted). Quotes are marked as by Gmail,
Thunderbird, Apple Mail (`blockquote`, `gmail_quote`…) or Outlook (« De : … Envoyé : … »).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import islice

OPENING = '<details class="vm-quote"><summary>Texte cité</summary>'
CLOSING = "</details>"

_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:[^>"]|"[^"]*")*)>|([^<]+)', re.DOTALL)
_VOID = frozenset(("area", "br", "col", "hr", "img", "wbr"))
_QUOTE_CLASS = re.compile(
    r'\sclass="[^"]*\b(?:gmail_quote|yahoo_quoted|protonmail_quote|moz-cite-text|zmail_extra)\b'
)
_BLOCKS = frozenset(("div", "blockquote", "section", "article", "center"))
_HEADER_LINE = re.compile(
    r"^\s*(?:De|From|Von)\s*:(?:.{1,600}?)(?:Envoyé|Date|Sent|Gesendet)\s*:(?:.{1,900}?)(?:À|To|An|Objet|Subject)\s*:",
    re.DOTALL,
)
_HEADER_START = re.compile(r"^\s*(?:De|From|Von)\s*:")
_FORWARDED = re.compile(
    r"(?:message (?:transféré|original)|forwarded message|begin forwarded|début du message)", re.IGNORECASE
)
_SIGNS = ("<blockquote", "gmail_quote", "yahoo_quoted", "protonmail_quote")
_HEADER_AFTER_TAG = re.compile(r">\s*+(?:De|From|Von)\s*+:")
_MAX_QUOTES = 200
_MAX_HEADS = 60
_MAX_START_CHARACTERS = 100  # characters in which the first word of a header must stand


@dataclass
class _Open:
    tag: str
    start: int
    has_words: bool = False  # before the current position


def fold_quotes(html: str) -> str | None:
    """Fold the quoted text of HTML; None when there is none to fold."""
    if not any(sign in html for sign in _SIGNS) and not _HEADER_AFTER_TAG.search(html):
        return None
    quotes = islice(_QuoteFinder(html).spans(), _MAX_QUOTES)
    spans = [span for span in quotes if _is_worth_it(html, span)]
    if not spans:
        return None
    outside = "".join(_between(html, spans))
    if not _words(outside).strip():
        return None  # nothing would be left to show
    pieces, end = [], 0
    for start, stop in spans:
        pieces += [html[end:start], OPENING, html[start:stop], CLOSING]
        end = stop
    return "".join(pieces) + html[end:]


class _QuoteFinder:
    """One pass over the tags that finds quotes, never one inside another."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.stack: list[_Open] = []
        self.quote: _Open | None = None
        self.until: _Open | None = None  # element whose rest is quoted
        self.start = 0  # of that quote
        self.tries = 0  # header candidates examined

    def spans(self) -> Iterator[tuple[int, int]]:
        for token in _TOKEN.finditer(self.html):
            if token[4] is not None:
                self.words(token[4], token.start())
            elif token[1]:
                yield from self.close(token[2], token.start(), token.end())
            elif token[2] not in _VOID:
                self.open(token[2], token[3], token.start())
        if self.until is not None:
            yield self.start, len(self.html)

    def words(self, words: str, at: int) -> None:
        if self.until is not None or self.quote is not None or not words.strip():
            return
        head = self.head(at) if _HEADER_START.match(unescape(words[:_MAX_START_CHARACTERS])) else None
        if head is not None:
            self.start, self.until = head
        for level in self.stack:
            level.has_words = True

    def head(self, at: int) -> tuple[int, _Open] | None:
        self.tries += 1
        return _head(self.html, at, self.stack) if self.tries <= _MAX_HEADS else None

    def open(self, tag: str, attributes: str, at: int) -> None:
        self.stack.append(_Open(tag, at))
        if self.quote is None and self.until is None and _is_quote(tag, attributes):
            self.quote = self.stack[-1]

    def close(self, tag: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        while self.stack:
            element = self.stack.pop()
            if element is self.until:
                yield self.start, start
                self.until = None
            if element is self.quote:
                yield element.start, end
                self.quote = None
            if element.tag == tag:
                return


def _is_quote(tag: str, attributes: str) -> bool:
    return tag == "blockquote" or (tag in _BLOCKS and _QUOTE_CLASS.search(attributes) is not None)


def _head(html: str, at: int, stack: list[_Open]) -> tuple[int, _Open] | None:
    """An Outlook header: start of the outermost block it opens, and the element around that block."""
    if not _HEADER_LINE.match(_words(html[at : at + 6000])[:1800]):
        return None
    own = len(stack)
    while own > 1 and not stack[own - 1].has_words:
        own -= 1
    if own >= len(stack):
        return None
    block = stack[own]
    return (block.start, stack[own - 1]) if block.tag in {*_BLOCKS, "p", "span", "b", "font"} else None


def _is_worth_it(html: str, span: tuple[int, int]) -> bool:
    """Whether to fold a quote: not a forwarded message, nor a quote of a line or so."""
    words = _words(html[span[0] : min(span[1], span[0] + 8000)])
    preceding = _words(html[max(0, span[0] - 1500) : span[0]])[-200:]
    is_forwarded = _FORWARDED.search(words[:300]) or _FORWARDED.search(preceding)
    return len(words.strip()) > 40 and not is_forwarded


def _between(html: str, spans: list[tuple[int, int]]) -> Iterator[str]:
    end = 0
    for start, stop in spans:
        yield html[end:start]
        end = stop
    yield html[end:]


def _words(html: str) -> str:
    return unescape(re.sub(r'<(?:[^>"]|"[^"]*")*>', " ", html))

"""Plain text as HTML for the frame, every token escaped as it is written (rule D)."""

import re
from collections.abc import Iterable, Iterator
from html import escape, unescape
from itertools import groupby

from vaguemestre.mailbox.webmail.rules.rendering.html.links import split_links
from vaguemestre.mailbox.webmail.rules.rendering.quoted_text import CLOSING, OPENING

MAX_CHARACTERS = 1_000_000  # characters shown
_MAX_LINES = 50_000
_MAX_HTML_CHARACTERS = 50_000
_INVISIBLE = re.compile(
    r"<(script|style|title)\b.*?(?:</\1\s*+>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL
)
_BLOCK = re.compile(r"</?(?:p|div|t[dhr]|li|br|h[1-6r]|table|[ou]l|blockquote)\b[^<>]*+>?+", re.IGNORECASE)
_MARKUP = re.compile(r"</?[a-z!?][^<>]*+>?+", re.IGNORECASE)
_BLANK = re.compile(r"\s++")
_AROUND_BREAKS = re.compile(r" ?+\n ?+")
_EMPTY_LINES = re.compile(r"\n{3,}+")
_DEEPEST = 12
_MAX_QUOTED_LINES = 3
_SIGNATURE = ("-- ", "--")


def flow_of(form: str, delsp: str) -> str:
    """`Part.flow` of a text/plain part, from its parameters `format` and `delsp` (RFC 3676 §4)."""
    if form.strip().lower() != "flowed":
        return ""
    return "delsp" if delsp.strip().lower() == "yes" else "flowed"


def html_of(text: str, flow: str = "") -> str:
    """Convert plain text to HTML: quotes as nested blocks, addresses as links.

    Flowed text without the parameter is recognised by its lines. Empty for white space alone.
    """
    if not text.strip("\0 \t\r\n"):
        return ""
    lines = _lines(text[:MAX_CHARACTERS])[:_MAX_LINES]
    if flow:
        lines = [_unstuffed(line) for line in lines]
    flowed = _flowed(lines, flow) if flow or _is_flowed(lines) else lines
    levelled = [_level(line) for line in flowed]
    return "".join(_blocks(levelled, 0))


def is_cut(text: str) -> bool:
    """Whether `html_of` cuts that text."""
    return len(text) > MAX_CHARACTERS or text.count("\n") > _MAX_LINES or text.count("\r") > _MAX_LINES


def text_of_html(html: str) -> str:
    """Text of HTML that is not rendered, a line for each block. Runs in linear time."""
    bare = _INVISIBLE.sub("", html[: 8 * _MAX_HTML_CHARACTERS])
    text = unescape(_MARKUP.sub("", _BLOCK.sub("\n", _BLANK.sub(" ", bare))))
    return _EMPTY_LINES.sub("\n\n", _AROUND_BREAKS.sub("\n", text)).strip()[:_MAX_HTML_CHARACTERS]


def _lines(text: str) -> list[str]:
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").rstrip("\n")
    return plain.split("\n")


def _level(line: str) -> tuple[int, str]:
    """Quote depth of a line, and its text (`> > a` and `>> a` alike)."""
    level, rest = 0, line
    while rest.startswith(">") and level < _DEEPEST:
        level, rest = level + 1, rest[1:]
        if rest.startswith(" >"):
            rest = rest[1:]
    return level, rest.removeprefix(" ") if level else rest


def _is_flowed(lines: list[str]) -> bool:
    """Whether most long lines end with a space, as in flowed text (RFC 3676 §4.1)."""
    long = [line for line in lines if len(line) > 55]
    return len(long) > 1 and sum(line.endswith(" ") for line in long) * 2 > len(long)


def _unstuffed(line: str) -> str:
    """The line without its stuffed space (RFC 3676 §4.4)."""
    return line[1:] if line.startswith(" ") and not line.startswith(" >") else line


def _flowed(lines: list[str], flow: str) -> list[str]:
    """Paragraphs, each joined once: a letter may be one of fifty thousand lines."""
    paragraphs: list[list[str]] = []
    is_open, open_level = False, 0
    for line in lines:
        level, words = _level(line)
        if is_open and level == open_level and words not in _SIGNATURE:
            pieces = paragraphs[-1]
            if flow == "delsp":
                pieces[-1] = pieces[-1][:-1]
            pieces.append(words)
        else:
            paragraphs.append([line])
            open_level = level
        is_open = line.endswith(" ") and words not in _SIGNATURE
    return ["".join(pieces) for pieces in paragraphs]


def _blocks(lines: Iterable[tuple[int, str]], depth: int) -> Iterator[str]:
    has_words = False
    for is_deeper, run in groupby(lines, key=lambda line: line[0] > depth):
        if is_deeper:
            quoted = list(run)
            # short quotes between answers stay; a long one after the text is folded
            is_folded = depth == 0 and has_words and len(quoted) > _MAX_QUOTED_LINES
            yield f"{OPENING}<blockquote>" if is_folded else "<blockquote>"
            yield from _blocks(quoted, depth + 1)
            yield f"</blockquote>{CLOSING}" if is_folded else "</blockquote>"
        else:
            texts = [text for _, text in run]
            has_words = has_words or any(text.strip() for text in texts)
            yield f'<div class="vm-text">{"<br>".join(_line(text) for text in texts)}</div>'


def _line(words: str) -> str:
    return "".join(_piece(piece.text, piece.href) for piece in split_links(words))


def _piece(text: str, href: str) -> str:
    escaped = escape(text)
    if not href:
        return escaped
    return f'<a href="{escape(href)}" target="_blank" rel="noopener noreferrer">{escaped}</a>'

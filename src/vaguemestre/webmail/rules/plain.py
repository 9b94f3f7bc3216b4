"""Plain text as HTML for the frame: built token by token, every token escaped as it is written (rule D)."""

from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from vaguemestre.webmail.rules.folding import CLOSING, OPENING
from vaguemestre.webmail.rules.links import pieces

LONGEST = 1_000_000  # characters shown
_DEEPEST = 12
_MOST_QUOTED_LINES = 3
_SIGNATURE = ("-- ", "--")


def flow_of(form: str, delsp: str) -> str:
    """What the parameters `format` and `delsp` of a text/plain say (RFC 3676 §4), as `Part.flow`."""
    if form.strip().lower() != "flowed":
        return ""
    return "delsp" if delsp.strip().lower() == "yes" else "flowed"


def html_of(text: str, flow: str = "") -> str:
    """Quotes become nested blocks, addresses become links, all the rest stays the characters it was.

    Texts that flow without saying so are known by their look.
    """
    if not text.strip("\0 \t\r\n"):
        return ""  # white lines only: whoever shows it says that there is nothing
    lines = _lines(text[:LONGEST])
    if flow:
        lines = [_unstuffed(line) for line in lines]
    flowed = _flowed(lines, flow) if flow or _is_flowed(lines) else lines
    levelled = [_level(line) for line in flowed]
    return "".join(_blocks(levelled, 0))


def _lines(text: str) -> list[str]:
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").rstrip("\n")
    return plain.split("\n")


def _level(line: str) -> tuple[int, str]:
    """How often a line is quoted, and what it says (`> > a` and `>> a` alike)."""
    level, rest = 0, line
    while rest.startswith(">") and level < _DEEPEST:
        level, rest = level + 1, rest[1:]
        if rest.startswith(" >"):
            rest = rest[1:]
    return level, rest.removeprefix(" ") if level else rest


def _is_flowed(lines: list[str]) -> bool:
    """Whether long lines end with a space (RFC 3676 §4.1), as only programs that flow text write them."""
    long = [line for line in lines if len(line) > 55]
    return len(long) > 1 and sum(line.endswith(" ") for line in long) * 2 > len(long)


def _unstuffed(line: str) -> str:
    """Without the space that protects the beginning of a line (RFC 3676 §4.4)."""
    return line[1:] if line.startswith(" ") and not line.startswith(" >") else line


def _flowed(lines: list[str], flow: str) -> list[str]:
    joined: list[str] = []
    is_open = False
    for line in lines:
        level, said = _level(line)
        if is_open and joined and _level(joined[-1])[0] == level and said not in _SIGNATURE:
            joined[-1] = (joined[-1][:-1] if flow == "delsp" else joined[-1]) + said
        else:
            joined.append(line)
        is_open = line.endswith(" ") and said not in _SIGNATURE
    return joined


def _blocks(lines: Iterable[tuple[int, str]], depth: int) -> Iterator[str]:
    has_said = False
    for is_deeper, run in groupby(lines, key=lambda line: line[0] > depth):
        if is_deeper:
            quoted = list(run)
            # what is answered line by line stays; what only follows is folded away
            is_folded = depth == 0 and has_said and len(quoted) > _MOST_QUOTED_LINES
            yield f"{OPENING}<blockquote>" if is_folded else "<blockquote>"
            yield from _blocks(quoted, depth + 1)
            yield f"</blockquote>{CLOSING}" if is_folded else "</blockquote>"
        else:
            texts = [said for _, said in run]
            has_said = has_said or any(said.strip() for said in texts)
            yield f'<div class="vm-text">{"<br>".join(_line(said) for said in texts)}</div>'


def _line(said: str) -> str:
    return "".join(_piece(piece.text, piece.href) for piece in pieces(said))


def _piece(text: str, href: str) -> str:
    shown = escape(text)
    if not href:
        return shown
    return f'<a href="{escape(href)}" target="_blank" rel="noopener noreferrer">{shown}</a>'

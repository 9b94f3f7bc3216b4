"""Links: which may be followed, where they stand in plain text, which say one host and go to another."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import urlsplit

_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
# An address whose host nothing can blur: urllib takes ten times as long.
_USUAL = re.compile(
    r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)*+\.?)(?::[0-9]{1,5})?(?=[/?#]|\Z)", re.IGNORECASE | re.ASCII
)
_FOLLOWED = ("http://", "https://", "mailto:", "tel:")
_IN_TEXT = re.compile(
    r"(?P<web>\bhttps?://[^\s<>\"'«»“”]{2,2000})"
    r"|(?P<www>\bwww\.[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}(?:/[^\s<>\"'«»“”]{0,2000})?)"
    r"|(?P<mail>(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}+@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}\b)",
    re.IGNORECASE | re.ASCII,
)
_TRAILING = ".,;:!?…'’"
_ANCHOR = re.compile(r'<a((?:\s(?:[^>"]|"[^"]*")*)?)>(.*?)</a>', re.DOTALL)
_HREF = re.compile(r'\shref="([^"]*)"')
_TAG = re.compile(r'<(?:[^>"]|"[^"]*")*>')
_HOST_SAID = re.compile(
    r"^\s*(?:https?://)?(?:[^\s/@]*@)?((?:[a-z0-9-]+\.)+[a-z]{2,24})(?::\d+)?(?:[/?#]\S*)?\s*$", re.IGNORECASE
)


@dataclass(frozen=True)
class Piece:
    """A run of plain text; `href` is empty for ordinary words."""

    text: str
    href: str = ""


def without_hidden(text: str) -> str:
    """Without spaces, controls, zero-width and direction marks: none of them belongs in an address."""
    return _CONTROL.sub("", text)


def followed(address: str) -> str | None:
    """The address of a link as it may be served, or None: web, mail, telephone, no hidden characters."""
    bare = without_hidden(address)
    if not bare.lower().startswith(_FOLLOWED) or len(bare) > 8000:
        return None
    if bare.lower().startswith("http") and not host_of(bare):
        return None
    return bare


def host_of(address: str) -> str:
    """The host a web address leads to, lower case; empty when it is malformed."""
    if usual := _USUAL.match(address):
        return usual[1].rstrip(".").lower()
    try:
        return (urlsplit(address).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def pieces(text: str) -> Iterator[Piece]:
    """A line of plain text cut into words and links; joined again it is the same line."""
    end = 0
    for found in _IN_TEXT.finditer(text):
        shown = _without_trailing(found[0])
        href = {"web": shown, "www": f"http://{shown}", "mail": f"mailto:{shown}"}[str(found.lastgroup)]
        if followed(href) is None:
            continue
        if found.start() > end:
            yield Piece(text[end : found.start()])
        yield Piece(shown, href)
        end = found.start() + len(shown)
    if end < len(text):
        yield Piece(text[end:])


def _without_trailing(text: str) -> str:
    shown = text.rstrip(_TRAILING)
    extra = sum(shown.count(sign) for sign in ")]") - sum(shown.count(sign) for sign in "([")
    while extra > 0 and shown.endswith((")", "]")):
        shown, extra = shown[:-1].rstrip(_TRAILING), extra - 1
    return shown


def marked(html: str) -> str | None:
    """Clean HTML, the true host written after each link that announces another; None when there is none.

    Works on the sanitiser's own output (every attribute double-quoted), to be sanitised again afterwards.
    """
    count = 0

    def mark(found: re.Match[str]) -> str:
        nonlocal count
        href = _HREF.search(found[1])
        host = host_of(unescape(href[1])) if href else ""
        said = _HOST_SAID.match(unescape(_TAG.sub("", found[2][:2000]))[:300])
        if not host or not said or _is_same_place(said[1].lower(), host):
            return found[0]
        count += 1
        return f'{found[0]}<span class="vm-host"> → {escape(host)}</span>'

    written = _ANCHOR.sub(mark, html)
    return written if count else None


def _is_same_place(said: str, host: str) -> bool:
    said, host = said.removeprefix("www."), host.removeprefix("www.")
    return said == host or host.endswith(f".{said}")

"""Links: which are safe, where they are in plain text, which announce another host than theirs."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import unquote

from vaguemestre.foundation.kernel.web_hosts import host_of

_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_SAFE_SCHEMES = ("http://", "https://", "mailto:", "tel:")
_IN_TEXT = re.compile(
    r"(?P<web>\bhttps?://[^\s<>\"'«»“”]{2,2000})"
    r"|(?P<www>\bwww\.[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}(?:/[^\s<>\"'«»“”]{0,2000})?)"
    r"|(?P<mail>(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}+@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}\b)",
    re.IGNORECASE | re.ASCII,
)
_TRAILING = ".,;:!?…'’"
_ANCHOR = re.compile(r'<a((?:\s(?:[^>"]|"[^"]*")*)?)>(.*?)</a>', re.DOTALL)
_ANCHOR_START = re.compile(r'<a((?:\s(?:[^>"]|"[^"]*")*)?)>')
_HREF = re.compile(r'\shref="([^"]*)"')
_TITLE = re.compile(r'\stitle="[^"]*"')
_TAG = re.compile(r'<(?:[^>"]|"[^"]*")*>')
_ALT = re.compile(r'<img(?:\s(?:[^>"]|"[^"]*")*)?\salt="([^"]*)"(?:[^>"]|"[^"]*")*>')
_MAX_LABEL_CHARACTERS, _MAX_MARKUP_CHARACTERS = (
    2_000,
    20_000,
)  # characters of a link's text, and of it with its tags
_HOST_AS_TEXT = re.compile(
    r"(?:[^\s/@]*@)?((?:[\w-]+\.)+[^\W\d_]{2,63})(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE
)
_ADDRESS_IN_TEXT = re.compile(r"https?:/+(?:[^\s/@?#]*@)?([^\s/?#@]+)|\b(www\.[^\s/?#@]+)", re.IGNORECASE)
_MAIL_AS_TEXT = re.compile(r"(?:mailto:)?([^\s@<>]+@(?:[\w-]+\.)+[^\W\d_]{2,63})", re.IGNORECASE)
_AROUND = " .,;:!?…«»“”\"'’<>()[]→⇒►▶•·–—-_*|"
_NOT_OF_HOSTS = ".,;:!?…»”\"'’>)]|"
_UNSEEN = frozenset(("Cf", "Mn", "Me"))  # categories of what is not drawn, or only on the letter before
_DRAWN_ALIKE = str.maketrans({"。": ".", "\\": "/", **dict.fromkeys("\u2010\u2012\u2013\u2043\u2212", "-")})


@dataclass(frozen=True)
class TextRun:
    """A run of plain text. `href`: empty unless it is a link."""

    text: str
    href: str = ""


def without_hidden(text: str) -> str:
    """The text without spaces, controls, zero-width and direction marks, which no address holds."""
    return _CONTROL.sub("", text)


def safe_href(address: str) -> str | None:
    """The address of a web, mail or telephone link, without hidden characters; None if it is unsafe."""
    bare = without_hidden(address)
    if not bare.lower().startswith(_SAFE_SCHEMES) or len(bare) > 8000:
        return None
    if bare.lower().startswith("http") and not host_of(bare):
        return None
    return bare


def split_links(text: str) -> Iterator[TextRun]:
    """Split a line of plain text into words and links; joined, they are the same line."""
    end = 0
    for match in _IN_TEXT.finditer(text):
        address = _without_trailing(match[0])
        href = {"web": address, "www": f"http://{address}", "mail": f"mailto:{address}"}[str(match.lastgroup)]
        if safe_href(href) is None:
            continue
        if match.start() > end:
            yield TextRun(text[end : match.start()])
        yield TextRun(address, href)
        end = match.start() + len(address)
    if end < len(text):
        yield TextRun(text[end:])


def _without_trailing(text: str) -> str:
    address = text.rstrip(_TRAILING)
    extra = sum(address.count(sign) for sign in ")]") - sum(address.count(sign) for sign in "([")
    while extra > 0 and address.endswith((")", "]")):
        address, extra = address[:-1].rstrip(_TRAILING), extra - 1
    return address


def add_true_hosts(html: str) -> str | None:
    """Add the true host after each link whose text announces another; None when there is none.

    Works on the sanitizer's output (attributes double-quoted), to be sanitized again.
    """
    count = 0

    def mark(anchor: re.Match[str]) -> str:
        nonlocal count
        href = _HREF.search(anchor[1])
        truth = _truth_of(unescape(href[1]), _label(anchor[2])) if href else ""
        if not truth:
            return anchor[0]
        count += 1
        return f'{anchor[0]}<span class="vm-host"> → {escape(truth)}</span>'

    result = _ANCHOR.sub(mark, html)
    return result if count else None


def _truth_of(address: str, label: str) -> str:
    """The host that a web link leads to, or the address a mail link writes to, if its text says another."""
    if address[:7].lower() == "mailto:":
        said = _MAIL_AS_TEXT.fullmatch(label.strip(_AROUND))
        target = unquote(address[7:].partition("?")[0]).strip().lower()
        return target if said and target and said[1].lower() != target else ""
    host = host_of(address)
    is_lie = host and any(not _is_same_place(said, host) for said in _announced_hosts(label))
    return host if is_lie else ""


def _label(markup: str) -> str:
    """The text of a link as it is drawn: without what is not seen, its pictures by their words."""
    bare = _TAG.sub("", _ALT.sub(r" \1 ", markup[:_MAX_MARKUP_CHARACTERS]))
    text = unescape(bare)[:_MAX_LABEL_CHARACTERS]
    if text.isascii():
        return text.translate(_DRAWN_ALIKE)
    plain = unicodedata.normalize("NFKC", text).translate(_DRAWN_ALIKE)
    return "".join(char for char in plain if unicodedata.category(char) not in _UNSEEN)


def _announced_hosts(label: str) -> Iterator[str]:
    """The hosts that a text names: those of the web addresses in it, or all of it if it is one.

    Read from its end too: a letter may draw it so.
    """
    if "." not in label and "/" not in label:
        return
    for text in (label, label[::-1]):
        whole = _HOST_AS_TEXT.fullmatch(text.strip(_AROUND)) if text is label else None
        found = [match[1] or match[2] for match in _ADDRESS_IN_TEXT.finditer(text)]
        for written in (*([whole[1]] if whole else ()), *found):
            yield host_of(f"http://{written.rstrip(_NOT_OF_HOSTS)}/")


def redirect_outside(html: str, address_of: Callable[[str], str], own_hosts: Collection[str]) -> str:
    """The text with `address_of` each web link that leads elsewhere than to our hosts and those below them.

    Works on the sanitizer's output (attributes double-quoted). The true address stays as a tooltip.
    """

    def change(anchor: re.Match[str]) -> str:
        href = _HREF.search(anchor[1])
        address = unescape(href[1]) if href else ""
        host = host_of(address) if address.lower().startswith("http") else ""
        if href is None or not host or any(_is_same_place(own, host) for own in own_hosts):
            return anchor[0]
        start, end = href.span()
        rest = _TITLE.sub("", anchor[1][:start] + anchor[1][end:])
        return f'<a{rest} href="{escape(address_of(address))}" title="{escape(address)}">'

    return _ANCHOR_START.sub(change, html)


def _is_same_place(announced: str, host: str) -> bool:
    """Whether the host is the one announced, or below it; also if it announces none."""
    announced, host = announced.removeprefix("www."), host.removeprefix("www.")
    return not announced or announced == host or host.endswith(f".{announced}")

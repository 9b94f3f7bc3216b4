"""Formatted texts of replies: restricted HTML, plain alternative, MIME entity of both."""

import hashlib
import re
from email.message import EmailMessage
from email.policy import SMTP
from html import escape, unescape

import nh3

from vaguemestre.mailbox.sorting.values import Replacement

_TAGS = {"p", "br", "b", "strong", "i", "em", "u", "ul", "ol", "li", "a", "div", "blockquote"}
_LINE = re.compile(r"(?i)<br\s*/?>|</(?:div|blockquote)>")
_PARAGRAPH = re.compile(r"(?i)</(?:p|ul|ol)>")
_ITEM = re.compile(r"(?i)<li[^>]*>")
_LINK = re.compile(r'(?is)<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>')
_ANY = re.compile(r"<[^>]+>")


def clean_html(html: str) -> str:
    """Sanitized HTML: paragraphs, emphasis, lists, links to pages and addresses; nothing loads or runs."""
    return nh3.clean(
        html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"https", "http", "mailto"}, link_rel=None
    ).strip()


def is_blank(html: str) -> bool:
    return not plain_of(html).strip()


def plain_of(html: str) -> str:
    """Plain text of the HTML: paragraphs as lines, list items with a dash, links written out."""

    def link_in_words(match: re.Match[str]) -> str:
        target, words = match[1], _ANY.sub("", match[2])
        bare = target.removeprefix("mailto:")
        return words if unescape(words).strip() in (target, bare) else f"{words} ({bare})"

    flat = re.sub(r"\s*\n\s*", " ", html)
    flat = re.sub(r"(?i)(?:<br\s*/?>\s*)+(?=</(?:p|div|li)>)", "", flat)
    lined = _PARAGRAPH.sub("\n\n", _LINE.sub("\n", _ITEM.sub("\n- ", _LINK.sub(link_in_words, flat))))
    text = unescape(_ANY.sub("", lined)).replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]*\n[ \t]*", "\n", text)).strip()


def html_of(text: str) -> str:
    """Plain text as paragraphs."""
    blocks = re.split(r"\n{2,}", text.strip())
    return "".join(
        f"<p>{escape(block, quote=False).replace(chr(10), '<br>')}</p>" for block in blocks if block
    )


def replacement_text(card: Replacement) -> str:
    return "\n".join(part for part in ("Pendant mon absence :", card.name, card.detail, card.address) if part)


def replacement_html(card: Replacement) -> str:
    detail = f"<br>{escape(card.detail)}" if card.detail else ""
    address = escape(card.address)
    return (
        f"<p>Pendant mon absence :<br><b>{escape(card.name)}</b>{detail}<br>"
        f'<a href="mailto:{address}">{address}</a></p>'
    )


def mime_entity(html: str) -> str:
    """MIME entity (RFC 5230 `:mime`) with the HTML and its plain alternative; deterministic."""
    message = EmailMessage(policy=SMTP)
    message.set_content(plain_of(html) + "\n", cte="quoted-printable")
    message.add_alternative(f'<div lang="fr">{html}</div>\n', subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{hashlib.sha256(html.encode()).hexdigest()[:24]}")
    return message.as_bytes().decode("ascii")

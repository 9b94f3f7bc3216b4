"""Formatted texts of replies: little HTML, its plain twin, and the message part that holds both."""

import hashlib
import re
from email.message import EmailMessage
from email.policy import SMTP
from html import escape, unescape

import nh3

from vaguemestre.mailbox.sorting.values import Card

_TAGS = {"p", "br", "b", "strong", "i", "em", "u", "ul", "ol", "li", "a", "div", "blockquote"}
_LINE = re.compile(r"(?i)<br\s*/?>|</(?:div|blockquote)>")
_PARAGRAPH = re.compile(r"(?i)</(?:p|ul|ol)>")
_ITEM = re.compile(r"(?i)<li[^>]*>")
_LINK = re.compile(r'(?is)<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>')
_ANY = re.compile(r"<[^>]+>")


def clean_html(html: str) -> str:
    """What may leave: paragraphs, emphasis, lists, links to pages and addresses. Nothing loads or acts."""
    return nh3.clean(
        html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"https", "http", "mailto"}, link_rel=None
    ).strip()


def is_blank(html: str) -> bool:
    return not plain_of(html).strip()


def plain_of(html: str) -> str:
    """The same words for whoever reads no HTML: a line a paragraph, a dash an item, links spelled out."""

    def spelled(match: re.Match[str]) -> str:
        target, words = match[1], _ANY.sub("", match[2])
        bare = target.removeprefix("mailto:")
        return words if unescape(words).strip() in (target, bare) else f"{words} ({bare})"

    flat = re.sub(r"\s*\n\s*", " ", html)
    flat = re.sub(r"(?i)(?:<br\s*/?>\s*)+(?=</(?:p|div|li)>)", "", flat)
    lined = _PARAGRAPH.sub("\n\n", _LINE.sub("\n", _ITEM.sub("\n- ", _LINK.sub(spelled, flat))))
    text = unescape(_ANY.sub("", lined)).replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]*\n[ \t]*", "\n", text)).strip()


def html_of(text: str) -> str:
    """Plain text as paragraphs."""
    blocks = re.split(r"\n{2,}", text.strip())
    return "".join(
        f"<p>{escape(block, quote=False).replace(chr(10), '<br>')}</p>" for block in blocks if block
    )


def card_text(card: Card) -> str:
    return "\n".join(part for part in ("Pendant mon absence :", card.name, card.detail, card.address) if part)


def card_html(card: Card) -> str:
    detail = f"<br>{escape(card.detail)}" if card.detail else ""
    address = escape(card.address)
    return (
        f"<p>Pendant mon absence :<br><b>{escape(card.name)}</b>{detail}<br>"
        f'<a href="mailto:{address}">{address}</a></p>'
    )


def entity(html: str) -> str:
    """A MIME part (RFC 5230 §4.7 `:mime`) with the text and its plain twin; the same for the same text."""
    message = EmailMessage(policy=SMTP)
    message.set_content(plain_of(html) + "\n", cte="quoted-printable")
    message.add_alternative(f'<div lang="fr">{html}</div>\n', subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{hashlib.sha256(html.encode()).hexdigest()[:24]}")
    return message.as_bytes().decode("ascii")

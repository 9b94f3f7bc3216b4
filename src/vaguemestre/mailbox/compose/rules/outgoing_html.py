"""Sanitize the HTML of drafts: text, structure and colours; nothing loads or runs.

The composer's CSP is the first guard; this is the second, and keeps trackers out of our replies.
"""

import re
from collections.abc import Callable, Collection, Mapping
from html import escape, unescape

import nh3

from vaguemestre.mailbox.webmail.rules.rendering.html.complexity import is_bearable
from vaguemestre.mailbox.webmail.rules.rendering.plain import text_of_html

_TAG_NAMES = """
    a abbr address b bdi bdo blockquote br caption center cite code col colgroup dd del dfn div dl dt em
    figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike
    strong sub sup table tbody td tfoot th thead tr tt u ul var wbr
"""
_EVERYWHERE = frozenset(("style", "align", "valign", "dir", "lang", "title", "width", "height", "bgcolor"))
_ATTRIBUTES = {
    "*": set(_EVERYWHERE),
    "a": {"href"},
    "blockquote": {"type", "cite"},
    "font": {"color", "face", "size"},
    "div": {"data-signature"},
    "img": {"src", "alt"},
    "li": {"value"},
    "ol": {"start", "type", "reversed"},
    "ul": {"type"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "col": {"span"},
    "colgroup": {"span"},
}
# No property here accepts an address: url(), image() and the like cannot occur.
_PROPERTY_NAMES = """
    background-color border border-bottom border-collapse border-color border-left border-radius
    border-right border-spacing border-style border-top border-width clear color direction display float
    font-family font-size font-style font-variant font-weight height letter-spacing line-height margin
    margin-bottom margin-left margin-right margin-top max-width min-width padding padding-bottom
    padding-left padding-right padding-top table-layout text-align text-decoration text-indent
    text-transform vertical-align white-space width word-break word-spacing
"""
_TAGS = frozenset(_TAG_NAMES.split())
_PROPERTIES = frozenset(_PROPERTY_NAMES.split())
_LINK = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
_CALLS = re.compile(r"(?<!rgb)(?<!rgba)(?<!hsl)(?<!hsla)\(|[\\@<]|/\*", re.IGNORECASE)
_CID = re.compile(r'(<img(?: [a-z]+="[^"]*+")*? src=")cid:([^"]*+)')
_HIDDEN = frozenset(("script", "style", "title", "template", "noscript", "iframe", "object", "svg", "math"))


def quoted_html(html: str, pictures: Collection[str]) -> str:
    """Sanitized HTML of an original to quote, with its pictures of those Content-IDs (`cid:`, RFC 2392)."""
    return _clean(
        html,
        lambda source: (
            f"cid:{source[4:]}" if source[:4].lower() == "cid:" and source[4:] in pictures else None
        ),
    )


def with_picture_paths(quoted: str, paths: Mapping[str, str]) -> str:
    """A quoted original that shows its pictures. `paths`: Content-ID → path of the picture."""
    return _CID.sub(lambda match: f"{match[1]}{escape(paths.get(unescape(match[2]), ''))}", quoted)


def outgoing_html(html: str, pictures: Mapping[str, str]) -> str:
    """Sanitized HTML to send. `pictures`: path of the picture → its Content-ID."""
    return _clean(html, lambda source: f"cid:{pictures[source]}" if source in pictures else None)


def draft_html(html: str, is_ours: Callable[[str], bool]) -> str:
    """Sanitized HTML of a draft: pictures are kept if `is_ours` accepts their source.

    The mark of the signature is kept too, so that it can be replaced.
    """
    return _clean(html, lambda source: source if is_ours(source) else None, keeps_marks=True)


def html_of_text(text: str) -> str:
    """Plain text as simple HTML; links stay plain text."""
    return "<br>".join(escape(line, quote=False) for line in text.replace("\r\n", "\n").split("\n"))


def is_blank(html: str) -> bool:
    """Whether the HTML holds nothing but empty lines."""
    return not re.sub(r"<(?!img)[^>]*>|&nbsp;|\s|\u200b", "", html)


def _is_plain_style(declaration: str) -> bool:
    name, colon, value = declaration.partition(":")
    return bool(colon) and name.strip().lower() in _PROPERTIES and not _CALLS.search(value)


def _clean(html: str, picture: Callable[[str], str | None], *, keeps_marks: bool = False) -> str:
    """Sanitize; HTML built to take long is reduced to its text (rule K)."""
    html = html.replace("\x00", "")
    if not is_bearable(html):
        return html_of_text(text_of_html(html))

    def filter_attribute(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "src":
            return picture(value.strip())
        if attribute == "style":
            return (
                ";".join(declaration for declaration in value.split(";") if _is_plain_style(declaration))
                or None
            )
        if attribute == "data-signature":
            return "1" if keeps_marks else None
        if attribute in {"href", "cite"}:
            return value.strip() if _LINK.match(value.strip()) else None
        return value

    cleaned = nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags=set(_HIDDEN),
        attributes=_ATTRIBUTES,
        attribute_filter=filter_attribute,
        strip_comments=True,
        link_rel=None,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        filter_style_properties=set(_PROPERTIES),
    )
    return _EMPTY_PICTURE.sub(_alternative, cleaned)


_EMPTY_PICTURE = re.compile(r"<img(?![^>]*\ssrc=)[^>]*>")
_ALTERNATIVE = re.compile(r'\salt="([^"]*)"')


def _alternative(match: re.Match[str]) -> str:
    """Alternative text of a picture that was removed."""
    words = _ALTERNATIVE.search(match[0])
    return f"[{words[1]}]" if words and words[1].strip() else ""

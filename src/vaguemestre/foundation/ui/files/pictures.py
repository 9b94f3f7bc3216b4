"""Small pictures: icons of the sprite, avatars with initials, QR codes."""

import zlib
from functools import lru_cache

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from vaguemestre.foundation.ui.files.qr_codes import qr_rows

_TINTS = 10  # classes av-0 … av-9 of parts.css


@lru_cache(maxsize=512)  # a page has dozens of them, of a hundred kinds
def icon(name: str, size: str = "") -> SafeString:
    """An outline of `icons.svg`, silent for screen readers. `size`: "", "s" or "l"."""
    kind = f"icon {size}" if size else "icon"
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true"><use href="{}#{}"></use></svg>',
        kind,
        static("ui/icons.svg"),
        name,
    )


@lru_cache(maxsize=8192)
def avatar(name: str, size: str = "") -> SafeString:
    """The initials of a name on a constant tint; `size`: "", "s" (26 px) or "l" (44 px)."""
    kind = f"av av-{tint(name)} {size}" if size else f"av av-{tint(name)}"
    return format_html('<span class="{}" aria-hidden="true">{}</span>', kind, initials(name))


def initials(name: str) -> str:
    """One or two capitals: first letters of the first and last words; `?` when there is no letter.

    Of a bare address, those of its local part.
    """
    local, at, _ = name.strip().partition("@")
    is_address = bool(at) and " " not in name.strip()
    words = (local if is_address else name.replace("@", " ")).replace(".", " ").split()
    words = [word for word in words if word[0].isalnum()]
    if is_address:  # of `ce.0800001a@…`, its number says nothing
        words = [word for word in words if word[0].isalpha()] or words
    if not words:
        return "?"
    first = words[0][0]
    return (first + words[-1][0] if len(words) > 1 else first).upper()


def tint(name: str) -> int:
    """0 to 9, the same for the same name whatever its case."""
    return zlib.crc32(name.casefold().encode()) % _TINTS


def qr(text: str, label: str) -> SafeString:
    """A QR code (ISO/IEC 18004) as an SVG that needs no style: black on white, its quiet zone around it."""
    rows = qr_rows(text)
    side = len(rows)
    runs = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return format_html(
        '<svg class="qr" role="img" aria-label="{}" viewBox="0 0 {} {}" width="220" height="220" '
        'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{}v{}H0z"/><path fill="#000" d="{}"/></svg>',
        label,
        side,
        side,
        side,
        side,
        "".join(runs),
    )

"""Whether a draft shows the imposed signature: its words, and under no style but its own."""

import re
from html.parser import HTMLParser

from vaguemestre.post.outbox.rules.text import plain_text

_MARK = "data-signature"
_STYLES = frozenset(("style", "width", "height", "bgcolor", "color", "size", "face"))
_FADING = frozenset(("blockquote", "del", "s", "small", "strike", "sub", "sup"))
_VOID = frozenset(("br", "col", "hr", "img", "wbr"))
_OVERLAPPING = re.compile(r"(?:margin[a-z-]{0,10}|text-indent) ?:[^;\":]{0,60}-\.?\d")

_Look = tuple[str, tuple[tuple[str, str], ...]]


def shows_signature(html: str, signature: str) -> bool:
    """Whether the draft (sanitized) has a block that is marked as the signature and shows all of it first.

    What stands under another style than the signature's own may be hidden; so may what an element behind it
    is drawn over.
    """
    reader = _Reader(_looks_of(signature))
    reader.feed(html)
    reader.close()
    words, pictures = _words(signature), signature.count("<img")
    if _OVERLAPPING.search(html, html.rfind(_MARK) + 1):
        return False
    return any(
        _words("".join(block.pieces)).removeprefix("-- ").startswith(words) and block.pictures >= pictures
        for block in reader.blocks
    )


def _words(html: str) -> str:
    return " ".join(plain_text(html).split())


def _looks_of(html: str) -> frozenset[_Look]:
    reader = _Reader(frozenset())
    reader.feed(html)
    reader.close()
    return frozenset(reader.looks)


class _Block:
    """A block marked as the signature: what is shown of it, as HTML."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.pictures = 0


class _Reader(HTMLParser):
    """`own`: the looks of the signature. Sanitized HTML is balanced."""

    def __init__(self, own: frozenset[_Look]) -> None:
        super().__init__(convert_charrefs=False)
        self._own = own
        self._hides: list[bool] = []  # of the open elements, outermost first
        self._hiding = 0
        self._depths: list[int] = []  # of the open blocks
        self.blocks: list[_Block] = []
        self.looks: set[_Look] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        look = (tag, tuple(sorted((name, value or "") for name, value in attributes if name in _STYLES)))
        if look[1] or tag in _FADING:
            self.looks.add(look)
        hides = bool(look[1] or tag in _FADING) and look not in self._own
        self._show(self.get_starttag_text() or "", hides=hides)
        if tag == "img" and self._depths and not (self._hiding or hides):
            self.blocks[-1].pictures += 1
        if tag in _VOID:
            return
        self._hides.append(hides)
        self._hiding += hides
        if any(name == _MARK for name, _ in attributes):
            self._depths.append(len(self._hides))
            self.blocks.append(_Block())

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or not self._hides:
            return
        if self._depths and self._depths[-1] == len(self._hides):
            self._depths.pop()
        self._show(f"</{tag}>")
        self._hiding -= self._hides.pop()

    def handle_data(self, data: str) -> None:
        self._show(data)

    def handle_entityref(self, name: str) -> None:
        self._show(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._show(f"&#{name};")

    def _show(self, html: str, *, hides: bool = False) -> None:
        if self._depths and not self._hiding and not hides:
            self.blocks[-1].pieces.append(html)

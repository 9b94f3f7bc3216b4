"""Whether a draft shows the imposed signature: its words, under no style that may hide them."""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

from vaguemestre.post.outbox.rules.text import plain_text

_MARK = "data-signature"
_AS_STYLE = {"color": "color", "bgcolor": "background-color", "width": "width", "height": "height"}
_FADING = frozenset(("blockquote", "del", "s", "strike"))
_VOID = frozenset(("br", "col", "hr", "img", "wbr"))
_OVERLAPPING = re.compile(r"(?:margin[a-z-]{0,10}|text-indent) ?:[^;\":]{0,60}-\.?\d")
# of those that the sanitizer leaves: more than these sizes, no less, and no colour but a dark one
_NAMES_THAT_MAY_HIDE = """
    background-color color display font-size height letter-spacing line-height max-width text-indent
    vertical-align width word-spacing
"""
_MAY_HIDE = frozenset(_NAMES_THAT_MAY_HIDE.split())
_LEAST = {"px": 9, "pt": 7, "em": 0.7, "rem": 0.7, "%": 70, "": 0.9}
_SIZE = re.compile(r"(\d{1,4}(?:\.\d{1,4})?)(px|pt|em|rem|%|)")
_SMALL = frozenset(("xx-small", "x-small"))
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})")
_RGB = re.compile(r"rgb\((\d{1,3}),(\d{1,3}),(\d{1,3})\)")
_LIGHTEST = 190  # of 255: text still shows on white

_Look = tuple[str, str]  # a property and its value, a colour as `rgb(…)`; "" and a tag


def shows_signature(html: str, signature: str) -> bool:
    """Whether the draft (sanitized) has a block that is marked as the signature and shows all of it first.

    What stands under a style that the signature has not may be hidden; so may what an element behind it is
    drawn over. Editors write styles in another way, and add harmless ones.
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


def _looks(tag: str, attributes: Iterable[tuple[str, str | None]]) -> Iterator[_Look]:
    """What may hide the text of an element."""
    if tag in _FADING:
        yield "", tag
    for name, value in attributes:
        if name in _AS_STYLE:
            yield _AS_STYLE[name], _plain(value or "")
        elif name == "style":
            for declaration in (value or "").split(";"):
                key, _, text = declaration.partition(":")
                if key.strip().lower() in _MAY_HIDE:
                    yield key.strip().lower(), _plain(text)


def _plain(value: str) -> str:
    """The value without blanks or capitals, a colour of digits as `rgb(…)`."""
    value = "".join(value.split()).lower()
    match = _HEX.fullmatch(value)
    if match is None:
        return value
    digits = match[1] if len(match[1]) == 6 else "".join(2 * digit for digit in match[1])
    return "rgb({},{},{})".format(*(int(digits[place : place + 2], 16) for place in (0, 2, 4)))


def _hides(look: _Look) -> bool:
    name, value = look
    if name == "display":
        return value == "none"
    if name == "color":
        match = _RGB.fullmatch(value)
        return value != "black" and (match is None or _luminance(*map(int, match.groups())) > _LIGHTEST)
    if name == "vertical-align":
        return value[:1] in "-." or value[:1].isdigit()
    if name in {"font-size", "line-height"}:
        match = _SIZE.fullmatch(value)
        return float(match[1]) < _LEAST[match[2]] if match else value in _SMALL or value[:1] in "0.-"
    return True


def _luminance(red: int, green: int, blue: int) -> float:
    """Of 255 (ITU-R BT.601)."""
    return 0.299 * red + 0.587 * green + 0.114 * blue


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
        looks = set(_looks(tag, attributes))
        self.looks |= looks
        hides = any(map(_hides, looks - self._own))
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

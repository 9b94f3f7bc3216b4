"""Plain text of an HTML message: the whole text, without its formatting."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    (
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    )
)
_SPACED = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "ul", "ol", "table", "blockquote"))
_MAX_LEVELS = 20  # of quotations and of lists that a line shows: deeper ones would be longer than their text
_HIDDEN = frozenset(("head", "script", "style", "title", "template"))


def plain_text(html: str) -> str:
    """Plain text of an HTML body: `> ` for quotations, `- ` and `1. ` for lists, link targets in `<…>`.

    Ends with one newline, without trailing blanks. Never raises.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_line()
    text = "\n".join(line.rstrip() for line in reader.lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.line = ""
        self.quotes = 0
        self.lists: list[int] = []  # 0 = bullets, n = next number
        self.hidden = 0
        self.preformatted = 0
        self.links: list[tuple[str, int]] = []
        self.pending_item = ""
        self.cells = 0

    def end_line(self) -> None:
        if self.line.strip() or self.pending_item:
            self.lines.append(self._prefix() + self.line.rstrip())
            self.pending_item = ""
        self.line = ""

    def blank(self) -> None:
        self.end_line()
        if self.lines and self.lines[-1].strip("> "):
            self.lines.append(self._quote_marks().rstrip())

    def _quote_marks(self) -> str:
        return "> " * min(self.quotes, _MAX_LEVELS)

    def _prefix(self) -> str:
        indent = "  " * min(max(0, len(self.lists) - 1), _MAX_LEVELS)
        if self.pending_item:
            return self._quote_marks() + indent + self.pending_item
        if self.lists:
            indent += "  "
        return self._quote_marks() + indent

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self.hidden += 1
            return
        if tag in _BLOCKS:
            self.blank() if tag in _SPACED and not self.lists else self.end_line()
        opener = getattr(self, f"_open_{tag}", None)
        if opener:
            opener(dict(attributes))

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self.hidden = max(0, self.hidden - 1)
            return
        closer = getattr(self, f"_close_{tag}", None)
        if closer:
            closer()
        if tag in _BLOCKS:
            self.blank() if tag in _SPACED and not self.lists else self.end_line()

    def handle_data(self, text: str) -> None:
        if self.hidden:
            return
        if self.preformatted:
            first, *rest = text.split("\n")
            self.line += first
            for line in rest:
                self.lines.append(self._prefix() + self.line)
                self.line = line
            return
        squeezed = re.sub(r"[ \t\r\n\f]+", " ", text)
        if not self.line:
            squeezed = squeezed.lstrip(" ")
        elif self.line.endswith(" "):
            squeezed = squeezed.removeprefix(" ")
        self.line += squeezed

    def _open_br(self, _: dict[str, str | None]) -> None:
        if self.line.strip() or self.pending_item:
            self.end_line()
        else:
            self.lines.append(self._prefix().rstrip())

    def _open_hr(self, _: dict[str, str | None]) -> None:
        self.lines.append(self._prefix() + "-" * 40)

    def _open_blockquote(self, _: dict[str, str | None]) -> None:
        self.quotes += 1

    def _close_blockquote(self) -> None:
        self.end_line()
        while self.lines and self.lines[-1] == self._quote_marks().rstrip() and self.quotes:
            self.lines.pop()
        self.quotes = max(0, self.quotes - 1)

    def _open_ul(self, _: dict[str, str | None]) -> None:
        self.lists.append(0)

    def _open_ol(self, _: dict[str, str | None]) -> None:
        self.lists.append(1)

    def _close_ul(self) -> None:
        self.end_line()
        if self.lists:
            self.lists.pop()

    _close_ol = _close_ul

    def _open_li(self, _: dict[str, str | None]) -> None:
        if not self.lists or self.lists[-1] == 0:
            self.pending_item = "- "
        else:
            self.pending_item = f"{self.lists[-1]}. "
            self.lists[-1] += 1

    def _open_pre(self, _: dict[str, str | None]) -> None:
        self.preformatted += 1

    def _close_pre(self) -> None:
        self.end_line()
        self.preformatted = max(0, self.preformatted - 1)

    def _open_tr(self, _: dict[str, str | None]) -> None:
        self.cells = 0

    def _open_td(self, _: dict[str, str | None]) -> None:
        if self.cells and self.line.strip():
            self.line = self.line.rstrip() + " | "
        self.cells += 1

    _open_th = _open_td

    def _open_img(self, attributes: dict[str, str | None]) -> None:
        if alternative := (attributes.get("alt") or "").strip():
            self.handle_data(f"[{alternative}]")

    def _open_a(self, attributes: dict[str, str | None]) -> None:
        self.links.append(((attributes.get("href") or "").strip(), len(self.line)))

    def _close_a(self) -> None:
        if not self.links:
            return
        target, start = self.links.pop()
        label = self.line[start:].strip()
        bare = target.removeprefix("mailto:")
        if target.startswith(("http://", "https://", "mailto:")) and label.rstrip("/") != bare.rstrip("/"):
            self.line += f" <{bare}>" if label else f"<{bare}>"

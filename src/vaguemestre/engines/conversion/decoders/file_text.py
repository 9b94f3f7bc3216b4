"""Run in a sandbox: a file on stdin, its MIME type as argument → its text on stdout, in UTF-8.

Debian's Python and nothing else, so that the sandbox only needs /usr. Input, unarchive and output sizes are
bounded. A file that cannot be read gives no text.
"""

import os
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from xml.parsers import expat

_MAX_INPUT_BYTES = 30_000_000
_MAX_UNPACKED_BYTES = 60_000_000
_MAX_MEMBERS = 5_000
_MAX_CHARACTERS = 1_000_000
_MAX_PAGES = "500"
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others need memory of their own
_TABS = frozenset(("tab", "s", "br", "line-break", "c"))
_TEXTS = frozenset(("t", "v"))
_ENDS = frozenset(("p", "h", "si", "row", "table-row", "table-cell", "is", "c", "v"))


class LimitReached(Exception):
    """The output is full, or the file breaks a limit."""


_EXPECTED = (
    LimitReached, zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError, ValueError, KeyError,
    NotImplementedError, RuntimeError, MemoryError, RecursionError,
)  # fmt: skip


class TextOutput:
    """The text of the file, up to _MAX_CHARACTERS."""

    def __init__(self) -> None:
        self._left = _MAX_CHARACTERS
        self._pieces: list[str] = []

    def add(self, text: str) -> None:
        self._pieces.append(text[: self._left])
        self._left -= len(text)
        if self._left <= 0:
            raise LimitReached

    def encoded(self) -> bytes:
        return "".join(self._pieces).encode("utf-8", "replace")


def file_text(kind: str, content: bytes) -> bytes:
    """The text in UTF-8, at most about a million characters. Never raises, whatever the content."""
    output = TextOutput()
    with suppress(*_EXPECTED):  # the text read before the error stays
        _reader(kind)(content, output)
    return output.encoded()


def _reader(kind: str) -> Callable[[bytes, TextOutput], None]:
    if kind == "application/pdf":
        return _pdf
    if kind.startswith("application/vnd.oasis.opendocument."):
        return _open_document
    if kind.startswith("application/vnd."):
        return _office_open_xml
    return _plain


def _plain(content: bytes, output: TextOutput) -> None:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return output.add(content.decode("utf-16", "replace"))
    try:
        return output.add(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return output.add(content.decode("cp1252", "replace"))


def _pdf(content: bytes, output: TextOutput) -> None:
    source, target = "/tmp/file.pdf", "/tmp/words"  # noqa: S108 - a /tmp of its own
    with open(source, "wb") as file:  # noqa: PTH123 - pathlib is slow to load
        file.write(content)
    argv = ["pdftotext", "-q", "-enc", "UTF-8", "-nopgbrk", "-l", _MAX_PAGES, source, target]
    os.waitpid(os.posix_spawn("/usr/bin/pdftotext", argv, {"LANG": "C.UTF-8"}), 0)
    with open(target, encoding="utf-8", errors="replace") as text_file:  # noqa: PTH123
        output.add(text_file.read(_MAX_CHARACTERS))


def _open_document(content: bytes, output: TextOutput) -> None:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for chunks in _members(archive, lambda name: name == "content.xml"):
            _xml(chunks, output)


def _office_open_xml(content: bytes, output: TextOutput) -> None:
    """Text stands in `t`; numbers of a sheet in `v`, where it is no place in the table of shared strings."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for chunks in _members(archive, _is_text_member):
            _xml(chunks, output, _TEXTS)


_WORD_MEMBERS = ("document", "header", "footer", "footnotes", "endnotes", "comments")


def _is_text_member(name: str) -> bool:
    folder, _, file = name.rpartition("/")
    if not file.endswith(".xml"):
        return False
    return (
        (folder == "word" and file.startswith(_WORD_MEMBERS))
        or (folder == "xl" and file == "sharedStrings.xml")
        or (folder in {"xl/worksheets", "ppt/slides", "ppt/notesSlides", "ppt/comments"})
    )  # fmt: skip


def _members(archive: zipfile.ZipFile, is_wanted: Callable[[str], bool]) -> Iterator[Iterator[bytes]]:
    budget = [_MAX_UNPACKED_BYTES]
    for member in archive.infolist()[:_MAX_MEMBERS]:
        if is_wanted(member.filename) and member.compress_type in _COMPRESSIONS and not member.flag_bits & 1:
            yield _unpacked(archive, member, budget)


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: list[int]) -> Iterator[bytes]:
    with archive.open(member) as file:
        while chunk := file.read(65_536):
            budget[0] -= len(chunk)
            if budget[0] < 0:
                raise LimitReached
            yield chunk


class _XmlText:
    """Handlers of expat that add the text of an XML file to the output."""

    def __init__(self, output: TextOutput, texts: frozenset[str]) -> None:
        """`texts`: the elements whose characters are text; all of them when empty."""
        self._output, self._texts = output, texts
        self._inside: list[bool] = []
        self._shared_depth = 0  # depth of the cell that names a shared string by its number, which is no text

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name in _TABS:
            self._output.add(" ")
        self._inside.append(not self._texts or name in self._texts)
        if name == "c" and attributes.get("t") == "s":
            self._shared_depth = len(self._inside)

    def end(self, name: str) -> None:
        if self._shared_depth == len(self._inside):
            self._shared_depth = 0
        self._inside.pop()
        if name.rpartition(":")[2] in _ENDS:
            self._output.add("\n")

    def data(self, text: str) -> None:
        if self._inside and self._inside[-1] and not self._shared_depth:
            self._output.add(text)

    def entity(self, *_: object) -> None:
        raise LimitReached  # no honest office document declares any


def _xml(chunks: Iterator[bytes], output: TextOutput, texts: frozenset[str] = frozenset()) -> None:
    words, parser = _XmlText(output, texts), expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = words.start, words.end
    parser.CharacterDataHandler, parser.EntityDeclHandler = words.data, words.entity
    for chunk in chunks:
        parser.Parse(chunk)
    parser.Parse(b"", True)  # noqa: FBT003 - "this is the end"


if __name__ == "__main__":
    try:
        sys.stdout.buffer.write(file_text(sys.argv[1], sys.stdin.buffer.read(_MAX_INPUT_BYTES)))
        sys.stdout.flush()
    except BrokenPipeError:
        os._exit(0)

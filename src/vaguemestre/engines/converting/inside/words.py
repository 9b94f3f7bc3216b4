"""Run apart: a file on standard input, its kind as argument → its words on standard output, in UTF-8.

Debian's own Python and nothing else, so that the box it runs in shows only /usr. It ends by itself: so much
read, unpacked and said, no more. What cannot be read says nothing.
"""

import os
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from xml.parsers import expat

_MOST_READ = 30_000_000
_MOST_UNPACKED = 60_000_000
_MOST_MEMBERS = 5_000
_MOST_SAID = 1_000_000
_MOST_PAGES = "500"
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others unpack with memory of their own
_TABS = frozenset(("tab", "s", "br", "line-break", "c"))
_TEXTS = frozenset(("t", "v"))
_ENDS = frozenset(("p", "h", "si", "row", "table-row", "table-cell", "is", "c", "v"))


class Enough(Exception):
    """All that is to be said has been said."""


_EXPECTED = (
    Enough, zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError, ValueError, KeyError,
    NotImplementedError, RuntimeError, MemoryError, RecursionError,
)  # fmt: skip


class Said:
    """Words told to the outside, up to a limit."""

    def __init__(self) -> None:
        self._left = _MOST_SAID
        self._kept: list[str] = []

    def say(self, text: str) -> None:
        self._kept.append(text[: self._left])
        self._left -= len(text)
        if self._left <= 0:
            raise Enough

    def all(self) -> bytes:
        return "".join(self._kept).encode("utf-8", "replace")


def words_of(kind: str, content: bytes) -> bytes:
    """UTF-8, at most about a million letters. Never raises over a file's content."""
    said = Said()
    with suppress(*_EXPECTED):  # what was said before stays
        _reader(kind)(content, said)
    return said.all()


def _reader(kind: str) -> Callable[[bytes, Said], None]:
    if kind == "application/pdf":
        return _pdf
    if kind.startswith("application/vnd.oasis.opendocument."):
        return _open_document
    if kind.startswith("application/vnd."):
        return _office_open_xml
    return _plain


def _plain(content: bytes, said: Said) -> None:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return said.say(content.decode("utf-16", "replace"))
    try:
        return said.say(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return said.say(content.decode("cp1252", "replace"))


def _pdf(content: bytes, said: Said) -> None:
    given, made = "/tmp/file.pdf", "/tmp/words"  # noqa: S108 - a /tmp of its own
    with open(given, "wb") as file:  # noqa: PTH123 - pathlib is slow to load
        file.write(content)
    argv = ["pdftotext", "-q", "-enc", "UTF-8", "-nopgbrk", "-l", _MOST_PAGES, given, made]
    os.waitpid(os.posix_spawn("/usr/bin/pdftotext", argv, {"LANG": "C.UTF-8"}), 0)
    with open(made, encoding="utf-8", errors="replace") as file_of_words:  # noqa: PTH123
        said.say(file_of_words.read(_MOST_SAID))


def _open_document(content: bytes, said: Said) -> None:
    with zipfile.ZipFile(BytesIO(content)) as packed:
        for chunks in _members(packed, lambda name: name == "content.xml"):
            _xml(chunks, said)


def _office_open_xml(content: bytes, said: Said) -> None:
    """Text stands in `t`; numbers of a sheet in `v`, where it is no place in the table of shared strings."""
    with zipfile.ZipFile(BytesIO(content)) as packed:
        for chunks in _members(packed, _has_words):
            _xml(chunks, said, _TEXTS)


_OF_WORD = ("document", "header", "footer", "footnotes", "endnotes", "comments")


def _has_words(name: str) -> bool:
    folder, _, file = name.rpartition("/")
    if not file.endswith(".xml"):
        return False
    return (
        (folder == "word" and file.startswith(_OF_WORD))
        or (folder == "xl" and file == "sharedStrings.xml")
        or (folder in {"xl/worksheets", "ppt/slides", "ppt/notesSlides", "ppt/comments"})
    )  # fmt: skip


def _members(packed: zipfile.ZipFile, wanted: Callable[[str], bool]) -> Iterator[Iterator[bytes]]:
    budget = [_MOST_UNPACKED]
    listed = packed.infolist()[:_MOST_MEMBERS]
    for member in listed:
        if wanted(member.filename) and member.compress_type in _PLAIN and not member.flag_bits & 1:
            yield _unpacked(packed, member, budget)


def _unpacked(packed: zipfile.ZipFile, member: zipfile.ZipInfo, budget: list[int]) -> Iterator[bytes]:
    with packed.open(member) as file:
        while chunk := file.read(65_536):
            budget[0] -= len(chunk)
            if budget[0] < 0:
                raise Enough
            yield chunk


class _Words:
    """What expat tells of an XML file, its words said."""

    def __init__(self, said: Said, texts: frozenset[str]) -> None:
        """`texts`: the elements whose letters are words; all of them when empty."""
        self._said, self._texts = said, texts
        self._inside: list[bool] = []
        self._place = 0  # how deep the cell stands that names a shared string; its number is no word

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name in _TABS:
            self._said.say(" ")
        self._inside.append(not self._texts or name in self._texts)
        if name == "c" and attributes.get("t") == "s":
            self._place = len(self._inside)

    def end(self, name: str) -> None:
        if self._place == len(self._inside):
            self._place = 0
        self._inside.pop()
        if name.rpartition(":")[2] in _ENDS:
            self._said.say("\n")

    def data(self, text: str) -> None:
        if self._inside and self._inside[-1] and not self._place:
            self._said.say(text)

    def entity(self, *_: object) -> None:
        raise Enough  # no honest office document declares any


def _xml(chunks: Iterator[bytes], said: Said, texts: frozenset[str] = frozenset()) -> None:
    words, parser = _Words(said, texts), expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = words.start, words.end
    parser.CharacterDataHandler, parser.EntityDeclHandler = words.data, words.entity
    for chunk in chunks:
        parser.Parse(chunk)
    parser.Parse(b"", True)  # noqa: FBT003 - "this is the end"


if __name__ == "__main__":
    given = sys.stdin.buffer.read(_MOST_READ)
    told = words_of(sys.argv[1], given)
    try:
        sys.stdout.buffer.write(told)
        sys.stdout.flush()
    except BrokenPipeError:
        os._exit(0)

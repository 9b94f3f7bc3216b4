"""Uuencoded files in a plain text (POSIX.1-2017, `uuencode`): `begin 644 name` … `end`, or in base64."""

import binascii
import re
from typing import NamedTuple

from vaguemestre.mailbox.webmail.rules.rendering import kinds

MAX_FILES = 50  # the blocks after them stay in the text
KIND = "application/octet-stream"
_MARK = "u"  # between the number of a text part and that of a file in it
# A line of data begins with its count of octets, 1 to 45; encoders may strip trailing blanks or add a
# checksum. No such line begins with the letter of `begin`, so that each line is read twice at most.
_BLOCK = re.compile(
    r"^begin [0-7]{3,4} (?P<name>[^\r\n]{1,255})\r?\n"
    r"(?P<data>(?:[!-M][ -`]{1,64}+\r?\n)*+)(?P<last>[ `][ `]*+\r?\n)?+end[ \t]*+\r?$"
    r"|^begin-base64 [0-7]{3,4} (?P<name64>[^\r\n]{1,255})\r?\n"
    r"(?P<data64>(?:[A-Za-z0-9+/]{1,76}+={0,2}\r?\n)*+)====[ \t]*+\r?$",
    re.MULTILINE,
)
_OPEN = re.compile(
    r"^begin [0-7]{3,4} [^\r\n]{1,255}\r?\n(?:[!-M][ -`]{1,64}+\r?\n)*+[ -`]{0,65}\Z"
    r"|^begin-base64 [0-7]{3,4} [^\r\n]{1,255}\r?\n"
    r"(?:[A-Za-z0-9+/]{1,76}+={0,2}\r?\n)*+[A-Za-z0-9+/=]{0,78}\Z",
    re.MULTILINE,
)
_LINE_BYTES, _LINE_CHARACTERS = 45, 62


class TextFile(NamedTuple):
    """A file in a text part. `size`: approximate octets; `data`: its lines, still encoded."""

    name: str
    size: int
    data: str
    is_base64: bool = False


class SplitText(NamedTuple):
    """A text with a mention in place of each of its files, and the files."""

    text: str
    files: tuple[TextFile, ...]


def split_text(text: str) -> SplitText:
    """Split a text from its files, in linear time."""
    files: list[TextFile] = []

    def mention(match: re.Match[str]) -> str:
        is_base64 = match["name64"] is not None
        data = match["data64"] if is_base64 else match["data"]
        if len(files) >= MAX_FILES or not (data or match["last"]):
            return match[0]
        name = kinds.file_name(match["name64"] or match["name"], KIND, str(len(files) + 1))
        files.append(TextFile(name, len(data) * _LINE_BYTES // _LINE_CHARACTERS, data, is_base64))
        return f"[Fichier joint : {name}]"

    return SplitText(_BLOCK.sub(mention, text) if "begin" in text else text, tuple(files))


def is_unfinished(text: str) -> bool:
    """Whether the text ends within the block of a file."""
    place = max(text.rfind("\nbegin "), text.rfind("\nbegin-base64 ")) + 1
    return text.startswith(("begin ", "begin-base64 "), place) and _OPEN.match(text, place) is not None


def decode_file(file: TextFile) -> bytes:
    """Decode a file; damaged lines are skipped."""
    if file.is_base64:
        return b"".join(_decode_base64(line) for line in file.data.encode("ascii").splitlines())
    return b"".join(_decode_line(line) for line in file.data.encode("ascii").splitlines())


def _decode_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:  # a trailing checksum: decode only as many octets as announced
        count = (line[0] - 32) & 63
        try:
            return binascii.a2b_uu(line[: 1 + (count + 2) // 3 * 4])
        except binascii.Error:
            return b""


def _decode_base64(line: bytes) -> bytes:
    try:
        return binascii.a2b_base64(line)
    except binascii.Error:
        return b""


def file_number(part_number: str, place: int) -> str:
    """Number, in URLs, of the `place`-th file (from 1) of a text part."""
    return f"{part_number}{_MARK}{place}"


def parse_number(number: str) -> tuple[str, int]:
    """The number of a text part, and the place of a file in it; 0 for the part itself."""
    part_number, _, place = number.partition(_MARK)
    return part_number, int(place) if place.isdecimal() else 0

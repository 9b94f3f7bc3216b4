"""Files of a message by number: its parts, and the uuencoded files in its plain texts."""

from vaguemestre.kernel import charsets
from vaguemestre.webmail.ports import Reads
from vaguemestre.webmail.rules import parts, plain, uuencode
from vaguemestre.webmail.rules.uuencode import TextFile
from vaguemestre.webmail.values import MessageRef, OpenedMessage, Part

MAX_TEXT_BYTES = 35_000_000  # of a text with files in it: more than a message may weigh here
_BEGINNING_BYTES = 2 * plain.LONGEST


def read_text(reads: Reads, ref: MessageRef, part: Part) -> str:
    """The characters of a plain text: its beginning, or the whole where that ends within a file."""
    text = charsets.text(reads.part(ref, part.number, _BEGINNING_BYTES + 1), part.charset)
    if part.size > _BEGINNING_BYTES and uuencode.is_unfinished(text):
        return charsets.text(reads.part(ref, part.number, MAX_TEXT_BYTES), part.charset)
    return text


def find_file(reads: Reads, opened: OpenedMessage, number: str) -> Part | None:
    """What is known of a part, or of a file in a text part. Raises MessageGone."""
    file = _text_file(reads, opened, number)
    if file is not None:
        return Part(number, uuencode.KIND, size=file.size, name=file.name)
    return parts.find_part(opened.root, number)


def file_bytes(reads: Reads, ref: MessageRef, number: str, limit: int | None = None) -> bytes:
    """As `Reads.part`, of a file in a text part too. Raises MessageGone."""
    if not uuencode.parse_number(number)[1]:
        return reads.part(ref, number, limit)
    file = _text_file(reads, reads.open(ref), number)
    return uuencode.decode_file(file)[:limit] if file is not None else b""


def _text_file(reads: Reads, opened: OpenedMessage, number: str) -> TextFile | None:
    part_number, place = uuencode.parse_number(number)
    if not place:
        return None
    part = parts.find_part(opened.root, part_number)
    if part is None or part.kind != "text/plain":
        return None
    files = uuencode.split_text(read_text(reads, opened.ref, part)).files
    return files[place - 1] if place <= len(files) else None

"""Files of a message by number: its parts, and the uuencoded files in its plain-text parts."""

from collections.abc import Iterator, Sequence

from vaguemestre.foundation.kernel.text import charsets
from vaguemestre.mailbox.webmail.rules.rendering import parts, plain, uuencode
from vaguemestre.mailbox.webmail.rules.rendering.uuencode import TextFile
from vaguemestre.mailbox.webmail.values import Attachment
from vaguemestre.post.mailstore.ports import Reads
from vaguemestre.post.mailstore.values import MessageRef, OpenedMessage, Part

MAX_TEXT_BYTES = 35_000_000  # of a text with files in it; no message here is larger
_BATCH_FILES, _BATCH_BYTES = 50, 8_000_000
_BEGINNING_BYTES = 2 * plain.MAX_CHARACTERS


def read_text(reads: Reads, ref: MessageRef, part: Part) -> str:
    """Decode a plain-text part: its beginning, or the whole if the beginning ends within a file."""
    text = charsets.text(reads.part(ref, part.number, _BEGINNING_BYTES + 1), part.charset)
    if part.size > _BEGINNING_BYTES and uuencode.is_unfinished(text):
        return charsets.text(reads.part(ref, part.number, MAX_TEXT_BYTES), part.charset)
    return text


def find_file(reads: Reads, opened: OpenedMessage, number: str) -> Part | None:
    """The part of that number, or the file in a text part, as a Part. Raises MessageGone."""
    file = _text_file(reads, opened, number)
    if file is not None:
        return Part(number, uuencode.KIND, size=file.size, name=file.name)
    return parts.find_part(opened.root, number)


def file_bytes(reads: Reads, ref: MessageRef, number: str, limit: int | None = None) -> bytes:
    """As `Reads.part`, also for a file in a text part. Raises MessageGone."""
    if not uuencode.parse_number(number)[1]:
        return reads.part(ref, number, limit)
    file = _text_file(reads, reads.open(ref), number)
    return uuencode.decode_file(file)[:limit] if file is not None else b""


def iter_contents(
    reads: Reads, ref: MessageRef, files: Sequence[Attachment]
) -> Iterator[tuple[Attachment, bytes]]:
    """Yield files with their bytes; small parts are fetched together, each text once. Raises MessageGone."""
    for batch in _batches(files):
        contents = reads.part_contents(ref, [file.number for file in batch if not file.is_in_text])
        texts: dict[str, tuple[TextFile, ...]] = {}
        for file in batch:
            if not file.is_in_text:
                yield file, contents.get(file.number, b"")
                continue
            part_number, place = uuencode.parse_number(file.number)
            if part_number not in texts:
                texts = {part_number: _text_files(reads, reads.open(ref), part_number)}
            text_files = texts[part_number]
            yield file, uuencode.decode_file(text_files[place - 1]) if 0 < place <= len(text_files) else b""


def _batches(files: Sequence[Attachment]) -> Iterator[list[Attachment]]:
    """Batches of at most 50 files and 8 MB (or one larger file); files in texts come last, together."""
    batch: list[Attachment] = []
    size = 0
    for file in (file for file in files if not file.is_in_text):
        if batch and (len(batch) >= _BATCH_FILES or size + file.size > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += file.size
    if batch:
        yield batch
    if in_texts := [file for file in files if file.is_in_text]:
        yield in_texts


def _text_file(reads: Reads, opened: OpenedMessage, number: str) -> TextFile | None:
    part_number, place = uuencode.parse_number(number)
    if not place:
        return None
    files = _text_files(reads, opened, part_number)
    return files[place - 1] if place <= len(files) else None


def _text_files(reads: Reads, opened: OpenedMessage, part_number: str) -> tuple[TextFile, ...]:
    part = parts.find_part(opened.root, part_number)
    if part is None or part.kind != "text/plain":
        return ()
    return uuencode.split_text(read_text(reads, opened.ref, part)).files

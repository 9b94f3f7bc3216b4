"""All attachments of a message as one zip archive."""

import tempfile
import zipfile
from collections.abc import Sequence
from typing import IO

from vaguemestre.mailbox.webmail.ports import TooComplex
from vaguemestre.mailbox.webmail.rules.rendering import kinds
from vaguemestre.mailbox.webmail.services.message.text_files import iter_contents
from vaguemestre.mailbox.webmail.values import Attachment
from vaguemestre.post.mailstore.ports import Reads
from vaguemestre.post.mailstore.values import MessageRef

_STORED = frozenset(("picture", "audio", "video", "archive", "pdf"))  # already compressed
_MAX_COMPRESSED_BYTES = 4_000_000  # of all files together: compressing is nearly all the work
_IN_MEMORY_BYTES = 4_000_000
MAX_ARCHIVE_BYTES = 60_000_000  # more than any message holds


def pack_files(reads: Reads, ref: MessageRef, files: Sequence[Attachment]) -> IO[bytes]:
    """Write a zip archive and return it at its beginning; a large one lies in an unnamed file.

    The mailbox is not needed afterwards. Duplicate names get a number. Raises MessageGone, TooComplex beyond
    `MAX_ARCHIVE_BYTES`.
    """
    total = sum(file.size for file in files)
    if total > MAX_ARCHIVE_BYTES:
        raise TooComplex("webmail.too-many-parts")
    is_small = total <= _MAX_COMPRESSED_BYTES
    names: dict[str, int] = {}
    packed: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115 - its reader closes it
    try:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file, content in iter_contents(reads, ref, files):
                is_compressed = is_small and file.viewer not in _STORED
                method = zipfile.ZIP_DEFLATED if is_compressed else zipfile.ZIP_STORED
                archive.writestr(_unique_name(file.name, names), content, method)
        packed.seek(0)
    except BaseException:
        packed.close()
        raise
    return packed


def _unique_name(name: str, names: dict[str, int]) -> str:
    """The file name, numbered if it is among `names` (lower case), to which it is added.

    `names`: the last number of each, so that thousands of one name are not counted from one each time.
    """
    bare = kinds.file_name(name, "", "1")
    stem, dot, ending = bare.rpartition(".")
    number, unique = names.get(bare.lower(), 1), bare
    while unique.lower() in names:
        number += 1
        unique = f"{stem} ({number}).{ending}" if dot and stem else f"{bare} ({number})"
    names[bare.lower()] = number
    names.setdefault(unique.lower(), 1)
    return unique

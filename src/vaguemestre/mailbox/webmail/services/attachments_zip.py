"""All the files of a message as one archive."""

import tempfile
import zipfile
from collections.abc import Sequence
from typing import IO

from vaguemestre.mailbox.webmail.ports import TooComplex
from vaguemestre.mailbox.webmail.rules.rendering import kinds
from vaguemestre.mailbox.webmail.services.text_files import iter_contents
from vaguemestre.mailbox.webmail.values import Enclosure
from vaguemestre.post.mailstore.ports import Reads
from vaguemestre.post.mailstore.values import MessageRef

_STORED = frozenset(("picture", "audio", "video", "archive", "pdf"))  # already compressed
_MOST_COMPRESSED = 4_000_000  # octets of all files
_IN_MEMORY_BYTES = 4_000_000
MAX_ARCHIVE_BYTES = 60_000_000  # more than any message brings


def pack_files(reads: Reads, ref: MessageRef, files: Sequence[Enclosure]) -> IO[bytes]:
    """A zip archive, read from its beginning, in a file without a name once it is large.

    Nothing more is asked of the mailbox afterwards. Names alike are told apart. Raises MessageGone,
    TooComplex when there is more than `MAX_ARCHIVE_BYTES`.
    """
    total = sum(file.size for file in files)
    if total > MAX_ARCHIVE_BYTES:
        raise TooComplex("webmail.too-many-parts")
    is_small = total <= _MOST_COMPRESSED  # to compress is nearly all the work
    used: set[str] = set()
    packed: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115 - its reader closes it
    try:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file, content in iter_contents(reads, ref, files):
                is_worth_it = is_small and file.viewer not in _STORED
                how = zipfile.ZIP_DEFLATED if is_worth_it else zipfile.ZIP_STORED
                archive.writestr(_once(file.name, used), content, how)
        packed.seek(0)
    except BaseException:
        packed.close()
        raise
    return packed


def _once(name: str, used: set[str]) -> str:
    bare = kinds.file_name(name, "", "1")
    stem, dot, ending = bare.rpartition(".")
    place, chosen = 1, bare
    while chosen.lower() in used:
        place += 1
        chosen = f"{stem} ({place}).{ending}" if dot and stem else f"{bare} ({place})"
    used.add(chosen.lower())
    return chosen

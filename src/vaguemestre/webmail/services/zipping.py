"""All the files of a message as one archive, written while it is sent."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from vaguemestre.webmail.ports import Reads
from vaguemestre.webmail.rules import kinds
from vaguemestre.webmail.services.text_files import file_bytes
from vaguemestre.webmail.values import Enclosure, MessageRef

_STORED = frozenset(("picture", "audio", "video", "archive", "pdf"))  # already compressed
_MOST_COMPRESSED = 4_000_000  # octets of all files


class _Outlet(io.RawIOBase):
    """Where the archive is written: what came since the last look is taken away."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []
        self._place = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        self._place += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._place

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def zipped(mailbox: Reads, ref: MessageRef, files: Sequence[Enclosure]) -> Iterator[bytes]:
    """The pieces of a zip archive; one file at a time is in memory. Names alike are told apart."""
    outlet = _Outlet()
    used: set[str] = set()
    is_small = sum(file.size for file in files) <= _MOST_COMPRESSED  # to compress is nearly all the work
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            is_worth_it = is_small and file.viewer not in _STORED
            how = zipfile.ZIP_DEFLATED if is_worth_it else zipfile.ZIP_STORED
            archive.writestr(_once(file.name, used), file_bytes(mailbox, ref, file.number), how)
            yield outlet.take()
    yield outlet.take()


def _once(name: str, used: set[str]) -> str:
    bare = kinds.file_name(name, "", "1")
    stem, dot, ending = bare.rpartition(".")
    place, chosen = 1, bare
    while chosen.lower() in used:
        place += 1
        chosen = f"{stem} ({place}).{ending}" if dot and stem else f"{bare} ({place})"
    used.add(chosen.lower())
    return chosen

"""Names and sizes of the files in an archive, from its table of contents; nothing is unpacked."""

import io
import tarfile
import zipfile
from dataclasses import dataclass

from vaguemestre.mailbox.webmail.rules.listing.rows import one_line

_MAX_ENTRIES = 500
_MAX_TABLE_BYTES = 1_000_000  # about 10,000 entries; a Zip64 table announces more


@dataclass(frozen=True)
class Entry:
    name: str
    size: int


@dataclass(frozen=True)
class Contents:
    """Files of an archive. `more`: number of those not listed; `is_locked`: some are encrypted."""

    entries: tuple[Entry, ...]
    more: int = 0
    is_locked: bool = False


def list_contents(archive: bytes) -> Contents | None:
    """List a zip or tar archive; None when it is unreadable."""
    try:
        if archive[:2] == b"PK":
            return _zip(archive)
        if archive[257:262] == b"ustar":
            return _tar(archive)
    except (zipfile.BadZipFile, tarfile.TarError, OSError, ValueError, NotImplementedError, RecursionError):
        return None
    return None


def _zip(archive: bytes) -> Contents:
    if _table_size(archive) > _MAX_TABLE_BYTES:
        raise ValueError("too many entries")
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        files = [info for info in opened.infolist() if not info.is_dir()]
    return Contents(
        tuple(Entry(one_line(info.filename)[:300], info.file_size) for info in files[:_MAX_ENTRIES]),
        max(0, len(files) - _MAX_ENTRIES),
        is_locked=any(info.flag_bits & 1 for info in files),
    )


def _table_size(archive: bytes) -> int:
    """Octets of a zip's table, from its end record (APPNOTE.TXT §4.3.16), before the table is read."""
    place = archive.rfind(b"PK\x05\x06", max(0, len(archive) - 65_557))
    if place < 0:
        raise ValueError("no end record")
    return int.from_bytes(archive[place + 12 : place + 16], "little")


def _tar(archive: bytes) -> Contents:
    entries: list[Entry] = []
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as opened:
        while (member := opened.next()) is not None and len(entries) <= _MAX_ENTRIES:
            if member.isfile():
                entries.append(Entry(one_line(member.name)[:300], member.size))
    return Contents(tuple(entries[:_MAX_ENTRIES]), max(0, len(entries) - _MAX_ENTRIES))

"""What an archive holds, by its own table of contents: names and sizes, nothing unpacked."""

import io
import tarfile
import zipfile
from dataclasses import dataclass

from vaguemestre.mailbox.webmail.rules.listing.rows import one_line

_MOST = 500
_LARGEST_TABLE = 1_000_000  # octets: about 10,000 entries; one of 64 bits says more


@dataclass(frozen=True)
class Entry:
    name: str
    size: int


@dataclass(frozen=True)
class Contents:
    entries: tuple[Entry, ...]
    more: int = 0
    is_locked: bool = False


def contents(archive: bytes) -> Contents | None:
    """The table of a zip or tar; None when unreadable."""
    try:
        if archive[:2] == b"PK":
            return _zip(archive)
        if archive[257:262] == b"ustar":
            return _tar(archive)
    except (zipfile.BadZipFile, tarfile.TarError, OSError, ValueError, NotImplementedError, UnicodeError):
        return None
    return None


def _zip(archive: bytes) -> Contents:
    if _table_size(archive) > _LARGEST_TABLE:
        raise ValueError("too many entries")
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        listed = [info for info in opened.infolist() if not info.is_dir()]
    return Contents(
        tuple(Entry(one_line(info.filename)[:300], info.file_size) for info in listed[:_MOST]),
        max(0, len(listed) - _MOST),
        is_locked=any(info.flag_bits & 1 for info in listed),
    )


def _table_size(archive: bytes) -> int:
    """Octets of a zip's table, by its end record (APPNOTE.TXT §4.3.16): read before the table itself."""
    place = archive.rfind(b"PK\x05\x06", max(0, len(archive) - 65_557))
    if place < 0:
        raise ValueError("no end record")
    return int.from_bytes(archive[place + 12 : place + 16], "little")


def _tar(archive: bytes) -> Contents:
    entries: list[Entry] = []
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as opened:
        while (member := opened.next()) is not None and len(entries) <= _MOST:
            if member.isfile():
                entries.append(Entry(one_line(member.name)[:300], member.size))
    return Contents(tuple(entries[:_MOST]), max(0, len(entries) - _MOST))

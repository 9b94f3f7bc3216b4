"""What an archive holds, by its own table of contents: names and sizes, nothing unpacked."""

import io
import tarfile
import zipfile
from dataclasses import dataclass

from vaguemestre.webmail.rules.rows import one_line

_MOST = 500


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
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        listed = [info for info in opened.infolist() if not info.is_dir()]
    return Contents(
        tuple(Entry(one_line(info.filename)[:300], info.file_size) for info in listed[:_MOST]),
        max(0, len(listed) - _MOST),
        is_locked=any(info.flag_bits & 1 for info in listed),
    )


def _tar(archive: bytes) -> Contents:
    entries: list[Entry] = []
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as opened:
        while (member := opened.next()) is not None and len(entries) <= _MOST:
            if member.isfile():
                entries.append(Entry(one_line(member.name)[:300], member.size))
    return Contents(tuple(entries[:_MOST]), max(0, len(entries) - _MOST))

"""Zip and tgz archives, read as streams without unpacking to disk."""

import lzma
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Self, cast

from vaguemestre.engines.archives.members import MAX_MESSAGE_BYTES, Member
from vaguemestre.mailbox.portability.ports import SourceRefused
from vaguemestre.mailbox.portability.rules.folders import target
from vaguemestre.mailbox.portability.values import INBOX, Places

MAX_MEMBERS = 500_000
MAX_TOTAL_BYTES = 100_000_000_000
_MAX_ZIP_TABLE_BYTES = 100_000_000  # its entries are all read at once: some 500 bytes of memory each
_ZIP_END_BYTES = 65_557  # of its last record, the longest comment included (APPNOTE.TXT §4.3.16)
_LEAST_TOTAL_BYTES = 250_000_000  # unpacked, that any archive may hold
_MAX_RATIO = 10  # unpacked to packed: the text of mail is packed by four or five, files hardly
_MAX_TAR_EXTENSION_BYTES = 65_536  # a long name and its likes, which tarfile reads whole
_MESSAGES = (".eml", ".msg822", ".mai", ".email")
_NOT_MAIL = (
    ".msf", ".meta", ".dat", ".ics", ".vcf", ".vcard", ".html", ".htm", ".txt", ".json", ".sieve", ".xml",
    ".index", ".log", ".cache", ".lock", ".pdf", ".jpg", ".png",
)  # fmt: skip
_TAR_EXTENSIONS = (
    tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
)  # fmt: skip
_USUAL = Places(frozenset(), {use: use for use in ("sent", "drafts", "junk", "trash", "archive")})


def is_message(name: str) -> bool:
    return name.lower().endswith(_MESSAGES) or name.isdigit()  # MH names its messages 1, 2, 3…


def is_not_mail(name: str) -> bool:
    return name.startswith(".") or name.lower().endswith(_NOT_MAIL)


def is_usual(stem: str) -> bool:
    """Whether programs, rather than people, use that name: sent mail, drafts, trash…"""
    return target(stem, "", _USUAL) in _USUAL.special.values() or target(stem, "", _USUAL) == INBOX


class BoundedTarInfo(tarfile.TarInfo):
    """A member of a tar that tarfile reads in little memory. Its methods raise ReadError beyond."""

    def _proc_member(self, archive: tarfile.TarFile) -> Self:
        if self.size < 0 or self.type == tarfile.GNUTYPE_SPARSE:
            raise tarfile.ReadError("not a file of mail")
        if self.type in _TAR_EXTENSIONS and self.size > _MAX_TAR_EXTENSION_BYTES:
            raise tarfile.ReadError("description too long")
        return cast("Self", super()._proc_member(archive))  # type: ignore[misc]

    def _proc_gnusparse_10(self, *_: object) -> None:
        raise tarfile.ReadError("not a file of mail")


@contextmanager
def opened_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """A zip whose table of entries may be read. Raises SourceRefused."""
    with path.open("rb") as file:
        bounded = _BoundedTable(file)
        with zipfile.ZipFile(cast("IO[bytes]", bounded)) as archive:
            bounded.is_read = True
            yield archive


class _BoundedTable:
    """A zip, whose table zipfile reads in one go: records of several kinds may tell how long it is."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable
        self.is_read = False

    def read(self, size: int = -1) -> bytes:
        if not self.is_read and not 0 <= size <= max(_MAX_ZIP_TABLE_BYTES, _ZIP_END_BYTES):
            raise SourceRefused("portability.file-too-big")
        return self._file.read(size)


def zip_members(archive: zipfile.ZipFile, packed_bytes: int) -> list[Member]:
    """The files of a zip that hold mail. Raises SourceRefused."""
    members: list[Member] = []
    entries = archive.infolist()
    _check_extent(len(entries), sum(info.file_size for info in entries), packed_bytes)
    for info in entries:
        if info.is_dir() or info.flag_bits & 1 or not info.file_size:  # empty, or under a password
            continue
        opened = cast("_Opened", partial(archive.open, info))
        date = _zip_date(info)
        members += _members(info.filename, info.file_size, opened, date)
    return _checked(members)


def tar_members(archive: tarfile.TarFile, packed_bytes: int) -> list[Member]:
    """The files of a tar that hold mail, looked at as they come. Raises SourceRefused."""
    members: list[Member] = []
    total_bytes = 0
    for number, info in enumerate(archive, start=1):
        archive.members = []  # type: ignore[attr-defined]  # or they would all be kept, and the headers
        archive.pax_headers, info.pax_headers = {}, {}
        total_bytes += info.size
        _check_extent(number, total_bytes, packed_bytes)
        if info.isfile() and info.size:
            opened = cast("_Opened", partial(archive.extractfile, info))
            members += _members(info.name, info.size, opened, _tar_date(info))
    return _checked(members)


def _check_extent(entries: int, total_bytes: int, packed_bytes: int) -> None:
    """Raises SourceRefused when an archive holds, unpacked, more than mail packed in that many bytes."""
    allowed = min(MAX_TOTAL_BYTES, max(_LEAST_TOTAL_BYTES, _MAX_RATIO * packed_bytes))
    if entries > MAX_MEMBERS or total_bytes > allowed:
        raise SourceRefused("portability.file-too-big")


type _Opened = partial[AbstractContextManager[IO[bytes]]]


def _members(name: str, size: int, opened: _Opened, date: datetime | None) -> list[Member]:
    path = PurePosixPath(name.replace("\\", "/"))
    steps = [step for step in path.parts[:-1] if step not in ("/", "..", ".")]
    if is_not_mail(path.name):
        return []
    if is_message(path.name):
        return [Member(name, "/".join(steps), size, opened)]
    try:
        with opened() as stream:
            begins_as_mbox = stream.read(5) == b"From "
    except (OSError, lzma.LZMAError):  # damaged, as whoever reads it is told
        return [Member(name, "/".join(steps), size, opened)]
    if not begins_as_mbox:
        return []
    stem = path.stem if path.suffix.lower() in (".mbox", ".mbx") else path.name
    return [Member(name, "/".join([*steps, stem]), size, opened, is_mbox=True)]


def _checked(members: list[Member]) -> list[Member]:
    """The members. Raises SourceRefused when one of them is larger than any message."""
    if any(not member.is_mbox and member.size > 10 * MAX_MESSAGE_BYTES for member in members):
        raise SourceRefused("portability.file-too-big")
    return members


def _zip_date(info: zipfile.ZipInfo) -> datetime | None:
    try:
        return datetime(*info.date_time, tzinfo=UTC)
    except ValueError:
        return None


def _tar_date(info: tarfile.TarInfo) -> datetime | None:
    try:
        return datetime.fromtimestamp(info.mtime, UTC)
    except (ValueError, OverflowError, OSError):
        return None

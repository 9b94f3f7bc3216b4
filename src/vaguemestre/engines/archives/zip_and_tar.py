"""Zip and tgz archives, read as streams without unpacking to disk."""

import tarfile
import zipfile
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import partial
from pathlib import PurePosixPath
from typing import IO, cast

from vaguemestre.engines.archives.members import LARGEST, Member
from vaguemestre.mailbox.portability.ports import SourceRefused
from vaguemestre.mailbox.portability.rules.folders import target
from vaguemestre.mailbox.portability.values import INBOX, Places

MAX_MEMBERS = 2_000_000
MAX_TOTAL_BYTES = 100_000_000_000
_MESSAGES = (".eml", ".msg822", ".mai", ".email")
_NOT_MAIL = (
    ".msf", ".meta", ".dat", ".ics", ".vcf", ".vcard", ".html", ".htm", ".txt", ".json", ".sieve", ".xml",
    ".index", ".log", ".cache", ".lock", ".pdf", ".jpg", ".png",
)  # fmt: skip
_USUAL = Places(frozenset(), {use: use for use in ("sent", "drafts", "junk", "trash", "archive")})


def is_message(name: str) -> bool:
    return name.lower().endswith(_MESSAGES) or name.isdigit()  # MH names its messages 1, 2, 3…


def is_not_mail(name: str) -> bool:
    return name.startswith(".") or name.lower().endswith(_NOT_MAIL)


def is_usual(stem: str) -> bool:
    """Whether programs, rather than people, use that name: sent mail, drafts, trash…"""
    return target(stem, "", _USUAL) in _USUAL.special.values() or target(stem, "", _USUAL) == INBOX


def zip_members(archive: zipfile.ZipFile) -> list[Member]:
    members: list[Member] = []
    for info in archive.infolist():
        if info.is_dir() or info.flag_bits & 1 or not info.file_size:  # empty, or under a password
            continue
        opened = cast("_Opened", partial(archive.open, info))
        date = _zip_date(info)
        members += _members(info.filename, info.file_size, opened, date)
    return _checked(members)


def tar_members(archive: tarfile.TarFile) -> list[Member]:
    members: list[Member] = []
    for info in archive:
        if info.isfile() and info.size:
            opened = cast("_Opened", partial(archive.extractfile, info))
            members += _members(info.name, info.size, opened, datetime.fromtimestamp(info.mtime, UTC))
    return _checked(members)


type _Opened = partial[AbstractContextManager[IO[bytes]]]


def _members(name: str, size: int, opened: _Opened, date: datetime | None) -> list[Member]:
    path = PurePosixPath(name.replace("\\", "/"))
    steps = [step for step in path.parts[:-1] if step not in ("/", "..", ".")]
    if is_not_mail(path.name):
        return []
    if is_message(path.name):
        return [Member(name, "/".join(steps), size, opened)]
    with opened() as stream:
        begins_as_mbox = stream.read(5) == b"From "
    if not begins_as_mbox:
        return []
    stem = path.stem if path.suffix.lower() in (".mbox", ".mbx") else path.name
    return [Member(name, "/".join([*steps, stem]), size, opened, is_mbox=True)]


def _checked(members: list[Member]) -> list[Member]:
    """The members. Raises SourceRefused when they unpack to more than any mailbox holds."""
    is_too_big = sum(member.size for member in members) > MAX_TOTAL_BYTES
    if len(members) > MAX_MEMBERS or is_too_big:
        raise SourceRefused("portability.file-too-big")
    if any(not member.is_mbox and member.size > 10 * LARGEST for member in members):
        raise SourceRefused("portability.file-too-big")
    return members


def _zip_date(info: zipfile.ZipInfo) -> datetime | None:
    try:
        return datetime(*info.date_time, tzinfo=UTC)
    except ValueError:
        return None
